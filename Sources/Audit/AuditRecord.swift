package import Basics

/// One row of the audit trail: what was asked, what was answered, and on which grounds.
///
/// JSON fields hold compact JSON text in UTF-8. Patient and user appear only as keyed pseudonyms.
package struct AuditRecord: Sendable {
    /// The kinds of event.
    package enum Kind: String, Sendable, CaseIterable {
        case decision
        case feedback
        /// A hook call or feedback that could not be read or was not for us (4xx before a decision).
        case rejectedRequest = "rejected-request"
        case authenticationFailure = "authentication-failure"
        case configurationChange = "configuration-change"
        case start
        case stop
        case auditRead = "audit-read"
        /// A decision that no hook asked for: the evaluate API or the batch command.
        case evaluation
        /// A version of a model was promoted or taken back, by a person or by a gateway.
        case modelChange = "model-change"
        /// Data was fetched from an EHR.
        case fetch
        /// A part of the trail left the store as a file.
        case auditExport = "audit-export"
        /// A review of the trail was saved, or its finding was.
        case auditReview = "audit-review"
        /// The keys of a patient's rows were destroyed.
        case erasure
        /// A legal hold was set or lifted.
        case legalHold = "legal-hold"
        /// A key was rotated, rewrapped or removed.
        case keyChange = "key-change"
        /// Rows were dropped because their time is over.
        case retention
    }

    /// Which version of a service's model made a decision.
    package enum Arm: String, Sendable, CaseIterable {
        /// The version in force.
        case live
        /// The version on trial, which answers for a share of the patients.
        case canary
        /// A version that computes beside the answer and shows nothing.
        case shadow
    }

    /// What came of it.
    package enum Outcome: String, Sendable, CaseIterable {
        /// Cards were shown.
        case cards
        /// The service was computed and has nothing to report.
        case noCards = "no-cards"
        /// The service could not compute: inputs missing, or prefetch missing (412).
        case incomplete
        /// The model is not for this patient (age, pregnancy), or patients do not match.
        case refused
        /// The request was not acceptable.
        case rejected
        /// Feedback, start, stop and the like went well.
        case done
        /// We failed.
        case failed
    }

    /// The identifier of the event: a UUID, version 7.
    package var eventID: UUIDBytes
    /// The tenant, from the authenticated client; `system` before authentication.
    package var tenant: String
    /// The kind of event.
    package var kind: Kind
    /// What came of it.
    package var outcome: Outcome
    /// When the request began.
    package var startedAt: Instant
    /// The moment the evaluation was made as of, when the client asked for a replay.
    package var replayedAt: Instant?
    /// The client that authenticated.
    package var client: String?
    /// The service id, when there is one.
    package var service: String?
    /// The hook, when there is one.
    package var hook: String?
    /// The `hookInstance` as the client sent it, when it is a UUID.
    package var hookInstance: UUIDBytes?
    /// Which version decided, when a model did.
    package var arm: Arm?
    /// The keyed pseudonym of the patient (HMAC-SHA-256).
    package var patientPseudonym: [UInt8]?
    /// The keyed pseudonym of the user (HMAC-SHA-256).
    package var userPseudonym: [UInt8]?
    /// The keyed pseudonym of the encounter (HMAC-SHA-256).
    package var encounterPseudonym: [UInt8]?
    /// Profile, model and hook as `{"profile":{"url","version","sha256"},"model":{...},...}`.
    package var artifacts: [UInt8]?
    /// The inputs with provenance, as JSON.
    package var inputs: [UInt8]?
    /// The rejected resources by reason, as JSON.
    package var rejections: [UInt8]?
    /// The evaluation, as JSON.
    package var result: [UInt8]?
    /// The exact `cards` array that was sent, as JSON.
    package var cards: [UInt8]?
    /// What must be known of the answer so that the same result is not shown again.
    package var shown: ShownAnswer?
    /// The uuids of the cards, for joining feedback.
    package var cardIDs: [UUIDBytes]
    /// What the hook document calls the cards.
    package var cardNames: [UUIDBytes: String] = [:]
    /// The most urgent indicator shown.
    package var indicator: String?
    /// The names of the missing inputs.
    package var missingInputs: [String]
    /// The stable code of the refusal or error, such as `LIMEN-GATE-004`.
    package var reasonCode: String?
    /// The HTTP status of the answer.
    package var status: Int
    /// SHA-256 of the request body under the tenant key (HMAC).
    package var requestDigest: [UInt8]?
    /// SHA-256 of the response body under the tenant key (HMAC).
    package var responseDigest: [UInt8]?
    /// How long each stage took, in microseconds, as JSON `{"parse":12,...}`.
    package var stageMicroseconds: [UInt8]?
    /// The W3C trace id (16 bytes).
    package var traceID: [UInt8]?
    /// The W3C parent span id (8 bytes).
    package var parentSpanID: [UInt8]?
    /// Flags a reviewer looks for, such as `paged-prefetch`, `assumed-input`, `replay`.
    package var flags: [String]
    /// Feedback items, when this is feedback.
    package var feedback: [AuditFeedback]
    /// How long the request took until its row was formed, in microseconds.
    package var durationMicroseconds: Int64?
    /// How the caller proved who it is, such as `token` or `mutual-tls`.
    package var clientMethod: String?
    /// The key of the registry that the proof was made with.
    package var clientKey: String?
    /// The algorithm of that proof, such as `ES384`.
    package var clientAlgorithm: String?
    /// The `jti` of the token under the tenant key (HMAC).
    package var tokenDigest: [UInt8]?
    /// SHA-256 of the caller's certificate.
    package var certificateDigest: [UInt8]?
    /// The address that the call came from.
    package var peerAddress: String?
    /// The version of the hook that the request named.
    package var hookVersion: String?
    /// The version of this program.
    package var programVersion: String?
    /// The event that led to this one.
    package var causedBy: UUIDBytes?
    /// What changed, what was exported, why it was read, as JSON without patient data.
    package var details: [UInt8]?
    /// The patient, as the request named it; stored sealed only.
    package var patientReference: String?
    /// The user, as the request named it; stored sealed only.
    package var userReference: String?
    /// The encounter, as the request named it; stored sealed only.
    package var encounterReference: String?
    /// Which epoch of the tenant's keys the pseudonyms are of.
    package var pseudonymEpoch: Int?

    /// Makes a record with what every record has.
    package init(
        eventID: UUIDBytes,
        tenant: String,
        kind: Kind,
        outcome: Outcome,
        startedAt: Instant,
        status: Int
    ) {
        self.eventID = eventID
        self.tenant = tenant
        self.kind = kind
        self.outcome = outcome
        self.startedAt = startedAt
        self.status = status
        cardIDs = []
        missingInputs = []
        flags = []
        feedback = []
    }
}

/// One item of a feedback request (CDS Hooks 2.0, feedback).
package struct AuditFeedback: Sendable {
    /// The card it answers.
    package var cardID: UUIDBytes
    /// `accepted` or `overridden`.
    package var outcome: String
    /// The ids of the suggestions that were accepted.
    package var acceptedSuggestions: [String]
    /// The override reason as `system|code`, when one was given.
    package var overrideReason: String?
    /// The user's comment, when one was given.
    ///
    /// It may hold patient data.
    package var userComment: String?
    /// When the clinician acted, as the client says.
    package var outcomeAt: Instant?

    /// Makes an item.
    package init(cardID: UUIDBytes, outcome: String) {
        self.cardID = cardID
        self.outcome = outcome
        acceptedSuggestions = []
    }
}
