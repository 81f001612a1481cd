@testable import AuditStore
import Testing

@Suite("Rules about settings")
struct SettingRulesTests {
    @Test(
        "A setting that loses rows, logs them or opens a door is named",
        arguments: [
            ("fsync", "off", Weakness.durability, DoctorFinding.Severity.critical),
            ("synchronous_commit", "off", .durability, .critical),
            ("full_page_writes", "off", .durability, .critical),
            ("data_checksums", "off", .durability, .medium),
            ("data_sync_retry", "on", .durability, .critical),
            ("zero_damaged_pages", "on", .durability, .critical),
            ("log_parameter_max_length", "-1", .logging, .high),
            ("log_parameter_max_length_on_error", "64", .logging, .high),
            ("log_error_verbosity", "default", .logging, .high),
            ("log_error_verbosity", "verbose", .logging, .high),
            ("log_min_error_statement", "error", .logging, .medium),
            ("log_statement", "all", .logging, .medium),
            ("log_min_duration_statement", "0", .logging, .medium),
            ("debug_print_plan", "on", .logging, .medium),
            ("shared_preload_libraries", "auto_explain", .logging, .medium),
            ("password_encryption", "md5", .access, .high),
            ("session_replication_role", "replica", .access, .critical),
            ("allow_system_table_mods", "on", .access, .critical),
            ("row_security", "off", .access, .medium),
        ]
    )
    func weak(name: String, value: String, weakness: Weakness, severity: DoctorFinding.Severity) {
        let findings = SettingRules.findings([CatalogueFact(.setting, name, "", value)])
        #expect(findings.map(\.weakness) == [weakness])
        #expect(findings.map(\.severity) == [severity])
        #expect(findings.map(\.object) == [name])
    }

    @Test(
        "A setting that keeps the promise is not named",
        arguments: [
            ("fsync", "on"), ("synchronous_commit", "remote_apply"), ("log_statement", "ddl"),
            ("log_min_error_statement", "panic"), ("log_parameter_max_length", "0"),
            ("shared_preload_libraries", "pg_stat_statements"), ("ssl", "on"),
        ]
    )
    func sound(name: String, value: String) {
        #expect(SettingRules.findings([CatalogueFact(.setting, name, "", value)]) == [])
    }

    @Test("A server that listens on the network without TLS is named, and one that does not is not")
    func network() {
        func findings(_ ssl: String, _ listen: String) -> [Weakness] {
            SettingRules.findings([
                CatalogueFact(.setting, "ssl", "", ssl),
                CatalogueFact(.setting, "listen_addresses", "", listen),
            ]).map(\.weakness)
        }
        #expect(findings("off", "*") == [.access])
        #expect(findings("on", "*") == [])
        #expect(findings("off", "") == [])
    }

    @Test(
        "A rule that lets somebody in without a proof is named by its line",
        arguments: [
            ("local", "trust all all", true), ("host", "password all all ::1/128", true),
            ("host", "md5 all all ::1/128", true), ("host", "ident all all", true),
            ("local", "peer all postgres", false), ("hostssl", "scram-sha-256 all all", false),
            ("hostssl", "cert all all", false), ("host", "reject all all", false),
        ]
    )
    func hostRule(type: String, value: String, isNamed: Bool) {
        let findings = SettingRules.findings([CatalogueFact(.hostRule, "7", type, value)])
        #expect(findings.map(\.object) == (isNamed ? ["pg_hba.conf line 7"] : []))
    }

    @Test("An outdated server is told why, with the release that is asked for")
    func floor() throws {
        #expect(ServerFloor.sentence(150_020) == nil)
        #expect(ServerFloor.sentence(190_001) == nil)
        let sentence = try #require(ServerFloor.sentence(150_018))
        #expect(sentence.contains("15.18") && sentence.contains("15.20"))
        let old = try #require(ServerFloor.sentence(130_020))
        #expect(old.contains("no fixes any more"))
        let findings = ServerRules.findings([], serverVersion: 150_018, migrations: [])
        #expect(findings.map(\.weakness) == [.serverVersion])
        // An empty table of migrations is a database without them, unless it cannot be seen.
        for (sees, weaknesses) in [(true, [Weakness.migrations]), (false, [])] {
            let found = ServerRules.findings(
                [],
                serverVersion: 150_020,
                migrations: Array(TestDatabase.migrations.prefix(1)),
                seesMigrations: sees
            )
            #expect(found.map(\.weakness) == weaknesses)
        }
    }
}

@Suite("The expectation of the doctor")
struct CatalogueSnapshotTests {
    @Test("The file is read as it was written, with tabs and line ends within values")
    func roundTrip() throws {
        let facts = [
            CatalogueFact(.policy, "audit.a", "p", "USING (\n\tx\\y)"),
            CatalogueFact(.rowSecurity, "audit.event_202611", "", "on"),
            CatalogueFact(.setting, "fsync", "", "on"),
        ]
        let snapshot = CatalogueSnapshot(facts: facts, serverVersion: 150_018)
        #expect(try CatalogueSnapshot(text: snapshot.text) == snapshot)
        #expect(snapshot.text.contains("audit.event_YYYYMM"))
        #expect(!snapshot.text.contains("fsync"))
    }

    @Test(
        "A damaged file is refused with its line",
        arguments: [
            ("major\t15\nrow-security\taudit.a\ton", "line 2"),
            ("major\t15\nno-such-kind\ta\tb\tc", "line 2"),
            ("major\tfifteen", "the major version"),
            ("", "the major version"),
        ]
    )
    func damaged(text: String, place: String) {
        #expect(throws: AuditStoreError(code: .unreadableCatalogue, subject: place)) {
            _ = try CatalogueSnapshot(text: text)
        }
    }

    @Test("Another major version is said where the server words a definition, and only there")
    func otherMajor() throws {
        let kept = CatalogueSnapshot(
            facts: [
                CatalogueFact(.policy, "audit.a", "p", "one"),
                CatalogueFact(.rowSecurity, "audit.a", "", "on"),
            ],
            serverVersion: 150_020
        )
        let report = Doctor.report(
            CatalogueReader(
                facts: [
                    CatalogueFact(.policy, "audit.a", "p", "another"),
                    CatalogueFact(.rowSecurity, "audit.a", "", "off"),
                ],
                serverVersion: 170_012
            ),
            expectation: kept,
            migrations: []
        )
        let policy = try #require(report.findings.first { $0.weakness == .policy })
        #expect(policy.sentence.contains("worded by PostgreSQL 15"))
        let security = try #require(report.findings.first { $0.weakness == .rowSecurityOff })
        #expect(!security.sentence.contains("worded by PostgreSQL"))
    }
}
