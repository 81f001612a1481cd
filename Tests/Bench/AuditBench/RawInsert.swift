import Foundation
import PostgreSQL

/// Multi-row INSERTs of rows that a sink has written, by pgbench: what the group commit is held
/// against.
///
/// The same columns and bytes, a hundred rows and their cards a transaction, as the same role under
/// the same row-level security, the statements prepared once.
struct RawInsert {
    let place: ConnectionSettings
    let conninfo: String
    let tenant: String

    /// Writes the script, from the newest hundred rows of the tenant.
    func script() throws -> String {
        let path = FileManager.default.temporaryDirectory.path + "/limen-raw-insert.sql"
        let event = try statement("event", count: 100)
        let card = try statement("card", count: 100)
        let text = """
            BEGIN;
            SELECT pg_catalog.set_config('limen.tenant', '\(tenant)', true);
            \(event);
            \(card);
            COMMIT;

            """
        try Data(text.utf8).write(to: URL(filePath: path))
        return path
    }

    /// One INSERT on one line, with a new event for each row.
    private func statement(_ table: String, count: Int) throws -> String {
        let connection = try Connection.open(place)
        let found = try connection.execute(
            """
            SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum),
                string_agg(CASE attname WHEN 'event_id' THEN '''gen_random_uuid()'''
                    ELSE 'quote_nullable(' || quote_ident(attname) || '::text)' END,
                    ', ' ORDER BY attnum)
            FROM pg_attribute
            WHERE attrelid = ('audit.' || $1)::regclass AND attnum > 0 AND NOT attisdropped
              AND has_column_privilege('limen_writer', attrelid, attnum, 'INSERT')
            """,
            Self.text(table)
        )
        let columns = try found.text(0, 0) ?? ""
        let values = try found.text(0, 1) ?? ""
        // Names of columns of our own catalogue, and a number: nothing from outside.
        let query = """
            SELECT 'INSERT INTO audit.\(table) (\(columns)) VALUES ' || string_agg(
                '(' || concat_ws(', ', \(values)) || ')', ', ')
            FROM (SELECT * FROM audit.\(table) WHERE tenant = '\(tenant)'
                  ORDER BY started_at DESC LIMIT \(count)) newest
            """
        let output = try Self.run("psql", [conninfo, "-X", "-A", "-t", "-c", query])
        return output.trimmingCharacters(in: .newlines)
    }

    private static func text(_ text: String) -> Parameters {
        var values = Parameters()
        values.add(text: text)
        return values
    }

    /// Rows in a second, by so many clients for so many seconds.
    func measure(_ script: String, clients: Int, seconds: Int) throws -> Double {
        let output = try Self.run(
            "pgbench",
            [
                "-n", "-M", "prepared", "-c", String(clients), "-j", String(clients), "-T",
                String(seconds), "-f", script, conninfo + " user=limen_writer",
            ]
        )
        for line in output.split(separator: "\n") where line.hasPrefix("tps = ") {
            let words = line.split(separator: " ")
            if let rate = Double(words[2]) { return rate * 100 }
        }
        return 0
    }

    /// Runs a program and gives what it prints; an exit code that is not 0 is an error.
    static func run(
        _ program: String,
        _ arguments: [String],
        _ environment: [String: String] = [:],
        expected: [Int32] = [0]
    ) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [program] + arguments
        process.environment = ProcessInfo.processInfo.environment
            .merging(environment, uniquingKeysWith: { $1 })
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard expected.contains(process.terminationStatus) else {
            throw CocoaError(.executableLoad)
        }
        return String(decoding: data, as: UTF8.self)
    }
}
