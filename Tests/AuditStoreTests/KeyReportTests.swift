import Crypto
import PostgreSQL
import Testing

/// What gateways report of their wrapping keys, and when that ends one for good.
@Suite("Reports of keys", .enabled(if: TestDatabase.isPresent, "\(TestDatabase.absence)"))
struct KeyReportTests {
    private static let place = [UInt8](repeating: 1, count: 32)
    private static let other = [UInt8](repeating: 2, count: 32)

    /// Reports for one tenant; answers which of the keys that are held wrap nothing more.
    static func report(
        _ place: [UInt8],
        _ current: String,
        used: String? = nil,
        old: [String] = [],
        isEnded: Bool = false,
        on connection: borrowing Connection
    ) throws -> [String] {
        var values = Parameters()
        values.add(bytes: place)
        values.add(text: used ?? current)
        values.add(text: current)
        values.add(texts: old.map { _ in "anna" })
        values.add(texts: old)
        values.add(bool: isEnded)
        let rows = try connection.execute(
            """
            SELECT wrapping_key FROM audit.report_keys(
                $1, ARRAY['anna'], ARRAY[$2], ARRAY[$3], $4, $5, 0, $6) ORDER BY 1
            """,
            values
        )
        var names: [String] = []
        for row in 0..<rows.rowCount { names.append(try rows.text(row, 0) ?? "") }
        return names
    }

    private static func superseded(_ database: TestDatabase) throws -> [String] {
        try database.column("SELECT wrapping_key FROM audit.superseded_wrapping_key ORDER BY 1")
    }

    @Test("Two processes of one place take turns over a rotation, and the new key stays good")
    func turns() throws {
        let database = try TestDatabase()
        let gateway = try Connection.open(database.login("limen_gateway"))
        #expect(try Self.report(Self.place, "k1", on: gateway) == [])
        #expect(try Self.report(Self.place, "k2", old: ["k1"], on: gateway) == ["k1"])
        // The old process, which stops, and has the file of before.
        #expect(try Self.report(Self.place, "k1", on: gateway) == ["k1"])
        #expect(try Self.report(Self.place, "k1", isEnded: true, on: gateway) == ["k1"])
        #expect(try Self.report(Self.place, "k2", old: ["k1"], on: gateway) == ["k1"])
        // Rows on their way under the old key are reported late.
        #expect(
            try Self.report(Self.place, "k2", used: "k1", old: ["k1"], on: gateway) == ["k1"]
        )
        #expect(try Self.report(Self.place, "k2", old: ["k1"], on: gateway) == ["k1"])
        #expect(try Self.superseded(database) == ["k1"])
        // A file that calls the old one current ends nothing, though it holds the new one as old.
        #expect(try Self.report(Self.place, "k1", old: ["k2"], on: gateway) == ["k1"])
        #expect(try Self.superseded(database) == ["k1"])
        // The next rotation is as the first.
        #expect(try Self.report(Self.place, "k2", old: ["k1"], on: gateway) == ["k1"])
        #expect(
            try Self.report(Self.place, "k3", old: ["k1", "k2"], on: gateway) == ["k1", "k2"]
        )
    }

    @Test("A key file of another installation ends no key, and the right one is taken again")
    func foreign() throws {
        let database = try TestDatabase()
        let gateway = try Connection.open(database.login("limen_gateway"))
        _ = try Self.report(Self.place, "k2", old: ["k1"], on: gateway)
        for name in ["k9", "k2", "k8", "k2"] {
            let old = name == "k2" ? ["k1"] : ["k7"]
            #expect(try Self.report(Self.place, name, old: old, on: gateway) == [])
        }
        #expect(try Self.superseded(database) == [])
        // What was removed is no successor either.
        try database.script(
            """
            INSERT INTO audit.retired_wrapping_key (tenant, wrapping_key, event_id)
            VALUES ('anna', 'k1', gen_random_uuid())
            """
        )
        #expect(try Self.report(Self.place, "k1", old: ["k2"], on: gateway) == ["k1"])
        #expect(try Self.superseded(database) == [])
    }

    @Test("Of two gateways that change over together, the last one ends the old key")
    func together() throws {
        let database = try TestDatabase()
        let first = try Connection.open(database.login("limen_gateway"))
        let last = try Connection.open(database.login("limen_gateway"))
        for place in [Self.place, Self.other] {
            _ = try Self.report(place, "k1", on: first)
        }
        _ = try first.execute("BEGIN")
        #expect(try Self.report(Self.place, "k2", old: ["k1"], on: first) == [])
        _ = try last.execute("SET lock_timeout = '50ms'")
        // Until it can see what the first has said, it waits.
        #expect(throws: PostgreSQLError(code: .statementFailed, sqlState: "55P03")) {
            _ = try Self.report(Self.other, "k2", old: ["k1"], on: last)
        }
        _ = try first.execute("COMMIT")
        #expect(try Self.report(Self.other, "k2", old: ["k1"], on: last) == ["k1"])
    }

    @Test(
        "A name that no key file may give is taken by no table",
        arguments: ["k1\nanna k2", "K1", "k 1", "", "k1\n", String(repeating: "k", count: 33), "é"]
    )
    func names(name: String) throws {
        let database = try TestDatabase()
        let gateway = try Connection.open(database.login("limen_gateway"))
        #expect(throws: PostgreSQLError(code: .statementFailed, sqlState: "23514")) {
            _ = try Self.report(Self.place, name, on: gateway)
        }
        #expect(throws: PostgreSQLError(code: .statementFailed, sqlState: "23514")) {
            try database.script(
                "INSERT INTO audit.superseded_wrapping_key VALUES ('anna', '\(name)')"
            )
        }
        #expect(try database.count("SELECT count(*) FROM audit.key_report") == 0)
    }

    @Test("A gateway is told of keys that its files hold, and of no others")
    func told() throws {
        let database = try TestDatabase()
        let gateway = try Connection.open(database.login("limen_gateway"))
        try database.script(
            """
            INSERT INTO audit.superseded_wrapping_key
            SELECT 'anna', 'made-up-' || n FROM generate_series(1, 100) n
            """
        )
        #expect(try Self.report(Self.place, "k2", old: ["k1"], on: gateway) == [])
        #expect(
            try Self.report(Self.place, "k2", old: ["made-up-7"], on: gateway) == ["made-up-7"]
        )
    }
}
