import Audit
import AuditStore
import Basics
import Crypto
import Foundation
import JOSE
import PostgreSQL
import Testing

/// The single use of tokens across instances and restarts, on a real server.
@Suite("PostgreSQLTokenLedger", .enabled(if: TestDatabase.isPresent, "\(TestDatabase.absence)"))
struct TokenLedgerTests {
    static func use(
        _ tokenID: String = UUID().uuidString,
        tenant: String = "anna",
        issuer: String = "https://ehr.example",
        secondsFromNow: Int64 = 330
    ) -> TokenUse {
        let now = Int64(Date().timeIntervalSince1970)
        return TokenUse(
            tenant: tenant,
            issuerDigest: Digest.sha256(issuer),
            tokenIDDigest: Digest.sha256(tokenID),
            forgottenAt: Instant(microseconds: (now + secondsFromNow) * 1_000_000)
        )
    }

    @Test("A use is a first one once for each tenant, issuer and jti, whatever the expiry")
    func firstOnce() async throws {
        let database = try TestDatabase()
        let ledger = try database.tokenLedger()
        defer { ledger.close() }
        #expect(try await ledger.remember(Self.use("a")))
        #expect(try await !ledger.remember(Self.use("a")))
        #expect(try await !ledger.remember(Self.use("a", secondsFromNow: 900)))
        #expect(try await ledger.remember(Self.use("b")))
        #expect(try await ledger.remember(Self.use("a", tenant: "berta")))
        #expect(try await ledger.remember(Self.use("a", issuer: "https://other.example")))
        #expect(try database.count("SELECT count(*) FROM audit.used_token") == 4)
    }

    @Test("A replayed token is refused by a second instance and after a restart")
    func secondInstance() async throws {
        let database = try TestDatabase()
        let now = Instant(microseconds: Int64(Date().timeIntervalSince1970) * 1_000_000)
        let use = Self.use()
        let first = try database.tokenLedger()
        let second = try database.tokenLedger()
        try await ReplayGuard(ledger: first).claim(use, now: now)
        await #expect(throws: TokenRejection.replayed) {
            try await ReplayGuard(ledger: second).claim(use, now: now)
        }
        first.close()
        second.close()
        let restarted = try database.tokenLedger()
        defer { restarted.close() }
        await #expect(throws: TokenRejection.replayed) {
            try await ReplayGuard(ledger: restarted).claim(use, now: now)
        }
    }

    @Test("Of many tasks at two instances that use a hundred tokens, each token lets one in")
    func contention() async throws {
        let database = try TestDatabase()
        let ledgers = [try database.tokenLedger(), try database.tokenLedger()]
        let uses = (0..<100).map { _ in Self.use() }
        let admitted = try await withThrowingTaskGroup(of: Int.self) { group in
            for task in 0..<40 {
                group.addTask {
                    var count = 0
                    for step in uses.indices {
                        let use = uses[(step * 7 + task * 13) % uses.count]
                        if try await ledgers[task % 2].remember(use) { count += 1 }
                    }
                    return count
                }
            }
            return try await group.reduce(0, +)
        }
        for ledger in ledgers { ledger.close() }
        #expect(admitted == 100)
    }

    @Test("The writer adds for the tenant it names and can neither read, change nor remove")
    func writerRights() async throws {
        let database = try TestDatabase()
        let ledger = try database.tokenLedger()
        #expect(try await ledger.remember(Self.use()))
        ledger.close()
        for statement in [
            "SELECT * FROM audit.used_token",
            "UPDATE audit.used_token SET forgotten_at = now()",
            "DELETE FROM audit.used_token",
            "TRUNCATE audit.used_token",
            "SELECT audit.purge_used_tokens()",
            """
            INSERT INTO audit.used_token SELECT 'berta', sha256('a'), sha256('b'), now()
            FROM set_config('limen.tenant', 'anna', true)
            """,
        ] {
            #expect(throws: (any Error).self, "\(statement)") {
                try database.script(statement, as: "limen_writer")
            }
        }
        #expect(throws: (any Error).self) {
            try database.script("SELECT * FROM audit.used_token", as: "auditor_anna")
        }
    }

    @Test("What has expired is purged by the keepers of the store, what has not by nobody")
    func purge() async throws {
        let database = try TestDatabase()
        let ledger = try database.tokenLedger()
        #expect(try await ledger.remember(Self.use("old", secondsFromNow: -3_600)))
        #expect(try await ledger.remember(Self.use("just expired", secondsFromNow: 300)))
        #expect(try await ledger.remember(Self.use("good")))
        ledger.close()
        for statement in ["DELETE FROM audit.used_token", "TRUNCATE audit.used_token"] {
            #expect(throws: (any Error).self) { try database.script(statement) }
        }
        #expect(try Maintenance.purgeUsedTokens(database.login("limen_maintenance")) == 1)
        #expect(try Maintenance.purgeUsedTokens(database.login("limen_retention")) == 0)
        #expect(try database.count("SELECT count(*) FROM audit.used_token") == 2)
    }

    @Test("A database without the migration of the ledger is not opened")
    func notMigrated() throws {
        let database = try TestDatabase()
        #expect(throws: AuditStoreError(code: .migrationsNotCurrent)) {
            _ = try PostgreSQLTokenLedger.open(
                database.login("limen_writer"),
                migrations: Array(TestDatabase.migrations.dropLast())
            )
        }
    }
}

/// What becomes of the ledger when its server dies.
@Suite(
    "Token ledger and crashes",
    .serialized,
    .enabled(if: PrivateCluster.isPresent, "\(PrivateCluster.absence)")
)
struct TokenLedgerCrashTests {
    @Test("Away from its server every token is refused; back, the used ones are still used")
    func away() async throws {
        let cluster = try PrivateCluster()
        let database = try TestDatabase(server: cluster.settings)
        let ledger = try database.tokenLedger()
        defer { ledger.close() }
        let sink = try database.sink(writers: 1)
        defer { sink.close() }
        let use = TokenLedgerTests.use()
        #expect(try await ledger.remember(use))
        // The use has no wait for the disk of its own; the row of the answer takes it along.
        try await sink.append(Records.small())
        cluster.kill()
        let replays = ReplayGuard(ledger: ledger)
        await #expect(throws: TokenRejection.ledgerUnavailable) {
            try await replays.claim(TokenLedgerTests.use(), now: Instant(microseconds: 0))
        }
        try cluster.restart()
        try await Patience.wait { ledger.isConnected }
        #expect(try await !ledger.remember(use))
        #expect(try await ledger.remember(TokenLedgerTests.use()))
    }
}

extension TestDatabase {
    /// Opens a ledger as the writer.
    func tokenLedger() throws -> PostgreSQLTokenLedger {
        var timing = TokenLedgerTiming()
        timing.answerMilliseconds = 600_000
        timing.connectMilliseconds = 600_000
        return try PostgreSQLTokenLedger.open(
            login("limen_writer"),
            migrations: Self.migrations,
            timing: timing
        )
    }
}
