/// Who can pass by every fence, and what the logins of people may be.
enum RoleRules {
    static func findings(
        _ facts: [CatalogueFact],
        scope: CatalogueScope,
        house: Set<String>
    ) -> [DoctorFinding] {
        var findings: [DoctorFinding] = []
        for fact in facts where fact.kind == .role {
            if house.contains(fact.object) { continue }
            findings += powers(fact, isPerson: scope.people.contains(fact.object))
        }
        for fact in facts where fact.kind == .membership {
            if let finding = membership(fact, scope: scope, house: house) {
                findings.append(finding)
            }
        }
        for fact in facts where fact.kind == .roleSetting {
            if let finding = setting(fact, house: house) { findings.append(finding) }
        }
        return findings + people(facts, scope: scope)
    }

    /// The superuser that the cluster was made with has the first object identifier.
    private static let bootstrapSuperuser = "10"

    private static func powers(_ fact: CatalogueFact, isPerson: Bool) -> [DoctorFinding] {
        let attributes = Set(fact.value.split(separator: " ").map(String.init))
        let what: [(String, DoctorFinding.Severity, String)] = [
            ("SUPERUSER", isPerson ? .critical : .high, "it passes by every fence of the database"),
            ("BYPASSRLS", .critical, "it reads the rows of all tenants"),
            ("CREATEROLE", .high, "it can make itself a member of the owner"),
            ("REPLICATION", .high, "it can copy the whole cluster, past every policy"),
            ("CREATEDB", .low, "it can make databases beside this one"),
        ]
        var findings: [DoctorFinding] = []
        let isBootstrap = fact.handle == bootstrapSuperuser
        for (attribute, severity, why) in what
        where attributes.contains(attribute) && !isBootstrap {
            // A superuser is said once.
            if attribute != "SUPERUSER", attributes.contains("SUPERUSER") { continue }
            if attribute == "CREATEDB", !isPerson { continue }
            findings.append(
                DoctorFinding(
                    isPerson ? .person : .role,
                    severity,
                    fact.object,
                    "the role is \(attribute): \(why)",
                    remedy: "ALTER ROLE \(fact.object) NO\(attribute);"
                )
            )
        }
        return findings
    }

    /// Groups of the server that reach past the database's own fences.
    private static let reaching: Set = [
        "pg_read_all_data", "pg_write_all_data", "pg_read_server_files", "pg_write_server_files",
        "pg_execute_server_program", "pg_signal_backend", "pg_maintain", "pg_create_subscription",
        "pg_database_owner",
    ]

    private static func membership(
        _ fact: CatalogueFact,
        scope: CatalogueScope,
        house: Set<String>
    ) -> DoctorFinding? {
        let isPerson = scope.people.contains(fact.object)
        let fault: (DoctorFinding.Severity, String)? =
            if fact.detail == "limen_owner", fact.object != "limen_migrator" {
                (.critical, "it can become the owner, who can drop every fence")
            } else if scope.keepers.contains(fact.object), !fact.value.contains("ADMIN OPTION") {
                nil
            } else if house.contains(fact.detail), !CatalogueScope.groups.contains(fact.detail),
                fact.detail != "limen_owner"
            {
                (.high, "it can act as \(fact.detail)")
            } else if reaching.contains(fact.detail) {
                (.high, "the group reaches past the rights that are given here")
            } else if isPerson, !CatalogueScope.groups.contains(fact.detail) {
                (.high, "the login of a person is in a group that is none of ours")
            } else if isPerson, fact.value.contains("ADMIN OPTION") {
                (.high, "it can let others into the group")
            } else {
                nil
            }
        guard let fault else { return nil }
        return DoctorFinding(
            .membership,
            fault.0,
            DriftWording.place(fact),
            "\(fact.object) is a member of \(fact.detail): \(fault.1)",
            remedy: fault.1.hasPrefix("it can let others")
                ? "REVOKE ADMIN OPTION FOR \(fact.detail) FROM \(fact.object);"
                : DriftRemedy.removing(fact)
        )
    }

    /// What a role, a database or all of them are told at the start of a session.
    private static func setting(_ fact: CatalogueFact, house: Set<String>) -> DoctorFinding? {
        let name = fact.detail.replacing(" IN DATABASE", with: "")
        let isWeak: Bool =
            switch name {
            case "session_replication_role": fact.value != "origin"
            case "synchronous_commit": fact.value == "off"
            case "row_security": fact.value == "off"
            case "limen.tenant", "role", "search_path", "local_preload_libraries",
                "session_preload_libraries", "allow_system_table_mods":
                true
            case "log_statement": !["none", "ddl"].contains(fact.value)
            case "log_parameter_max_length", "log_parameter_max_length_on_error":
                fact.value != "0"
            default: false
            }
        guard isWeak else { return nil }
        return DoctorFinding(
            .role,
            name == "log_statement" || name.hasPrefix("log_parameter") ? .medium : .critical,
            DriftWording.place(fact),
            "a session begins with \(name) = \(fact.value)",
            remedy: DriftRemedy.removing(fact)
        )
    }

    // MARK: People

    private static func people(
        _ facts: [CatalogueFact],
        scope: CatalogueScope
    ) -> [DoctorFinding] {
        var roles: [String: String] = [:]
        for fact in facts where fact.kind == .role { roles[fact.object] = fact.value }
        var settings: [String: [String: String]] = [:]
        for fact in facts where fact.kind == .roleSetting {
            settings[fact.object, default: [:]][fact.detail] = fact.value
        }
        var findings: [DoctorFinding] = []
        for person in scope.people.sorted() {
            let attributes = roles[person] ?? ""
            if !attributes.hasPrefix("LOGIN ") {
                findings.append(
                    DoctorFinding(
                        .person,
                        .medium,
                        person,
                        "a group within the group: each person has a login of its own",
                        remedy: "give each person a login of its own, and drop \(person)"
                    )
                )
            }
            let limit = attributes.split(separator: " ").last.flatMap { Int($0) } ?? -1
            if !(0...16).contains(limit) {
                findings.append(
                    DoctorFinding(
                        .person,
                        .medium,
                        person,
                        "its connections are not limited: one login could shut the gateway out",
                        remedy: "SELECT audit.guard_login('\(person)');"
                    )
                )
            }
            if settings[person]?["temp_file_limit"] == nil {
                findings.append(
                    DoctorFinding(
                        .person,
                        .low,
                        person,
                        "its temporary files are not limited: one query could fill the disk that "
                            + "the gateway writes to",
                        remedy: "SELECT audit.guard_login('\(person)');"
                    )
                )
            }
        }
        let known = scope.people.union(scope.keepers)
        let present = Set(facts.filter { $0.kind == .role }.map(\.object))
        for fact in facts where fact.kind == .auditor && !known.contains(fact.object) {
            let what = present.contains(fact.object) ? "is no auditor" : "does not exist"
            // The mapping stays when a login goes: who makes it anew gets its tenants.
            findings.append(
                DoctorFinding(
                    .person,
                    .high,
                    fact.object,
                    "tenants are mapped to a login that \(what): who makes that login anew reads "
                        + "them",
                    remedy: "DELETE FROM audit.auditor_tenant WHERE login = '\(fact.object)'; "
                        + "(as limen_owner)"
                )
            )
        }
        return findings
    }
}
