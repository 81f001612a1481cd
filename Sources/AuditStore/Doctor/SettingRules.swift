/// What the server must be set to: to keep what it confirmed, and to log no row.
enum SettingRules {
    private struct Rule {
        let name: String
        let weakness: Weakness
        let severity: DoctorFinding.Severity
        let accepted: [String]
        let why: String
    }

    /// Loss: a confirmed row must be there after a crash (design, section 6).
    private static let rules: [Rule] = [
        Rule(
            name: "fsync",
            weakness: .durability,
            severity: .critical,
            accepted: ["on"],
            why: "what was confirmed is lost when the machine stops"
        ),
        Rule(
            name: "synchronous_commit",
            weakness: .durability,
            severity: .critical,
            accepted: ["on", "remote_apply", "remote_write", "local"],
            why: "a COMMIT is confirmed before it is durable"
        ),
        Rule(
            name: "full_page_writes",
            weakness: .durability,
            severity: .critical,
            accepted: ["on"],
            why: "a page torn by a crash cannot be mended"
        ),
        Rule(
            name: "data_checksums",
            weakness: .durability,
            severity: .medium,
            accepted: ["on"],
            why: "a page that the disk has changed is not noticed; pg_checksums --enable, stopped"
        ),
        Rule(
            name: "data_sync_retry",
            weakness: .durability,
            severity: .critical,
            accepted: ["off"],
            why: "a failed fsync is tried again, though the pages are gone"
        ),
        Rule(
            name: "zero_damaged_pages",
            weakness: .durability,
            severity: .critical,
            accepted: ["off"],
            why: "damaged pages are read as empty"
        ),
        Rule(
            name: "ignore_checksum_failure",
            weakness: .durability,
            severity: .critical,
            accepted: ["off"],
            why: "damaged pages are read as sound"
        ),
        Rule(
            name: "ignore_invalid_pages",
            weakness: .durability,
            severity: .critical,
            accepted: ["off"],
            why: "recovery goes on over pages that are gone"
        ),
        Rule(
            name: "log_parameter_max_length",
            weakness: .logging,
            severity: .high,
            accepted: ["0"],
            why: "the values of statements reach the server's log"
        ),
        Rule(
            name: "log_parameter_max_length_on_error",
            weakness: .logging,
            severity: .high,
            accepted: ["0"],
            why: "the values of failed statements reach the server's log"
        ),
        Rule(
            name: "log_error_verbosity",
            weakness: .logging,
            severity: .high,
            accepted: ["terse"],
            why: "the details of errors, which can quote a row, reach the server's log"
        ),
        Rule(
            name: "log_min_error_statement",
            weakness: .logging,
            severity: .medium,
            accepted: ["panic", "fatal"],
            why: "failed statements of auditors, with what they searched for, reach the log"
        ),
        Rule(
            name: "log_statement",
            weakness: .logging,
            severity: .medium,
            accepted: ["none", "ddl"],
            why: "statements of auditors, with what they searched for, reach the server's log"
        ),
        Rule(
            name: "log_min_duration_statement",
            weakness: .logging,
            severity: .medium,
            accepted: ["-1"],
            why: "slow statements of auditors, with what they searched for, reach the log"
        ),
        Rule(
            name: "log_min_duration_sample",
            weakness: .logging,
            severity: .medium,
            accepted: ["-1"],
            why: "some statements of auditors, with what they searched for, reach the log"
        ),
        Rule(
            name: "log_transaction_sample_rate",
            weakness: .logging,
            severity: .medium,
            accepted: ["0"],
            why: "some transactions are logged with all their statements"
        ),
        Rule(
            name: "debug_print_parse",
            weakness: .logging,
            severity: .medium,
            accepted: ["off"],
            why: "parsed statements, with their constants, reach the server's log"
        ),
        Rule(
            name: "debug_print_rewritten",
            weakness: .logging,
            severity: .medium,
            accepted: ["off"],
            why: "rewritten statements, with their constants, reach the server's log"
        ),
        Rule(
            name: "debug_print_plan",
            weakness: .logging,
            severity: .medium,
            accepted: ["off"],
            why: "plans, with their constants, reach the server's log"
        ),
        Rule(
            name: "password_encryption",
            weakness: .access,
            severity: .high,
            accepted: ["scram-sha-256"],
            why: "new passwords are kept as MD5, which a copy of the catalogue gives away"
        ),
        Rule(
            name: "row_security",
            weakness: .access,
            severity: .medium,
            accepted: ["on"],
            why: "statements under row security fail instead of being filtered"
        ),
        Rule(
            name: "session_replication_role",
            weakness: .access,
            severity: .critical,
            accepted: ["origin"],
            why: "triggers that are not ENABLE ALWAYS do not fire"
        ),
        Rule(
            name: "allow_system_table_mods",
            weakness: .access,
            severity: .critical,
            accepted: ["off"],
            why: "the catalogue itself can be changed"
        ),
        Rule(
            name: "ignore_system_indexes",
            weakness: .access,
            severity: .high,
            accepted: ["off"],
            why: "the catalogue is read without its indexes"
        ),
        Rule(
            name: "lo_compat_privileges",
            weakness: .access,
            severity: .high,
            accepted: ["off"],
            why: "large objects are open to everybody"
        ),
        Rule(
            name: "db_user_namespace",
            weakness: .access,
            severity: .high,
            accepted: ["off"],
            why: "a login's name is another in each database, and the mapping goes by the name"
        ),
        Rule(
            name: "default_transaction_read_only",
            weakness: .durability,
            severity: .high,
            accepted: ["off"],
            why: "the gateway cannot write"
        ),
    ]

    static func findings(_ facts: [CatalogueFact]) -> [DoctorFinding] {
        var values: [String: String] = [:]
        for fact in facts where fact.kind == .setting { values[fact.object] = fact.value }
        var findings: [DoctorFinding] = []
        for rule in rules {
            guard let value = values[rule.name], !rule.accepted.contains(value) else { continue }
            findings.append(
                DoctorFinding(
                    rule.weakness,
                    rule.severity,
                    rule.name,
                    "\(rule.name) is \(value): \(rule.why)",
                    remedy: "ALTER SYSTEM SET \(rule.name) = '\(rule.accepted[0])'; "
                        + "SELECT pg_reload_conf();"
                )
            )
        }
        if values["ssl"] == "off", values["listen_addresses"] != "" {
            findings.append(
                DoctorFinding(
                    .access,
                    .high,
                    "ssl",
                    "the server listens on the network without TLS: rows travel in the clear",
                    remedy: "ALTER SYSTEM SET ssl = 'on'; with a certificate, and hostssl in "
                        + "pg_hba.conf; or ALTER SYSTEM SET listen_addresses = '';"
                )
            )
        }
        return findings + libraries(values) + hostRules(facts)
    }

    private static func libraries(_ values: [String: String]) -> [DoctorFinding] {
        [
            "shared_preload_libraries", "session_preload_libraries", "local_preload_libraries",
        ].compactMap { name in
            guard let value = values[name], value.contains("auto_explain") else { return nil }
            return DoctorFinding(
                .logging,
                .medium,
                name,
                "auto_explain writes plans with their constants to the log",
                remedy: "ALTER SYSTEM SET \(name) = ''; and restart the server"
            )
        }
    }

    /// Who is let in without a proof of who he is; the value begins with the method.
    private static func hostRules(_ facts: [CatalogueFact]) -> [DoctorFinding] {
        facts.filter { $0.kind == .hostRule }.compactMap { fact in
            let method = fact.value.prefix { $0 != " " }
            let fault: (DoctorFinding.Severity, String)? =
                switch method {
                case "trust": (.critical, "lets anybody in under any name")
                case "password": (.high, "takes the password in the clear")
                case "md5": (.medium, "takes a password kept as MD5")
                case "ident" where fact.detail != "local":
                    (.high, "believes what the other machine says")
                default: nil
                }
            guard let fault else { return nil }
            return DoctorFinding(
                .access,
                fault.0,
                "pg_hba.conf line \(fact.object)",
                "a rule of the kind \(fact.detail) with the method \(method) \(fault.1)",
                remedy: "name scram-sha-256 or cert in that line; SELECT pg_reload_conf();"
            )
        }
    }
}
