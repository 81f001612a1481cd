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
        if let patient = arguments.value("patient") {
            filter.patientPseudonyms = try pseudonyms(ofPatient: patient)
        }
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
        filter.patientEpoch = arguments.value("patient").flatMap(epoch(ofPatient:))
        return filter
    }

    /// The epoch of the last pseudonym of a patient; of one that was given nobody knows it.
    func epoch(ofPatient text: String) -> Int? {
        Hexadecimal.bytes(text)?.count == 32 ? nil : access.newestEpoch
    }

    /// The keyed pseudonyms of a patient, from a FHIR id, `Patient/id`, or 64 hexadecimal digits.
    func pseudonyms(ofPatient text: String) throws(CommandError) -> [[UInt8]] {
        let reference = text.hasPrefix("Patient/") ? text : "Patient/" + text
        // A text that names nobody would be a look at nobody, or a hold on nobody.
        guard FHIRIdentifier.isRelativeReference(reference) else {
            throw CommandError(
                .usage,
                "--patient takes a FHIR id (1 to 64 letters, digits, hyphens and dots), Patient/ID, or "
                    + "a pseudonym of 64 hexadecimal digits"
            )
        }
        return try pseudonyms("patient", [reference], text)
    }

    /// The keyed pseudonyms of a user, from what the EHR calls him, or 64 hexadecimal digits.
    func pseudonyms(ofUser text: String) throws(CommandError) -> [[UInt8]] {
        // A text that names nobody would find nothing, which looks like a user who did nothing.
        guard let candidates = UserReference.candidates(text) else {
            throw CommandError(.usage, "--user takes " + UserReference.accepted)
        }
        return try pseudonyms("user", candidates, text)
    }

    /// The keyed pseudonyms of references under each epoch of the tenant's key.
    private func pseudonyms(
        _ option: String,
        _ references: [String],
        _ given: String
    ) throws(CommandError) -> [[UInt8]] {
        if let bytes = Hexadecimal.bytes(given), bytes.count == 32 { return [bytes] }
        let pseudonyms = references.flatMap { access.pseudonyms(of: $0) }
        guard !pseudonyms.isEmpty else {
            throw CommandError(
                .usage,
                "without the tenant's key (--keys FOLDER) --\(option) takes the pseudonym, "
                    + "64 hexadecimal digits"
            )
        }
        return pseudonyms
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
