import Audit
import AuditStore
import Basics
import Crypto
import Foundation
import Ledger
import PostgreSQL
import Support
import Vault

@testable import limen

/// A migrated database of a test's own with a signed trail, and the public half of its key and its
/// copies of checkpoints in a folder.
final class TrailScene {
    static let conninfo = ProcessInfo.processInfo.environment["LIMEN_TEST_DATABASE"]

    let folder: String
    /// The last checkpoint that left the database.
    private(set) var last: Checkpoint?
    private let name = "limen_trail_" + UUID().uuidString.prefix(8).lowercased()
    private let server = ConnectionSettings(conninfo: TrailScene.conninfo ?? "")
    private let signer: NoteSigner

    /// Makes the database, as a copy of another when one is given.
    init(copyOf other: TrailScene? = nil) throws {
        guard let signer = NoteSigner(name: "test", seed: [UInt8](repeating: 5, count: 32)) else {
            throw CocoaError(.coderInvalidValue)
        }
        self.signer = signer
        folder = FileManager.default.temporaryDirectory.path + "/" + name
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data((signer.key.text + "\n").utf8).write(to: URL(filePath: folder + "/verifiers"))
        let template = other.map { " TEMPLATE " + $0.name } ?? ""
        try Connection.open(server).runScript("CREATE DATABASE \(name)\(template)")
        if other == nil {
            try Migrator.open(place, files: try Self.migrations()).apply()
            try Provisioning.open(place).createTenant("bench", title: "bench")
            return
        }
        // What is granted on a database is not copied with it.
        try Connection.open(server).runScript(
            "GRANT CONNECT ON DATABASE \(name) TO limen_chain, limen_verifier, limen_writer"
        )
    }

    deinit {
        try? Connection.open(server).runScript("DROP DATABASE \(name) WITH (FORCE)")
        try? FileManager.default.removeItem(atPath: folder)
    }

    private var place: ConnectionSettings { server.inDatabase(name) }

    private static func migrations() throws -> [MigrationFile] {
        try AuditDatabase.migrationFiles(home: Shared.checkout.path)
    }

    /// A backup of the state of now, put in force.
    func copy() throws -> TrailScene { try TrailScene(copyOf: self) }

    // MARK: Writing

    func record(_ number: Int) -> AuditRecord {
        AuditBench.sampleRecord(
            tenant: "bench",
            startedAt: Instant(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000)),
            number: number
        )
    }

    func sink(place number: UInt8 = 1) throws -> PostgreSQLAuditSink {
        try PostgreSQLAuditSink.open(
            place.asUser("limen_writer"),
            sealer: RecordSealer(KeyRing([.generate(tenant: "bench", name: "bench")])),
            migrations: try Self.migrations(),
            identity: identity(number),
            writerCount: 1
        )
    }

    /// Writes some rows in a log of their own.
    func write(_ count: Int) async throws {
        let sink = try sink()
        for number in 0..<count { try await sink.append(record(number)) }
        sink.close()
    }

    private func identity(_ number: UInt8) -> LogIdentity {
        LogIdentity(
            signer: signer,
            program: "test",
            place: [UInt8](repeating: number, count: 32)
        )
    }

    /// Signs the tree, and copies the checkpoint to the folder.
    func sign(known: Checkpoint? = nil) throws {
        let sequencer = try Sequencer(
            place.asUser("limen_chain"),
            identity: identity(1),
            known: known ?? last,
            periodMilliseconds: 1_000
        ) { _ in }
        guard let checkpoint = try sequencer.signNow() else { throw CocoaError(.coderReadCorrupt) }
        try keep(checkpoint)
    }

    /// Signs the tree, and once more by a clock of the database that is some hours ahead.
    func signAhead(hours: Int64) throws {
        try sign()
        let connection = try Connection.open(place)
        let found = try connection.execute("SELECT entry FROM audit.tree_leaf ORDER BY position")
        var range = CompactRange()
        var number: Int64 = 0
        for row in 0..<found.rowCount {
            let bytes = found.bytes(row, 0) ?? []
            range.append(MerkleHash.leaf(bytes))
            if case .heartbeat(let last, _)? = try? TreeEntry(canonical: bytes) { number = last }
        }
        let now = Instant(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
        let ahead = TreeEntry.heartbeat(
            number: number + 1,
            at: now.advanced(byMicroseconds: hours * 3_600_000_000)
        )
        let position = range.size
        range.append(ahead.leafHash)
        let next = Checkpoint(origin: signer.key.name, size: range.size, root: range.root)
        try connection.runScript(
            """
            INSERT INTO audit.tree_leaf (position, entry)
                VALUES (\(position), '\\x\(Hexadecimal.text(ahead.canonical))');
            INSERT INTO audit.checkpoint (size, note)
                VALUES (\(next.size), '\(next.signed(by: signer)?.serialized ?? "")');
            UPDATE audit.sequencer SET size = \(range.size), heartbeat = \(number + 1),
                hashes = '\\x\(Hexadecimal.text(MerkleHash.bytes(of: range.hashes)))';
            """
        )
        try keep(next)
    }

    private func keep(_ checkpoint: Checkpoint) throws {
        guard let note = checkpoint.signed(by: signer) else { throw CocoaError(.coderReadCorrupt) }
        let file = URL(filePath: folder + "/checkpoints")
        let before = (try? Data(contentsOf: file)) ?? Data()
        try (before + Data((note.serialized + "\n").utf8)).write(to: file)
        last = checkpoint
    }

    // MARK: Damage

    /// Statements of a superuser, with every trigger in place.
    func script(_ statement: String) throws { try Connection.open(place).runScript(statement) }

    /// Statements of a superuser, with no trigger in the way.
    func tamper(_ statement: String) throws {
        try Connection.open(place).runScript(
            """
            DO $$
            DECLARE
                name regclass;
            BEGIN
                FOR name IN SELECT c.oid FROM pg_class c
                    WHERE c.relnamespace = 'audit'::regnamespace AND c.relkind IN ('r', 'p') LOOP
                    EXECUTE format('ALTER TABLE %s DISABLE TRIGGER ALL', name);
                END LOOP;
            END $$;
            SET session_replication_role = replica;
            \(statement);
            """
        )
    }

    // MARK: The program

    /// Runs `limen audit verify` as its role, with the public keys and the copies.
    func verify(
        _ environment: [String: String] = [:],
        copies: String? = nil
    ) throws -> BuiltProgram.Result {
        var words: [String: String] = [:]
        for word in (Self.conninfo ?? "").split(separator: " ") {
            let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
            if parts.count == 2 { words[parts[0]] = parts[1] }
        }
        let process = BuiltProgram.process(
            [
                "audit", "verify", "--verifiers", folder + "/verifiers", "--outside",
                copies ?? folder + "/checkpoints",
            ],
            home: Shared.checkout
        )
        process.environment?["PGHOST"] = words["host"]
        process.environment?["PGPORT"] = words["port"]
        process.environment?["PGUSER"] = "limen_verifier"
        process.environment?["PGDATABASE"] = name
        process.environment?.merge(environment, uniquingKeysWith: { $1 })
        let (output, error) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = error
        try process.run()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        let fault = error.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return BuiltProgram.Result(
            exitCode: process.terminationStatus,
            output: String(decoding: text, as: UTF8.self),
            error: String(decoding: fault, as: UTF8.self)
        )
    }
}
