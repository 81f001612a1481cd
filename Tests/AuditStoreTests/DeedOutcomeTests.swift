import Audit
import Basics
import Crypto
import PostgreSQL
import Testing

@testable import AuditStore

/// What the database says of a deed whose answer was lost.
@Suite("Deeds without an answer", .enabled(if: TestDatabase.isPresent, "\(TestDatabase.absence)"))
struct DeedOutcomeTests {
    /// What an auditor learns of each deed under an event, the process of the server being gone.
    private static func outcomes(
        _ event: UUIDBytes,
        _ query: borrowing AuditQuery,
        tenant: String = "anna"
    ) throws -> [AuditQuery.Outcome] {
        var all: [AuditQuery.Outcome] = []
        for deed in AuditQuery.Deed.allCases {
            all.append(
                try query.outcome(of: deed, orderedBy: event, tenant: tenant, process: nil)
            )
        }
        return all
    }

    @Test("Each deed is known by the event that ordered it, to the auditor of its tenant")
    func traces() async throws {
        let scene = try VaultScene()
        try await scene.sink.append(scene.decision(monthsAgo: 80))
        scene.sink.close()
        try scene.database.script(
            """
            SET ROLE limen_owner;
            SELECT audit.add_month('event', '2015-03-01'), audit.add_month('card', '2015-03-01'),
                audit.add_month('feedback', '2015-03-01');
            """
        )
        let events = (0..<4).map { _ in UUIDBytes.version4() }
        let eraser = try scene.eraser()
        let count = try eraser.erase(
            tenant: "anna",
            subjects: [scene.patient],
            eventID: events[0],
            reason: "asked",
            isDueOnly: false
        )
        let hold = UUIDBytes.version4()
        try eraser.setHold(
            tenant: "anna",
            holdID: hold,
            subjects: [],
            reason: "case 5",
            eventID: .version4()
        )
        #expect(
            try eraser.liftHold(
                tenant: "anna",
                holdID: hold,
                reason: "over",
                eventID: events[1]
            )
        )
        let retention = try KeyStore.open(scene.database.login("limen_retention"))
        let text = """
            {"format":"limen-erasure-policy/1","title":"t","keepMonths":72,"ground":"g"}
            """
        try retention.setPolicy(
            tenant: "anna",
            policy: try #require(ErasurePolicy(reading: Array(text.utf8))),
            eventID: events[2]
        )
        try retention.dropMonth("2015-03-01", eventID: events[3], reason: "due")
        let query = try scene.query()
        for (position, event) in events.enumerated() {
            var expected = [AuditQuery.Outcome](repeating: .notDone, count: 4)
            expected[position] = .done(position == 0 ? count : 1)
            #expect(try Self.outcomes(event, query) == expected)
        }
        // Another tenant's auditor learns of no deed but the end of a month, which is everybody's.
        let foreign = try scene.query("berta")
        for event in events.dropLast() {
            let seen = try Self.outcomes(event, foreign)
            #expect(seen == [.notDone, .notDone, .notDone, .notDone])
        }
    }

    @Test("While the process of the server is there, nobody knows that a deed was not done")
    func running() throws {
        let database = try TestDatabase()
        let query = try database.query()
        func outcome(_ process: Int) throws -> AuditQuery.Outcome {
            try query.outcome(
                of: .lift,
                orderedBy: .version4(),
                tenant: "anna",
                process: process
            )
        }
        let process = try {
            let store = try KeyStore.open(database.login("eraser_anna"))
            let process = store.serverProcess
            #expect(try outcome(process) == .running)
            return process
        }()
        let deadline = Records.now.advanced(byMicroseconds: 60_000_000)
        while try outcome(process) == .running, Records.now < deadline {}
        #expect(try outcome(process) == .notDone)
    }

    @Test(
        "Only what the server says is a refusal; a lost answer is none",
        arguments: [
            (PostgreSQLError(code: .statementFailed, sqlState: "LV001"), true),
            (PostgreSQLError(code: .statementFailed, sqlState: "42501"), true),
            (PostgreSQLError(code: .statementFailed, sqlState: "55P03"), true),
            (PostgreSQLError(code: .statementFailed, sqlState: "57014"), true),
            (PostgreSQLError(code: .statementFailed, sqlState: "57P01"), false),
            (PostgreSQLError(code: .statementFailed, sqlState: "40003"), false),
            (PostgreSQLError(code: .statementFailed, sqlState: "08006"), false),
            (PostgreSQLError(code: .statementFailed), false),
            (PostgreSQLError(code: .connectionLost), false),
            (PostgreSQLError(code: .connectionFailed), false),
            (PostgreSQLError(code: .timeout), false),
            (PostgreSQLError(code: .unexpectedResult), false),
        ]
    )
    func refusals(cause: PostgreSQLError, isRefusal: Bool) {
        #expect(AuditStoreError(cause).isRefusal == isRefusal)
    }
}
