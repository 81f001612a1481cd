import Basics
import Foundation
import Posix
import PostgreSQL
import Testing

/// The superuser's connection string of the server for tests.
private let testConninfo = ProcessInfo.processInfo.environment["LIMEN_TEST_DATABASE"]

@Suite(
    "Connection",
    .enabled(
        if: testConninfo != nil,
        "no database: set LIMEN_TEST_DATABASE to a superuser's connection string"
    )
)
struct ConnectionTests {
    @Test("Every type comes back as it was sent, NULL as nil")
    func types() throws {
        let connection = try Self.open()
        let moment = Instant(microseconds: -1_234_567_890_123_456)
        let uuid = UUIDBytes(high: 0x0123_4567_89AB_CDEF, low: 0xFEDC_BA98_7654_3210)
        var values = Parameters()
        values.add(text: "Gr\u{FC}\u{DF}e '; DROP TABLE x --")
        values.add(bytes: [0, 1, 255])
        values.add(bool: true)
        values.add(int32: .min)
        values.add(int64: .max)
        values.add(instant: moment)
        values.add(uuid: uuid)
        values.add(texts: ["", "a,b", "\"{}\\"])
        values.add(uuids: [uuid, uuid])
        values.add(json: Array(#"{"a": 7.10}"#.utf8))
        values.add(text: nil)
        values.add(texts: [])
        values.add(arrayText: ["", "NULL", "a\"b\\c", "{x,y}"])
        let rows = try connection.execute(
            """
            SELECT $1::text, $2::bytea, $3::bool, $4::int4, $5::int8, $6::timestamptz, $7::uuid,
                   $8::text[], $9::uuid[], $10::json, $11::text, $12::text[], $13::text::text[]
            """,
            values
        )
        let size = (rows.rowCount, rows.columnCount)
        #expect(size == (1, 13))
        #expect(try rows.text(0, 0) == "Gr\u{FC}\u{DF}e '; DROP TABLE x --")
        #expect(rows.bytes(0, 1) == [0, 1, 255])
        #expect(try rows.bool(0, 2) == true)
        #expect(try rows.integer(0, 3) == Int(Int32.min))
        #expect(try rows.integer(0, 4) == Int.max)
        #expect(try rows.instant(0, 5) == moment)
        #expect(try rows.uuid(0, 6) == uuid)
        #expect(try rows.texts(0, 7) == ["", "a,b", "\"{}\\"])
        #expect(try rows.uuids(0, 8) == [uuid, uuid])
        #expect(rows.bytes(0, 9) == Array(#"{"a": 7.10}"#.utf8))
        #expect(try rows.text(0, 10) == nil)
        #expect(try rows.texts(0, 11) == [])
        #expect(try rows.texts(0, 12) == ["", "NULL", "a\"b\\c", "{x,y}"])
    }

    @Test("Empty text stays apart from NULL, in one row as in many", arguments: [1, 2, 100])
    func transposedValues(rowCount: Int) throws {
        let connection = try Self.open()
        let rows = (0..<rowCount).map { number in
            var row = Parameters()
            row.add(int64: Int64(number))
            row.add(text: [nil, "", "x", String(repeating: "y", count: number)][number % 4])
            return row
        }
        let columns = Parameters(transposing: rows)
        #expect(columns.count == 2)
        try connection.prepare(
            "t",
            """
            SELECT 1 FROM unnest($1::int8[], $2::text[]) AS r(a, b)
            WHERE b IS NOT DISTINCT FROM
                (ARRAY[NULL, '', 'x', repeat('y', a::int)])[a % 4 + 1]
            """
        )
        try connection.enterPipelineMode()
        try connection.sendPrepared("t", columns)
        try connection.sendSync()
        #expect(
            try Self.events(connection) == [.completed(affectedCount: rowCount), .synchronized]
        )
    }

    @Test("Rows become columns for unnest, with NULL where a row has none")
    func transposing() throws {
        let connection = try Self.open()
        let rows = (0..<3).map { number in
            var row = Parameters()
            row.add(int32: Int32(number))
            row.add(text: number == 1 ? nil : "row \(number)")
            return row
        }
        let columns = Parameters(transposing: rows)
        // The types of transposed values are those of the prepared statement.
        try connection.prepare("t", "SELECT * FROM unnest($1::int4[], $2::text[]) AS r(a, b)")
        try connection.enterPipelineMode()
        try connection.sendPrepared("t", columns)
        try connection.sendSync()
        #expect(try Self.events(connection) == [.completed(affectedCount: 3), .synchronized])
    }

    @Test("A field that has not the asked form is an error, not a guess")
    func wrongForm() throws {
        let connection = try Self.open()
        let rows = try connection.execute("SELECT 'abc'::text, '{{1},{2}}'::int[], '\\xff'::bytea")
        let malformed = PostgreSQLError(code: .unexpectedResult)
        #expect(throws: malformed) { try rows.integer(0, 0) }
        #expect(throws: malformed) { try rows.bool(0, 0) }
        #expect(throws: malformed) { try rows.uuid(0, 0) }
        #expect(throws: malformed) { try rows.texts(0, 0) }
        #expect(throws: malformed) { try rows.texts(0, 1) }
        #expect(throws: malformed) { try rows.text(0, 2) }
    }

    @Test(
        "A failed statement gives its SQLSTATE and leaves the connection usable",
        arguments: [("division", "22012"), ("syntax", "42601"), ("nul", "22021")]
    )
    func failing(name: String, state: String) throws {
        let connection = try Self.open()
        let expected = PostgreSQLError(code: .statementFailed, sqlState: state)
        #expect(throws: expected) {
            switch name {
            case "division": _ = try connection.execute("SELECT 1 / 0")
            case "syntax": _ = try connection.execute("SELEC 1")
            default:
                var values = Parameters()
                values.add(text: "a\u{0}b")
                _ = try connection.execute("SELECT $1", values)
            }
        }
        #expect(try connection.execute("SELECT 7").integer(0, 0) == 7)
        let isBroken = connection.isBroken
        #expect(!isBroken)
    }

    @Test("A statement that takes too long times out")
    func timeout() throws {
        let connection = try Self.open()
        #expect(throws: PostgreSQLError(code: .timeout)) {
            _ = try connection.execute("SELECT pg_sleep(5)", timeoutMilliseconds: 20)
        }
    }

    @Test("A connection that the server ends is lost, not failed")
    func ended() throws {
        let connection = try Self.open()
        do throws(PostgreSQLError) {
            _ = try connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")
            Issue.record("the connection should have ended")
        } catch {
            #expect(error.code == .connectionLost || error.sqlState == "57P01")
        }
        #expect(throws: PostgreSQLError.self) { _ = try connection.execute("SELECT 1") }
        let isBroken = connection.isBroken
        #expect(isBroken)
    }

    @Test("Two statements in one are refused where values could travel")
    func oneStatement() throws {
        let connection = try Self.open()
        #expect(throws: PostgreSQLError(code: .statementFailed, sqlState: "42601")) {
            _ = try connection.execute("SELECT 1; SELECT 2")
        }
    }

    @Test("In a pipeline a failure skips what is behind it up to the synchronisation")
    func pipeline() throws {
        let connection = try Self.open()
        try connection.prepare("good", "SELECT 1")
        try connection.prepare("bad", "SELECT 1 / $1::int4")
        var zero = Parameters()
        zero.add(int32: 0)
        try connection.enterPipelineMode()
        try connection.sendPrepared("good", Parameters())
        try connection.sendPrepared("bad", zero)
        try connection.sendPrepared("good", Parameters())
        try connection.sendSync()
        let failure = PostgreSQLError(code: .statementFailed, sqlState: "22012")
        #expect(
            try Self.events(connection)
                == [.completed(affectedCount: 1), .failed(failure), .skipped, .synchronized]
        )
        try connection.sendPrepared("good", Parameters())
        try connection.sendSync()
        #expect(try Self.events(connection) == [.completed(affectedCount: 1), .synchronized])
    }

    @Test(
        "A place without a server is a failed connection",
        arguments: ["host=127.0.0.1 port=1", "host=/nonexistent", "no settings at all", "port=x"]
    )
    func noServer(conninfo: String) {
        #expect(throws: PostgreSQLError(code: .connectionFailed)) {
            _ = try Connection.open(ConnectionSettings(conninfo: conninfo))
        }
    }

    private static func open() throws -> Connection {
        try Connection.open(ConnectionSettings(conninfo: testConninfo ?? ""))
    }

    /// All events up to the next synchronisation.
    private static func events(_ connection: borrowing Connection) throws -> [PipelineEvent] {
        var events: [PipelineEvent] = []
        while events.last != .synchronized {
            let event = try connection.nextPipelineEvent()
            if event == .pending {
                let isFlushed = try connection.flush()
                connection.wait(
                    for: isFlushed ? .reading : .readingOrWriting,
                    timeoutMilliseconds: 5_000
                )
                try connection.consumeInput()
            } else {
                events.append(event)
            }
        }
        return events
    }
}
