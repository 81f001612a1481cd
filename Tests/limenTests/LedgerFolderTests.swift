import AuditStore
import Foundation
import Ledger
import PostgreSQL
import Testing

@testable import limen

/// Where the key that signs the trail lies, and what a start does without it.
@Suite("The folder of the ledger")
struct LedgerFolderTests {
    static let conninfo = ProcessInfo.processInfo.environment["LIMEN_TEST_DATABASE"]

    static func folder() -> String {
        FileManager.default.temporaryDirectory.path + "/ledger-" + UUID().uuidString.prefix(8)
    }

    @Test("A folder without a key is not opened as one that has it")
    func missing() throws {
        let path = Self.folder()
        let error = try #require(throws: CommandError.self) { try LedgerFolder.open(path) }
        #expect(error.sentence.contains("is missing"))
        #expect(error.sentence.contains("signer new --unvouched"))
        #expect(!FileManager.default.fileExists(atPath: path + "/signer"))
    }

    @Test("A database that cannot be asked lets no key be made")
    func away() throws {
        let path = Self.folder()
        let nowhere = ConnectionSettings(conninfo: "host=/nonexistent user=limen_writer")
        let error = try #require(throws: CommandError.self) {
            try LedgerFolder.open(path, of: nowhere)
        }
        #expect(error.exitCode == .unavailable)
        #expect(!FileManager.default.fileExists(atPath: path + "/signer"))
    }

    @Test("A prepared key takes the place of the old one, which is kept, as both public halves are")
    func changed() throws {
        let path = Self.folder()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let first = try LedgerFolder.prepareKey(in: path)
        // An earlier try that broke off is taken up, with the same key.
        #expect(try LedgerFolder.prepareKey(in: path).signer.key == first.signer.key)
        try LedgerFolder.adoptKey(in: path)
        let second = try LedgerFolder.prepareKey(in: path)
        try LedgerFolder.adoptKey(in: path)
        #expect(second.signer.key != first.signer.key)
        let folder = try LedgerFolder.open(path)
        #expect(folder.signer.key == second.signer.key)
        #expect(try folder.keys() == [first.signer.key, second.signer.key])
        let names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
        #expect(names.count == 3)
        #expect(names.contains { $0.hasPrefix("signer.until-") })
        for name in names where name.hasPrefix("signer") {
            let mode = try FileManager.default.attributesOfItem(atPath: path + "/" + name)
            #expect(mode[.posixPermissions] as? Int == 0o600)
        }
    }

    @Test(
        "A further copy that is missing, behind, or a command that is not there, is said at a start"
    )
    func copies() throws {
        let path = Self.folder()
        defer { try? FileManager.default.removeItem(atPath: path) }
        _ = try LedgerFolder.prepareKey(in: path)
        try LedgerFolder.adoptKey(in: path)
        let folder = try LedgerFolder.open(path)
        let copy = path + "/copy"
        func problems(_ places: CheckpointCopies.Places) throws -> [String] {
            try CheckpointCopies.open(folder, places).problems
        }
        // Nothing was signed yet: a new copy is none that was lost.
        #expect(try problems(.init(file: copy)) == [])
        try FileManager.default.removeItem(atPath: copy)
        let root = MerkleHash.leaf([1])
        func note(_ size: UInt64) throws -> SignedNote {
            let checkpoint = Checkpoint(origin: folder.signer.key.name, size: size, root: root)
            return try #require(checkpoint.signed(by: folder.signer))
        }
        #expect(try CheckpointCopies.open(folder, .init()).keep(try note(5)) == nil)
        let missing = try problems(.init(file: copy))
        #expect(missing.count == 1)
        #expect(missing.first?.contains("is not there, though 5 leaves were signed") == true)
        // It was begun anew, and still lacks what was before.
        let behind = try problems(.init(file: copy))
        #expect(behind.first?.contains("ends at 0 leaves, and \(path)/checkpoints at 5") == true)
        #expect(try CheckpointCopies.open(folder, .init(file: copy)).keep(try note(7)) == nil)
        #expect(try problems(.init(file: copy)) == [])
        #expect(try CheckpointCopies.open(folder, .init(file: copy)).last?.size == 7)
        #expect(
            try problems(.init(command: ["/nowhere/logger", "-t", "x"]))
                == ["LIMEN_LEDGER_COMMAND: there is no program /nowhere/logger"]
        )
        #expect(try problems(.init(command: ["sh", "-c"])) == [])
        // Where it cannot be written nothing starts.
        let error = try #require(throws: CommandError.self) {
            try CheckpointCopies.open(folder, .init(file: path + "/none/copy"))
        }
        #expect(error.sentence.contains("/none/copy"))
    }

    @Test(
        "A key is made once for a new trail; one that the trail does not know starts nothing",
        .enabled(if: conninfo != nil, "no database")
    )
    func refused() throws {
        let server = ConnectionSettings(conninfo: Self.conninfo ?? "")
        let name = "limen_folder_" + UUID().uuidString.prefix(8).lowercased()
        func run(_ script: String, on place: ConnectionSettings) throws {
            try Connection.open(place).runScript(script)
        }
        try run("CREATE DATABASE \(name)", on: server)
        defer { try? run("DROP DATABASE \(name) WITH (FORCE)", on: server) }
        let place = server.inDatabase(name)
        let home = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().path
        try Migrator.open(place, files: try AuditDatabase.migrationFiles(home: home)).apply()
        let path = Self.folder()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let writer = place.asUser("limen_writer")
        let made = try LedgerFolder.open(path, of: writer)
        try run(
            """
            INSERT INTO audit.log (log_id, kind, opened_at, program, place, public_key, signature)
            VALUES (gen_random_uuid(), 1, now(), 'x', sha256(''),
                '\\x\(made.signer.key.bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
                    .joined())', sha256('') || sha256(''));
            """,
            on: place
        )
        #expect(try LedgerFolder.open(path, of: writer).signer.key == made.signer.key)
        try FileManager.default.moveItem(atPath: path + "/signer", toPath: path + "/aside")
        let error = try #require(throws: CommandError.self) {
            try LedgerFolder.open(path, of: writer)
        }
        #expect(error.exitCode == .badInput)
        #expect(error.sentence.contains("restore it from its backup"))
        #expect(!FileManager.default.fileExists(atPath: path + "/signer"))
        // A key that was put there without a word is refused too.
        _ = try LedgerFolder.prepareKey(in: path)
        try LedgerFolder.adoptKey(in: path)
        let other = try #require(throws: CommandError.self) {
            try LedgerFolder.open(path, of: writer)
        }
        #expect(other.sentence.contains("signed with other keys"))
    }
}
