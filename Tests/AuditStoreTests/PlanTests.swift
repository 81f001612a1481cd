import PostgreSQL
import Testing

@testable import AuditStore

/// A page of the list takes an index and stops, whatever the filter is: no scan, and no sort.
@Suite("The plan of a list", .enabled(if: TestDatabase.isPresent, "\(TestDatabase.absence)"))
struct PlanTests {
    /// The filters by the number of their parameter, with a value that rows have.
    private static let filters: [(name: String, number: Int, value: String)] = [
        ("kind", 2, "'audit-read'"), ("outcome", 3, "'incomplete'"), ("service", 4, "'qsofa'"),
        ("patient", 5, "sha256(int8send(7))"), ("hook-instance", 6, hook),
        ("trace", 7, "sha256(int8send(7))"), ("arm", 12, "'canary'"), ("client", 14, "'ward-2'"),
        ("profile", 15, "'news2'"), ("model", 16, "'01'"), ("code", 17, "'LIMEN-GATE-011'"),
        ("user", 18, "sha256(int8send(-7))"), ("event", 19, hook), ("cause", 20, hook),
        ("no-patient", 22, "true"),
    ]
    private static let hook = "'00000000-0000-4000-8000-000000000007'"
    private static let types = [
        "text", "text", "text", "text", "bytea", "uuid", "bytea", "timestamptz", "timestamptz",
        "timestamptz", "uuid", "text", "int8", "text", "text", "text", "text", "bytea", "uuid",
        "uuid", "bool", "bool",
    ]

    /// Thirty thousand rows of two tenants over fourteen months.
    private static func fill(_ database: TestDatabase) throws {
        try database.script(
            """
            SET ROLE limen_owner;
            SELECT audit.add_month('event', (date_trunc('month', now() AT TIME ZONE 'UTC')
                - make_interval(months => step))::date) FROM generate_series(2, 14) step;
            RESET ROLE;
            INSERT INTO audit.event (tenant, started_at, event_id, kind, outcome, status, client,
                service, hook, hook_instance, patient_pseudonym, user_pseudonym, artifacts, card_ids,
                missing_inputs, flags, trace_id, arm, reason_code, caused_by)
            SELECT (ARRAY['anna', 'berta'])[1 + n % 2],
                now() - interval '400 days' * random(), gen_random_uuid(),
                CASE WHEN n % 20 = 0 THEN 'audit-read' ELSE 'decision' END,
                (ARRAY['cards', 'no-cards', 'incomplete'])[1 + n % 3], 200, 'ward-' || n % 5,
                (ARRAY['news2', 'qsofa', 'mews'])[1 + n % 3], 'patient-view', gen_random_uuid(),
                sha256(int8send(n % 300)), sha256(int8send(-1 - n % 50)),
                CASE WHEN n % 2 = 0 THEN '{"profile":{"name":"news2"},"model":{"sha256":"01"}}'
                    ELSE '{"profile":{"name":"qsofa"},"model":{"sha256":"02"}}' END::json,
                '{}', '{}', '{}', substr(sha256(int8send(n % 1000)), 1, 16),
                (ARRAY['live', 'canary', 'shadow'])[1 + n % 3],
                CASE WHEN n % 40 = 0 THEN 'LIMEN-GATE-011' END,
                CASE WHEN n % 20 = 0 THEN gen_random_uuid() END
            FROM generate_series(1, 30000) n;
            ANALYZE audit.event;
            """
        )
    }

    private static func explain(_ values: [Int: String]) -> String {
        let all = (1...22).map { values[$0] ?? "NULL" }
        return "EXPLAIN (COSTS OFF) EXECUTE list(" + all.joined(separator: ", ") + ")"
    }

    @Test("takes an index and no sort for each filter and each pair of filters, at any time")
    func everyCombination() throws {
        let database = try TestDatabase()
        try Self.fill(database)
        let statement = AuditStatements.list.description
        var statements = [
            "SET plan_cache_mode = force_custom_plan", AuditStatements.settings.description,
            "PREPARE list (" + Self.types.joined(separator: ", ") + ") AS " + statement,
        ]
        var names: [String] = []
        let base = [1: "'anna'", 13: "51", 21: "false", 22: "false"]
        let times: [(String, [Int: String])] = [
            ("", [:]),
            (" in a time", [8: "now() - interval '90 days'", 9: "now() - interval '10 days'"]),
            (" behind a cursor", [10: "now() - interval '100 days'", 11: Self.hook]),
        ]
        for (time, limits) in times {
            var combinations: [[Int]] = [[]] + Self.filters.indices.map { [$0] }
            for first in Self.filters.indices {
                for second in Self.filters.indices where second > first {
                    // Nobody asks for the rows of a patient that name none.
                    let names = [Self.filters[first].name, Self.filters[second].name]
                    guard names != ["patient", "no-patient"] else { continue }
                    combinations.append([first, second])
                }
            }
            for combination in combinations {
                var values = base.merging(limits) { $1 }
                for index in combination {
                    values[Self.filters[index].number] = Self.filters[index].value
                }
                names.append(
                    combination.map { Self.filters[$0].name }.joined(separator: "+") + time
                )
                statements.append("SELECT '=' || \(names.count)")
                statements.append(Self.explain(values))
            }
        }
        #expect(names.count == 360)
        let answer = try Psql.run(statements, as: "auditor_anna", in: database)
        #expect(answer.sqlState == nil)
        let plans = answer.output.split(separator: "=").dropFirst()
        #expect(plans.count >= names.count)
        var name = ""
        for line in answer.output.split(separator: "\n") {
            if line.hasPrefix("="), let number = Int(line.dropFirst()) { name = names[number - 1] }
            let isScan = line.contains("Seq Scan on event")
            #expect(!isScan, "\(name): \(line)")
            let isSort = line.contains("->  Sort") || line.contains("Incremental Sort")
            #expect(!isSort, "\(name): \(line)")
        }
    }

    @Test("A hold finds the rows of a card by the card's id, under row security too")
    func holds() throws {
        let database = try TestDatabase()
        let body = try #require(
            try database.column("SELECT prosrc FROM pg_proc WHERE proname = 'hold_over'").first
        )
        let administrator = try #require(try database.column("SELECT session_user::text").first)
        let query =
            body
            .replacing("unnest(subjects)", with: "unnest($2)")
            .replacing(#/\bwanted\b/#, with: "$1")
        let answer = try Psql.run(
            [
                "SET ROLE limen_owner", "SET search_path = pg_catalog, pg_temp",
                "SET plan_cache_mode = force_generic_plan", "SET enable_seqscan = off",
                "PREPARE hold (text, bytea[]) AS " + query,
                "EXPLAIN (COSTS OFF) EXECUTE hold('anna', ARRAY[sha256('p')])",
            ],
            as: administrator,
            in: database
        )
        #expect(answer.sqlState == nil)
        let conditions = answer.output.split(separator: "\n").filter { $0.contains("card_id =") }
        #expect(!conditions.isEmpty, "\(answer.output)")
        for line in conditions { #expect(line.contains("Index Cond"), "\(line)") }
    }
}
