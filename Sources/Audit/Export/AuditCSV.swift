import Basics

/// Writes events as comma-separated values (RFC 4180) that no spreadsheet takes for a formula.
///
///     time,event,kind,...\r\n
///     2026-05-04T10:00:00Z,0199...,decision,...\r\n
///
/// It holds who, when, what and with what outcome, and patients and users as pseudonyms: a table is
/// mailed around more easily than anything else.
package enum AuditCSV {
    /// The names of the columns.
    package static let columns = [
        "tenant", "time", "recorded", "event", "kind", "outcome", "status", "code", "client",
        "client_method", "user_pseudonym", "patient_pseudonym", "encounter_pseudonym",
        "pseudonym_epoch", "service", "hook", "hook_version", "hook_instance", "profile",
        "profile_sha256", "model_sha256", "hook_sha256", "arm", "indicator", "cards",
        "missing_inputs", "flags", "replayed_at", "duration_microseconds", "trace_id",
        "peer_address", "caused_by", "question", "reason", "rows", "sealing", "log", "seq",
        "leaf_hash",
    ]

    /// The line of names.
    package static var header: [UInt8] { line(columns) }

    /// The line of an event.
    package static func line(_ event: StoredEvent) -> [UInt8] {
        let record = event.record
        let facts = EventFacts(record)
        return line([
            record.tenant, record.startedAt.text, event.recordedAt.text, record.eventID.text,
            record.kind.rawValue, record.outcome.rawValue, String(record.status),
            record.reasonCode ?? "", record.client ?? "", record.clientMethod ?? "",
            hex(record.userPseudonym), hex(record.patientPseudonym),
            hex(record.encounterPseudonym), record.pseudonymEpoch.map { String($0) } ?? "",
            record.service ?? "", record.hook ?? "", record.hookVersion ?? "",
            record.hookInstance?.text ?? "", facts.profileName ?? "", facts.profileDigest ?? "",
            facts.modelDigest ?? "", facts.hookDigest ?? "", record.arm?.rawValue ?? "",
            record.indicator ?? "", record.cardIDs.map(\.text).joined(separator: " "),
            record.missingInputs.joined(separator: " "), record.flags.joined(separator: " "),
            record.replayedAt?.text ?? "", record.durationMicroseconds.map { String($0) } ?? "",
            hex(record.traceID), record.peerAddress ?? "", record.causedBy?.text ?? "",
            facts.question ?? "", facts.reason ?? "", facts.rowCount.map { String($0) } ?? "",
            event.sealing.rawValue, event.place?.logID.text ?? "",
            event.place.map { String($0.sequence) } ?? "", hex(event.place?.leafHash),
        ])
    }

    /// One record with its line end.
    static func line(_ cells: [String]) -> [UInt8] {
        Array((cells.map(cell).joined(separator: ",") + "\r\n").utf8)
    }

    /// A cell, defused and in quotes where it must be.
    ///
    /// What begins with `=`, `+`, `-`, `@`, a tab or a line end is read as a formula by
    /// spreadsheets, in quotes too; an apostrophe before it makes it a text (OWASP, CSV injection).
    /// The full-width forms of these signs are taken for them by some, and so are signs behind
    /// white space.
    static func cell(_ text: String) -> String {
        let first = text.unicodeScalars.first { $0 != " " && $0 != "\u{A0}" && $0 != "\u{FEFF}" }
        let isFormula = first.map { dangerous.contains($0) } ?? false
        let defused = isFormula ? "'" + text : text
        let mustQuote = defused.unicodeScalars.contains {
            $0 == "," || $0 == "\"" || $0 == "\r" || $0 == "\n"
        }
        guard mustQuote else { return defused }
        var quoted = "\""
        for scalar in defused.unicodeScalars {
            if scalar == "\"" { quoted.unicodeScalars.append("\"") }
            quoted.unicodeScalars.append(scalar)
        }
        return quoted + "\""
    }

    private static let dangerous: Set<Unicode.Scalar> = [
        "=", "+", "-", "@", "\t", "\r", "\n", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}",
    ]

    private static func hex(_ bytes: [UInt8]?) -> String { bytes.map(hexadecimal) ?? "" }
}
