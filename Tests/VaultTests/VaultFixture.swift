import Audit
import Basics
import Crypto
import Posix
import Testing

@testable import Vault

/// Records, keys and files for the tests of the vault.
enum VaultFixture {
    /// A moment in November 2026.
    static let moment = Instant(microseconds: 1_795_219_200_000_000)

    /// A decision about a patient with every part that is sealed.
    static func decision(
        tenant: String = "demo",
        patient: UInt8 = 7,
        at moment: Instant = moment
    ) -> AuditRecord {
        var record = AuditRecord(
            eventID: .version7(at: moment),
            tenant: tenant,
            kind: .decision,
            outcome: .cards,
            startedAt: moment,
            status: 200
        )
        record.patientPseudonym = Array(repeating: patient, count: 32)
        record.patientReference = "Patient/amara-okafor"
        record.userReference = "Practitioner/lindqvist"
        record.encounterReference = "Encounter/4711"
        record.inputs = Array(#"[{"name":"temperature","value":38.70}]"#.utf8)
        record.rejections = Array(#"[]"#.utf8)
        record.result = Array(#"{"score":9}"#.utf8)
        record.cards = Array(#"[{"summary":"NEWS2 9"}]"#.utf8)
        record.service = "news2"
        return record
    }

    /// Feedback with two comments and an item without one.
    static func feedback() -> AuditRecord {
        var record = AuditRecord(
            eventID: .version7(at: moment),
            tenant: "demo",
            kind: .feedback,
            outcome: .done,
            startedAt: moment,
            status: 200
        )
        for (item, comment) in ["patient Okafor is allergic", nil, "called the family"].enumerated()
        {
            var feedback = AuditFeedback(
                cardID: UUIDBytes(high: 1, low: UInt64(item)),
                outcome: "overridden"
            )
            feedback.userComment = comment
            record.feedback.append(feedback)
        }
        return record
    }

    /// The bytes of everything that is stored of a record.
    static func stored(_ sealed: SealedRecord) -> [UInt8] {
        var bytes = Array("\(sealed)".utf8)
        for column in SealedColumn.allCases { bytes += sealed[column] ?? [] }
        for comment in sealed.comments.values { bytes += comment.text }
        for key in sealed.newKeys { bytes += key.wrapped }
        return bytes
    }

    /// Whether a text stands somewhere in some bytes.
    static func contains(_ bytes: [UInt8], _ text: String) -> Bool {
        let wanted = Array(text.utf8)
        guard bytes.count >= wanted.count else { return false }
        return bytes.indices.dropLast(wanted.count - 1).contains { start in
            bytes[start..<start + wanted.count].elementsEqual(wanted)
        }
    }

    /// A file in a folder of its own, removed afterwards.
    @discardableResult
    static func withFile<Result>(
        _ text: String,
        mode: UInt32 = 0o600,
        _ body: (String) throws -> Result
    ) throws -> Result {
        let folder = "/tmp/limen-vault-\(UUIDBytes.version4().text)"
        try Folder.createNew(path: folder)
        defer { try? Folder.removeAll(path: folder) }
        let path = folder + "/demo.vault"
        try File.writeAtomically(path: path, Array(text.utf8), mode: mode)
        try Folder.setMode(path: path, mode)
        return try body(path)
    }

    /// A program file that prints something.
    @discardableResult
    static func withCommand<Result>(
        _ script: String,
        _ body: (String) throws -> Result
    ) throws -> Result {
        let folder = "/tmp/limen-vault-\(UUIDBytes.version4().text)"
        try Folder.createNew(path: folder)
        defer { try? Folder.removeAll(path: folder) }
        try File.writeAtomically(path: folder + "/keys", Array(script.utf8), mode: 0o700)
        let lines = "limen-key-command/1\n\(folder)/keys\nget\nlimen/demo; rm -rf $HOME\n"
        let path = folder + "/demo.vault"
        try File.writeAtomically(path: path, Array(lines.utf8), mode: 0o600)
        return try body(path)
    }
}
