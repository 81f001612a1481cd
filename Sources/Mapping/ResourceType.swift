import JSON

/// The resource types a profile may read, and where each keeps its code, status and time.
///
///     type                       code                          time
///     Observation                code                          effective[x]
///     Encounter                  type, class (both optional)   period (R5 actualPeriod)
///     MedicationRequest          medication[x]                 authoredOn
///     MedicationAdministration   medication[x]                 effective[x] (R5 occurence[x])
///     Procedure                  code                          performed[x] (R5 occurrence[x])
///
/// The subject is `subject` or `patient` in every one of them. Element names are those of FHIR R4,
/// with the STU3 and R5 names beside them where they differ.
enum ResourceType: String, Sendable, CaseIterable {
    case observation = "Observation"
    case condition = "Condition"
    case patient = "Patient"
    case encounter = "Encounter"
    case procedure = "Procedure"
    case medicationRequest = "MedicationRequest"
    case medicationStatement = "MedicationStatement"
    case medicationAdministration = "MedicationAdministration"
    case medicationDispense = "MedicationDispense"
    case diagnosticReport = "DiagnosticReport"
    case allergyIntolerance = "AllergyIntolerance"
    case serviceRequest = "ServiceRequest"
    case immunization = "Immunization"

    private static let names = allCases.map { ($0, Array($0.rawValue.utf8)) }

    /// The type that a `resourceType` names; `nil` for every other.
    init?(_ name: JSONPlace, on tape: borrowing JSONTape) {
        let found = tape.withText(name) { text in
            Self.names.first { Self.isEqual(text, $0.1) }?.0
        }
        guard let found, let found else { return nil }
        self = found
    }

    private static func isEqual(_ text: Span<UInt8>, _ name: [UInt8]) -> Bool {
        guard text.count == name.count else { return false }
        for index in name.indices where text[index] != name[index] { return false }
        return true
    }

    /// Where the code stands.
    enum CodePlace: Sendable {
        /// In `code`; an R5 CodeableReference holds it one level deeper, in `code.concept`.
        case code
        /// In `medicationCodeableConcept`, in R5 `medication.concept`, or in the Medication named.
        case medication
        /// In `type` or `class`; rules may do without.
        case encounter
        case vaccineCode
        /// A Patient is one resource and has none.
        case none
    }

    var codePlace: CodePlace {
        switch self {
        case .observation, .condition, .procedure, .diagnosticReport, .allergyIntolerance,
            .serviceRequest:
            .code
        case .medicationRequest, .medicationStatement, .medicationAdministration,
            .medicationDispense:
            .medication
        case .encounter: .encounter
        case .immunization: .vaccineCode
        case .patient: .none
        }
    }

    /// Whether a rule may ask for any of them, whatever its code.
    var mayDoWithoutCode: Bool { self == .encounter || self == .procedure }

    /// Whether it has a clinical and a verification status instead of a status.
    var hasClinicalStatus: Bool { self == .condition || self == .allergyIntolerance }

    /// Whether a period without an end says that it goes on, rather than that an end is missing.
    ///
    /// A measurement over a period has an end; a stay or a treatment may not have come to it.
    var openPeriodGoesOn: Bool {
        switch self {
        case .observation, .diagnosticReport, .patient: false
        case .condition, .encounter, .procedure, .medicationRequest, .medicationStatement,
            .medicationAdministration, .medicationDispense, .allergyIntolerance,
            .serviceRequest, .immunization:
            true
        }
    }

    /// Whether it says in `intent` if it is an order at all.
    var hasIntent: Bool { self == .medicationRequest || self == .serviceRequest }

    /// The statuses by which a record takes itself back.
    var withdrawn: [[UInt8]] { Self.withdrawnWords }

    /// The statuses that tell of something over, not begun or not done: nothing unread in them.
    ///
    /// The codes of R4 EncounterStatus, EventStatus, MedicationRequest and its like, RequestStatus.
    var notInForce: [[UInt8]] {
        switch self {
        case .observation, .condition, .patient, .diagnosticReport, .allergyIntolerance: []
        case .encounter: Self.encounterWords
        case .procedure, .immunization, .medicationAdministration: Self.notDoneWords
        case .medicationRequest, .medicationStatement, .serviceRequest: Self.overWords
        case .medicationDispense: Self.notDispensedWords
        }
    }

    /// Whether the status of a treatment or a stay says that it does not go on.
    func hasEnded(_ fields: ResourceFields) -> Bool {
        guard !hasClinicalStatus, let status = fields[.status] else { return false }
        return notInForce.contains { fields.tape.isString(status, $0) }
            || withdrawn.contains { fields.tape.isString(status, $0) }
    }

    private static let withdrawnWords = words("entered-in-error", "cancelled")
    private static let encounterWords = words("planned", "finished", "completed", "discharged")
    private static let notDoneWords = words("not-done", "preparation", "completed", "stopped")
    private static let overWords = words(
        "stopped",
        "completed",
        "draft",
        "ended",
        "revoked",
        "not-taken",
        "intended"
    )
    private static let notDispensedWords = words("declined", "preparation", "stopped")

    private static func words(_ texts: String...) -> [[UInt8]] { texts.map { Array($0.utf8) } }
}
