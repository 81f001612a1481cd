import JSON

/// A code with its system, written as a FHIR `Coding`.
struct FHIRCode: Sendable, Equatable {
    let system: String
    let code: String
    let display: String?

    init(_ system: String, _ code: String, _ display: String? = nil) {
        self.system = system
        self.code = code
        self.display = display
    }

    /// Writes the coding.
    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("system", system)
        writer.member("code", code)
        writer.member("display", ifPresent: display)
        writer.endObject()
    }

    /// DICOM, PS3.16.
    static let dicom = "http://dicom.nema.org/resources/ontology/DCM"
    /// FHIR R4, audit event types.
    static let eventType = "http://terminology.hl7.org/CodeSystem/audit-event-type"
    /// ISO 21089, what can happen to a record.
    static let lifecycle = "http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle"
    private static let role = "http://terminology.hl7.org/CodeSystem/object-role"
    private static let entity = "http://terminology.hl7.org/CodeSystem/audit-entity-type"
    private static let act = "http://terminology.hl7.org/CodeSystem/v3-ActReason"

    static let destroy = FHIRCode(lifecycle, "destroy", "Destroy/Delete Record Lifecycle Event")
    static let hold = FHIRCode(lifecycle, "hold", "Add Legal Hold Record Lifecycle Event")
    static let unhold = FHIRCode(lifecycle, "unhold", "Remove Legal Hold Record Lifecycle Event")
    static let rest = FHIRCode(eventType, "rest", "RESTful Operation")
    static let destination = FHIRCode(dicom, "110152", "Destination Role ID")
    static let source = FHIRCode(dicom, "110153", "Source Role ID")
    static let recipient = FHIRCode(
        "http://terminology.hl7.org/CodeSystem/v3-ParticipationType",
        "IRCP",
        "information recipient"
    )
    static let applicationServer = FHIRCode(
        "http://terminology.hl7.org/CodeSystem/security-source-type",
        "4",
        "Application Server"
    )
    static let person = FHIRCode(entity, "1", "Person")
    static let systemObject = FHIRCode(entity, "2", "System Object")
    static let patient = FHIRCode(role, "1", "Patient")
    static let report = FHIRCode(role, "3", "Report")
    static let domainResource = FHIRCode(role, "4", "Domain Resource")
    static let securityResource = FHIRCode(role, "13", "Security Resource")
    static let job = FHIRCode(role, "20", "Job")
    static let treatment = FHIRCode(act, "TREAT", "treatment")
    static let compliance = FHIRCode(act, "HCOMPL", "health compliance")
    static let requestID = FHIRCode(
        "https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType",
        "XrequestId"
    )
}
