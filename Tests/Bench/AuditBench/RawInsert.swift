import Foundation
import PostgreSQL

/// Multi-row INSERTs of rows that a sink has written, by pgbench: what the group commit is held
/// against.
///
/// The same columns and bytes, a hundred rows with their cards and the keys that seal them a
/// transaction, as the same role under the same row-level security, the statements prepared once.
/// Each row of the measurement is another patient's, so each has its key.
struct RawInsert {
    let place: ConnectionSettings
    let conninfo: String
    let tenant: String

    /// Writes the script, from the newest hundred rows of the tenant.
    func script() throws -> String {
        let path = FileManager.default.temporaryDirectory.path + "/limen-raw-insert.sql"
        let event = try statement("event", fresh: ["event_id": Self.newID])
        let card = try statement("card", fresh: ["event_id": Self.newID])
        let key = try statement(
            "data_key",
            newestBy: "created_at",
            fresh: [
                "key_id": Self.newID,
                "subject": "sha256(uuid_send(gen_random_uuid()))",
            ]
        )
        let text = """
            BEGIN;
            SELECT pg_catalog.set_config('limen.tenant', '\(tenant)', true);
            \(key);
            \(event);
            \(card);
            COMMIT;

            """
        try Data(text.utf8).write(to: URL(filePath: path))
        return path
    }

    private static let newID = "gen_random_uuid()"

    /// One INSERT on one line: of the hundred rows of a table that are the newest by a column, with
    /// what takes the place of a column's value anew for each row that is sent.
    private func statement(
        _ table: String,
        newestBy moment: String = "started_at",
        fresh: [String: String]
    ) throws -> String {
        let connection = try Connection.open(place)
        // pgbench takes a colon before a letter for a variable, in a literal too: those literals are
        // written with the colon as a Unicode escape.
        try connection.runScript(
            #"""
            CREATE OR REPLACE FUNCTION public.bench_literal(value text) RETURNS text
            LANGUAGE sql AS $$
                SELECT CASE WHEN value ~ ':[A-Za-z_]'
                    THEN 'U&''' || replace(replace(replace(value, '''', ''''''), '\', '\\'),
                        ':', '\003A') || ''''
                    ELSE quote_nullable(value) END
            $$;
            """#
        )
        let found = try connection.execute(
            """
            SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum),
                string_agg(coalesce(quote_literal($2::json ->> attname),
                    format('public.bench_literal(%I::text)', attname)), ', ' ORDER BY attnum)
            FROM pg_attribute
            WHERE attrelid = ('audit.' || $1)::regclass AND attnum > 0 AND NOT attisdropped
              AND has_column_privilege('limen_writer', attrelid, attnum, 'INSERT')
            """,
            Self.values(table, fresh)
        )
        let columns = try found.text(0, 0) ?? ""
        let values = try found.text(0, 1) ?? ""
        // Names of columns of our own catalogue, and a number: nothing from outside.
        let query = """
            SELECT 'INSERT INTO audit.\(table) (\(columns)) VALUES ' || string_agg(
                '(' || concat_ws(', ', \(values)) || ')', ', ')
            FROM (SELECT * FROM audit.\(table) WHERE tenant = '\(tenant)'
                  ORDER BY \(moment) DESC LIMIT 100) newest
            """
        let output = try Self.run("psql", [conninfo, "-X", "-A", "-t", "-c", query])
        return output.trimmingCharacters(in: .newlines)
    }

    private static func values(_ table: String, _ fresh: [String: String]) throws -> Parameters {
        var values = Parameters()
        values.add(text: table)
        values.add(json: Array(try JSONEncoder().encode(fresh)))
        return values
    }

    /// Rows in a second, by so many clients with so many transactions each.
    ///
    /// A count and no time: the alarm by which pgbench ends after a time is blocked in a child of ours.
    func measure(_ script: String, clients: Int, transactions: Int) throws -> Double {
        let output = try Self.run(
            "pgbench",
            [
                "-n", "-M", "prepared", "-c", String(clients), "-j", String(clients), "-t",
                String(transactions), "-f", script, conninfo + " user=limen_writer",
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
