package import Audit

/// Every way in which a request can end without its answer: the one catalogue of codes.
///
/// It alone knows HTTP statuses. On CDS endpoints it becomes an OperationOutcome (CDS Hooks 3.0),
/// elsewhere problem details (RFC 9457). It never holds text of a request.
package struct GatewayError: Error, Sendable {
    /// The kinds of end.
    package enum Code: String, Sendable, CaseIterable {
        case unauthenticated = "LIMEN-GATE-001"
        case unknownService = "LIMEN-GATE-002"
        case methodNotAllowed = "LIMEN-GATE-003"
        case mediaType = "LIMEN-GATE-004"
        case tooLarge = "LIMEN-GATE-005"
        case notAcceptable = "LIMEN-GATE-006"
        case malformedBody = "LIMEN-GATE-007"
        case hookMismatch = "LIMEN-GATE-008"
        case replayNotAllowed = "LIMEN-GATE-009"
        case prefetchMissing = "LIMEN-GATE-010"
        case patientMismatch = "LIMEN-GATE-011"
        case deadline = "LIMEN-GATE-012"
        case auditUnavailable = "LIMEN-GATE-013"
        case invalidResponse = "LIMEN-GATE-014"
        case cardFailure = "LIMEN-GATE-015"
        case unknownPath = "LIMEN-GATE-016"
        case serviceNotAllowed = "LIMEN-GATE-017"
        case draining = "LIMEN-GATE-018"
        case versionNotLoaded = "LIMEN-GATE-030"
        case unknownModel = "LIMEN-GATE-040"
        case modelNotAllowed = "LIMEN-GATE-041"
        case notEvaluable = "LIMEN-GATE-042"
        case tooManyRows = "LIMEN-GATE-043"
        case rowRefused = "LIMEN-GATE-044"
        case noSegments = "LIMEN-GATE-045"
        case rateLimited = "LIMEN-GATE-031"
        case scopeMissing = "LIMEN-GATE-032"
        case tenantClaimed = "LIMEN-GATE-033"
        case originNotAllowed = "LIMEN-GATE-034"
        case callerUncheckable = "LIMEN-GATE-035"
        case auditQuestion = "LIMEN-GATE-060"
        case reasonMissing = "LIMEN-GATE-061"
        case cursorRefused = "LIMEN-GATE-062"
        case unknownEvent = "LIMEN-GATE-063"
        case unknownReview = "LIMEN-GATE-064"
        case reviewClosed = "LIMEN-GATE-065"
        case auditUnreadable = "LIMEN-GATE-066"
    }

    /// One thing that is wrong.
    package struct Issue: Sendable, Equatable {
        /// The place as a JSON Pointer; empty for the request as a whole.
        package let pointer: String
        /// The byte offset in the body, when it is known.
        package let offset: Int?
        /// The code of the layer that found it, when it is not ours.
        package let detailCode: String?
        /// One sentence.
        package let sentence: String

        /// Makes an issue.
        package init(
            pointer: String = "",
            offset: Int? = nil,
            detailCode: String? = nil,
            sentence: String
        ) {
            self.pointer = pointer
            self.offset = offset
            self.detailCode = detailCode
            self.sentence = sentence
        }
    }

    /// What happened.
    package let code: Code
    /// What is wrong, one by one.
    package let issues: [Issue]
    /// The names of inputs that are missing because of it.
    package let missingInputs: [String]
    /// When to try again, in seconds, when the kind of error does not say so.
    package var retryAfterSeconds: Int?
    /// Whether it has an audit row of its own; what a flood repeats is counted in the row before.
    package var hasRow = true

    /// Makes an error.
    package init(_ code: Code, issues: [Issue] = [], missingInputs: [String] = []) {
        self.code = code
        self.issues = issues.isEmpty ? [Issue(sentence: code.title)] : issues
        self.missingInputs = missingInputs
    }

    /// Makes an error with one issue.
    package init(_ code: Code, _ sentence: String) {
        self.init(code, issues: [Issue(sentence: sentence)])
    }
}

extension GatewayError {
    /// The same error without byte offsets.
    var withoutOffsets: GatewayError {
        GatewayError(
            code,
            issues: issues.map {
                Issue(pointer: $0.pointer, detailCode: $0.detailCode, sentence: $0.sentence)
            },
            missingInputs: missingInputs
        )
    }
}

extension GatewayError.Code {
    /// The HTTP status.
    package var status: Int {
        switch self {
        case .unauthenticated: 401
        case .unknownService, .unknownPath, .unknownModel, .noSegments, .unknownEvent,
            .unknownReview:
            404
        case .reviewClosed: 409
        case .methodNotAllowed: 405
        case .mediaType: 415
        case .tooLarge, .tooManyRows: 413
        case .notAcceptable: 406
        case .malformedBody, .hookMismatch, .auditQuestion, .reasonMissing, .cursorRefused: 400
        case .replayNotAllowed, .serviceNotAllowed, .scopeMissing, .tenantClaimed,
            .originNotAllowed, .modelNotAllowed:
            403
        case .rateLimited: 429
        case .prefetchMissing: 412
        case .patientMismatch, .notEvaluable, .rowRefused: 422
        case .deadline, .auditUnavailable, .draining, .versionNotLoaded, .auditUnreadable,
            .callerUncheckable:
            503
        case .invalidResponse, .cardFailure: 500
        }
    }

    /// The code of FHIR's IssueType value set.
    package var issueType: String {
        switch self {
        case .unauthenticated: "login"
        case .unknownService, .unknownPath, .unknownModel, .noSegments, .unknownEvent,
            .unknownReview:
            "not-found"
        case .reviewClosed: "conflict"
        case .methodNotAllowed, .mediaType, .notAcceptable, .notEvaluable: "not-supported"
        case .tooLarge, .tooManyRows: "too-long"
        case .malformedBody: "structure"
        case .hookMismatch, .rowRefused, .auditQuestion, .cursorRefused: "invalid"
        case .reasonMissing: "required"
        case .replayNotAllowed, .serviceNotAllowed, .scopeMissing, .tenantClaimed,
            .originNotAllowed, .modelNotAllowed:
            "forbidden"
        case .rateLimited: "throttled"
        case .prefetchMissing: "required"
        case .patientMismatch: "business-rule"
        case .deadline: "timeout"
        case .auditUnavailable, .draining, .versionNotLoaded, .auditUnreadable,
            .callerUncheckable:
            "transient"
        case .invalidResponse, .cardFailure: "exception"
        }
    }

    /// One sentence that is the same for all errors of the kind.
    package var title: String {
        switch self {
        case .unauthenticated: "The caller is not known."
        case .unknownService: "There is no such service."
        case .methodNotAllowed: "This method is not allowed here."
        case .mediaType: "The body must be JSON, declared as application/json."
        case .tooLarge: "The body is larger than the limit."
        case .notAcceptable: "The answer is JSON, which the Accept header does not allow."
        case .malformedBody: "The body cannot be read."
        case .hookMismatch: "The service is not offered for the hook of the request."
        case .replayNotAllowed: "This client may not ask for an evaluation as of a past moment."
        case .prefetchMissing: "Data that the service needs were not sent."
        case .patientMismatch: "The data are not all about the patient in context."
        case .deadline: "The answer was not ready in time; nothing was shown."
        case .auditUnavailable: "The decision could not be recorded, so it is not given."
        case .invalidResponse: "The answer broke a rule of CDS Hooks and was held back."
        case .cardFailure: "The card could not be made."
        case .unknownPath: "There is nothing at this path."
        case .serviceNotAllowed: "This client may not call this service."
        case .draining: "The service is about to stop."
        case .versionNotLoaded: "The version in force is not loaded here; nothing was computed."
        case .unknownModel: "There is no such model."
        case .modelNotAllowed: "This client may not use this model."
        case .notEvaluable: "The model cannot be evaluated from named inputs."
        case .tooManyRows: "There are more rows than the limit."
        case .rowRefused: "The row cannot be used."
        case .noSegments: "The model has no segments."
        case .rateLimited: "Too many requests; try again later."
        case .auditQuestion: "The question to the audit trail cannot be used."
        case .reasonMissing: "What is recorded of patients is shown for a stated reason only."
        case .cursorRefused: "The cursor does not belong to this question and caller."
        case .unknownEvent: "There is no such event."
        case .unknownReview: "There is no such review."
        case .reviewClosed: "The review is closed."
        case .auditUnreadable: "The audit trail cannot be read at the moment."
        case .scopeMissing: "The role of the caller does not allow this."
        case .originNotAllowed: "The page is not registered for the caller."
        case .tenantClaimed: "The body names a tenant that is not the caller's."
        case .callerUncheckable: "Whether the token was used cannot be told; try again later."
        }
    }

    /// What the audit row says of it.
    package var outcome: AuditRecord.Outcome {
        switch self {
        case .unauthenticated, .unknownService, .methodNotAllowed, .mediaType, .tooLarge,
            .notAcceptable, .malformedBody, .hookMismatch, .replayNotAllowed, .unknownPath,
            .serviceNotAllowed, .unknownModel, .modelNotAllowed, .notEvaluable, .tooManyRows,
            .rowRefused, .noSegments, .rateLimited, .scopeMissing, .tenantClaimed,
            .originNotAllowed, .auditQuestion, .reasonMissing, .cursorRefused, .unknownEvent,
            .unknownReview, .reviewClosed:
            .rejected
        case .prefetchMissing: .incomplete
        case .patientMismatch: .refused
        case .deadline, .auditUnavailable, .invalidResponse, .cardFailure, .draining,
            .versionNotLoaded, .auditUnreadable, .callerUncheckable:
            .failed
        }
    }

    /// Which kind of event the audit row is.
    package var kind: AuditRecord.Kind {
        switch self {
        case .unauthenticated, .callerUncheckable: .authenticationFailure
        case .unknownService, .methodNotAllowed, .mediaType, .tooLarge, .notAcceptable,
            .malformedBody, .hookMismatch, .replayNotAllowed, .unknownPath, .serviceNotAllowed,
            .draining, .unknownModel, .modelNotAllowed, .notEvaluable, .tooManyRows, .noSegments,
            .rateLimited, .scopeMissing, .tenantClaimed, .originNotAllowed, .auditQuestion,
            .reasonMissing, .cursorRefused, .unknownEvent, .unknownReview, .reviewClosed,
            .auditUnreadable:
            .rejectedRequest
        case .prefetchMissing, .patientMismatch, .deadline, .auditUnavailable, .invalidResponse,
            .cardFailure, .versionNotLoaded:
            .decision
        case .rowRefused: .evaluation
        }
    }
}
