import Audit
import AuditStore
import Basics
import CDSHooks
import Crypto

/// Turns the options of `limen audit list` into a filter.
struct AuditFilterReader {
    let arguments: Arguments
    let access: AuditAccess

    /// The names of the filters that were given.
    var names: [String] {
        ["patient", "service", "from", "to", "outcome", "kind", "hook-instance", "trace-id", "arm"]
            .filter { arguments.value($0) != nil }
    }

    /// The filter.
    ///
    /// - Throws: `CommandError` with exit code 2 that names the option and what it takes.
    func filter() throws(CommandError) -> AuditFilter {
        var filter = AuditFilter()
        filter.tenant = access.tenant
        filter.service = arguments.value("service")
        filter.limit = try arguments.integer("limit", default: 50, in: 1...1_000)
        filter.from = try moment("from")
        filter.to = try moment("to")
        filter.outcome = try choice("outcome")
        filter.kind = try choice("kind")
        filter.arm = try choice("arm")
        if let patient = arguments.value("patient") {
            filter.patientPseudonym = try pseudonym(patient)
        }
        if let text = arguments.value("hook-instance") {
            guard let id = UUIDBytes(text: text) else {
                throw CommandError(.usage, "--hook-instance takes a UUID")
            }
            filter.hookInstance = id
        }
        if let text = arguments.value("trace-id") {
            guard let bytes = Hexadecimal.bytes(text), bytes.count == 16 else {
                throw CommandError(.usage, "--trace-id takes 32 hexadecimal digits")
            }
            filter.traceID = bytes
        }
        if let text = arguments.value("cursor") {
            do {
                filter.cursor = try AuditCursor(text: text)
            } catch {
                throw CommandError(.usage, "--cursor takes what an earlier list gave out")
            }
        }
        return filter
    }

    /// The keyed pseudonym of a patient, from a FHIR id, `Patient/id`, or 64 hexadecimal digits.
    private func pseudonym(_ text: String) throws(CommandError) -> [UInt8] {
        if let bytes = Hexadecimal.bytes(text), bytes.count == 32 { return bytes }
        guard let key = access.key else {
            throw CommandError(
                .usage,
                "without the tenant's key --patient takes the pseudonym, 64 hexadecimal digits"
            )
        }
        let id = text.hasPrefix("Patient/") ? String(text.dropFirst("Patient/".count)) : text
        return key.authenticate("Patient/" + id)
    }

    private func moment(_ name: String) throws(CommandError) -> Instant? {
        guard let text = arguments.value(name) else { return nil }
        let full = text.utf8.count == 10 ? text + "T00:00:00Z" : text
        guard let moment = Instant(rfc3339: full) else {
            throw CommandError(.usage, "--\(name) takes a time such as 2026-05-04T10:00:00Z")
        }
        return moment
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
