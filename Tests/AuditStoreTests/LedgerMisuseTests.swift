import Basics
import Crypto
import Ledger
import PostgreSQL
import Testing

@testable import AuditStore

/// What goes wrong without a thief: two gateways with one key, and clocks that are set back.
@Suite("Keys and clocks at fault", .enabled(if: TestDatabase.isPresent, "\(TestDatabase.absence)"))
struct LedgerMisuseTests {
    private static func sink(_ database: TestDatabase, place: UInt8) throws -> PostgreSQLAuditSink {
        try PostgreSQLAuditSink.open(
            database.login("limen_writer"),
            migrations: TestDatabase.migrations,
            identity: LogIdentity(
                signer: TestDatabase.signer,
                program: "test",
                place: [UInt8](repeating: place, count: 32)
            ),
            writerCount: 1,
            timing: .patient
        )
    }

    @Test(
        "Two gateways at once with one key are told to have one each; one after the other is none",
        arguments: [true, false]
    )
    func sharedKey(isAtOnce: Bool) async throws {
        let database = try TestDatabase()
        let one = try Self.sink(database, place: 1)
        try await one.append(Records.small())
        if !isAtOnce { one.close() }
        let other = try Self.sink(database, place: 2)
        try await other.append(Records.small())
        if isAtOnce {
            try await one.append(Records.small())
            one.close()
        }
        other.close()
        let copy = try #require(try LedgerStoreTests.sign(database))
        let report = try LedgerStoreTests.verify(database, [copy])
        #expect(report.findings.map(\.damage) == (isAtOnce ? [.sharedKey] : []))
        if isAtOnce {
            #expect(report.findings.first?.text.contains("a key of its own") == true)
        }
    }

    @Test("A clock of a gateway that was set back is named at the first row behind it")
    func gatewayClock() async throws {
        let (database, copies) = try await LedgerStoreTests.written(4)
        // What a gateway signs whose clock was set back by an hour before its third batch.
        let source = try PostgreSQLLedgerSource(database.login("limen_verifier"))
        let log = try #require(try source.nextLog()).genesis.logID
        var batches: [SignedBatch] = []
        while let stored = try source.nextBatch() {
            batches.append(try #require(stored.signed(in: log)))
        }
        let late = try #require(batches.dropFirst(2).first)
        let signed = SignedBatch(
            logID: log,
            firstSequence: late.firstSequence,
            stampedAt: late.stampedAt.advanced(byMicroseconds: -3_600_000_000),
            previous: late.previous,
            leafHashes: late.leafHashes,
            signer: TestDatabase.signer
        )
        try LedgerStoreTests.tamper(
            database,
            """
            UPDATE audit.batch SET stamped_at = '\(signed.stampedAt.text)',
                signature = '\\x\(Hexadecimal.text(signed.signature))'
            WHERE first_seq = \(signed.firstSequence);
            """
        )
        let report = try LedgerStoreTests.verify(database, copies)
        #expect(report.findings.map(\.damage) == [.clockSteppedBack], "\(report.findings)")
        #expect(report.firstBadRow?.sequence == signed.firstSequence)
        #expect(report.findings.first?.text.contains("clock of a gateway") == true)
    }

    @Test("A clock of the database that was set back is named at the sign of life behind it")
    func databaseClock() async throws {
        let database = try TestDatabase()
        do {
            let connection = try Connection.open(database.login("limen_chain"))
            let found = try connection.execute("SELECT clock_timestamp() + interval '1 hour'")
            let ahead = try #require(try found.instant(0, 0))
            var tree = FoldedTree(
                SequencerState(
                    range: CompactRange(),
                    heartbeat: 1,
                    isAdoptionComplete: false,
                    tombstones: 0
                )
            )
            tree.append(.heartbeat(number: 1, at: ahead))
            let checkpoint = Checkpoint(
                origin: TestDatabase.signer.key.name,
                size: tree.state.range.size,
                root: tree.state.range.root
            )
            try tree.store(on: connection)
            var values = Parameters()
            values.add(int64: Int64(clamping: checkpoint.size))
            values.add(text: checkpoint.signed(by: TestDatabase.signer)?.serialized)
            _ = try connection.execute(LedgerStatements.addCheckpoint, values)
        }
        let copy = try #require(try LedgerStoreTests.sign(database))
        let report = try LedgerStoreTests.verify(database, [copy])
        #expect(report.findings.map(\.damage) == [.clockSteppedBack], "\(report.findings)")
        #expect(report.findings.first?.text.contains("clock of the database") == true)
    }
}
