import Audit
import Basics
import CDSHooks
import Crypto
import Gateway

/// Turns the options of `limen audit list` and `export` into a filter.
struct AuditFilterReader {
    let arguments: Arguments
    let access: AuditAccess

    /// The options that it reads.
    static let options: Set<String> = [
        "patient", "user", "client", "service", "model", "outcome", "kind", "code", "arm", "card",
        "event", "caused-by", "hook-instance", "trace-id", "from", "to", "zone",
    ]

    /// The filter.
    ///
    /// - Throws: `CommandError` with exit code 2 that names the option and what it takes.
    func filter() throws(CommandError) -> AuditFilter {
        var filter = AuditFilter()
        filter.tenant = access.tenant
        filter.client = arguments.value("client")
        filter.service = arguments.value("service")
        filter.reasonCode = arguments.value("code")
        filter.outcome = try choice("outcome")
        filter.kind = try choice("kind")
        filter.arm = try choice("arm")
        filter.model = arguments.value("model").map(Self.model)
        filter.from = try ZoneOffset.moment("from", arguments)
        filter.to = try ZoneOffset.moment("to", arguments, isEnd: true)
        if let from = filter.from, let end = filter.to, from >= end {
            throw CommandError(.usage, "--from lies at or behind --to, so nothing can be between")
        }
        if let patient = arguments.value("patient") { try ask(for: patient, in: &filter) }
        if let user = arguments.value("user") {
            filter.userPseudonyms = try pseudonyms(ofUser: user)
        }
        filter.hookInstance = try identifier("hook-instance")
        filter.eventID = try identifier("event")
        filter.causedBy = try identifier("caused-by")
        filter.cardID = try identifier("card")
        if let text = arguments.value("trace-id") {
            guard let bytes = Hexadecimal.bytes(text), bytes.count == 16 else {
                throw CommandError(.usage, "--trace-id takes 32 hexadecimal digits")
            }
            filter.traceID = bytes
        }
        return filter
    }

    /// Asks for a patient, from a FHIR id, `Patient/id`, or a pseudonym.
    func ask(for text: String, in filter: inout AuditFilter) throws(CommandError) {
        try ask(for: try patient(text), in: &filter)
    }

    /// Asks for a patient.
    func ask(for patient: PatientName, in filter: inout AuditFilter) throws(CommandError) {
        patient.ask(&filter, epoch: access.newestEpoch) { access.pseudonyms(of: $0) }
        if filter.patientPseudonyms.isEmpty { throw Self.keyMissing("patient") }
    }

    /// Who is meant by a text.
    func patient(_ text: String) throws(CommandError) -> PatientName {
        // A text that names nobody would be a look at nobody, or a hold on nobody.
        guard let patient = PatientName(text) else {
            throw CommandError(.usage, "--patient takes " + PatientName.accepted)
        }
        return patient
    }

    /// Who is meant by a text, where something is changed: it has to say which.
    ///
    /// A hold or an erasure of the wrong one of two would look like one of nobody.
    func definitePatient(_ text: String) throws(CommandError) -> PatientName {
        let name = try patient(text)
        guard !name.isAmbiguous else {
            throw CommandError(
                .usage,
                "64 hexadecimal digits may be the id of a patient or a pseudonym: say --patient "
                    + "Patient/ID, or --patient pseudonym:DIGITS"
            )
        }
        return name
    }

    /// The keyed pseudonyms of a user, from what the EHR calls him, or 64 hexadecimal digits.
    func pseudonyms(ofUser text: String) throws(CommandError) -> [[UInt8]] {
        // A text that names nobody would find nothing, which looks like a user who did nothing.
        guard let candidates = UserReference.candidates(text) else {
            throw CommandError(.usage, "--user takes " + UserReference.accepted)
        }
        // 64 hexadecimal digits may be an id as well as a pseudonym: both are looked for.
        let given = Hexadecimal.bytes(text).flatMap { $0.count == 32 ? $0 : nil }
        let pseudonyms =
            (given.map { [$0] } ?? []) + candidates.flatMap { access.pseudonyms(of: $0) }
        if pseudonyms.isEmpty { throw Self.keyMissing("user") }
        return pseudonyms
    }

    private static func keyMissing(_ option: String) -> CommandError {
        CommandError(
            .usage,
            "without the tenant's key (--keys FOLDER) --\(option) takes the pseudonym, "
                + "64 hexadecimal digits"
        )
    }

    /// A model by the hash of its document, or by the profile that uses it.
    private static func model(_ text: String) -> AuditFilter.Model {
        let isDigest = Hexadecimal.bytes(text)?.count == 32
        return isDigest ? .digest(text.lowercased()) : .profile(text)
    }

    private func identifier(_ name: String) throws(CommandError) -> UUIDBytes? {
        guard let text = arguments.value(name) else { return nil }
        guard let id = UUIDBytes(text: text) else {
            throw CommandError(.usage, "--\(name) takes a UUID")
        }
        return id
    }

    private func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String
    ) throws(CommandError) -> Choice? where Choice.RawValue == String {
        guard let text = arguments.value(name) else { return nil }
        guard let choice = Choice(rawValue: text) else {
            let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw CommandError(.usage, "--\(name) takes one of: \(known)")
        }
        return choice
    }
}
