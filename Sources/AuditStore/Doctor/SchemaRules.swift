/// What holds for every table, policy, trigger, function and view of the house, whoever made it.
enum SchemaRules {
    static func findings(_ facts: [CatalogueFact]) -> [DoctorFinding] {
        var tenantTables: Set<String> = []
        for fact in facts where fact.kind == .column && fact.detail == "tenant" {
            tenantTables.insert(fact.object)
        }
        var findings: [DoctorFinding] = []
        for fact in facts {
            if let finding = finding(fact, tenantTables: tenantTables) { findings.append(finding) }
        }
        return findings + doublePolicies(facts) + unfenced(facts)
    }

    private static func finding(
        _ fact: CatalogueFact,
        tenantTables: Set<String>
    ) -> DoctorFinding? {
        let place = DriftWording.place(fact)
        switch fact.kind {
        case .rowSecurity where fact.value != "on":
            return DoctorFinding(
                .rowSecurityOff,
                .critical,
                place,
                "row security is off: whoever has a right on it sees the rows of all tenants",
                remedy: DriftRemedy.restoring(fact, to: "on")
            )
        case .forcedRowSecurity where fact.value != "on":
            return DoctorFinding(
                .rowSecurityNotForced,
                .critical,
                place,
                "row security is not forced: the owner passes by it",
                remedy: DriftRemedy.restoring(fact, to: "on")
            )
        case .policy:
            return policy(fact, hasTenant: tenantTables.contains(fact.object))
        case .grant, .columnGrant:
            return grant(fact)
        case .functionGrant, .typeGrant, .languageGrant, .databaseGrant, .schemaGrant:
            guard fact.detail.hasSuffix(" TO PUBLIC") else { return nil }
            return DoctorFinding(
                DriftWording.weakness(of: fact.kind),
                .critical,
                place,
                "everybody has this right",
                remedy: DriftRemedy.removing(fact)
            )
        case .index:
            return index(fact, tenantTables: tenantTables)
        case .trigger where !fact.value.hasPrefix("ALWAYS "):
            return DoctorFinding(
                .trigger,
                .critical,
                place,
                "the trigger does not fire always: a session in replica mode passes by it",
                remedy: "ALTER TABLE \(fact.object) ENABLE ALWAYS TRIGGER \(fact.detail);"
            )
        case .constraintTrigger:
            return DoctorFinding(
                .trigger,
                .high,
                place,
                "the trigger of a foreign key is switched off",
                remedy: "ALTER TABLE \(fact.object) ENABLE TRIGGER ALL;"
            )
        case .functionLeakproof where fact.value == "LEAKPROOF":
            return DoctorFinding(
                .function,
                .critical,
                place,
                "it is marked as leak-proof: it may see rows before their policy does",
                remedy: "ALTER FUNCTION \(fact.object) NOT LEAKPROOF;"
            )
        case .relation:
            return relation(fact, facts: place)
        case .functionSecurity, .functionSettings, .functionOwner, .functionBody,
            .functionVolatility, .functionLeakproof, .function, .rowSecurity,
            .forcedRowSecurity, .trigger, .schema, .relationOwner, .relationOptions, .column,
            .constraint, .rule, .viewDefinition, .type, .defaultGrant, .role, .roleSetting,
            .membership, .migration, .bound, .foreignObject, .catalogueGrant, .publication,
            .replicationSlot, .eventTrigger, .fileExtension, .largeObjects, .setting,
            .defaultRows, .auditor, .databaseOwner, .hostRule:
            return nil
        }
    }

    private static func relation(_ fact: CatalogueFact, facts place: String) -> DoctorFinding? {
        for (word, why) in [
            ("materialized view", "a materialized view holds rows past every row policy"),
            ("foreign table", "a foreign table leads out of the database"),
        ] where fact.value.hasPrefix(word) {
            return DoctorFinding(
                .foreignObject,
                .critical,
                place,
                why,
                remedy: DriftRemedy.removing(fact)
            )
        }
        guard fact.value.contains("unlogged") else { return nil }
        return DoctorFinding(
            .durability,
            .critical,
            place,
            "an unlogged table is emptied by a crash",
            remedy: "ALTER TABLE \(fact.object) SET LOGGED;"
        )
    }

    /// One command and one role a policy; who reads by his own SQL is not fenced by a setting.
    private static func policy(_ fact: CatalogueFact, hasTenant: Bool) -> DoctorFinding? {
        let value = fact.value
        let isRead = value.contains(" FOR SELECT ")
        let isPerson = ["limen_auditor", "limen_monitor", "limen_operator"].contains {
            value.contains(" TO \($0) ")
        }
        // Logins of programs, whose statements are literals with bound values.
        let isProgram = ["limen_audit_api", "limen_chain", "limen_verifier"].contains {
            value.contains(" TO \($0) ")
        }
        let fault: (DoctorFinding.Severity, String)? =
            if value.contains(" FOR ALL ") {
                (.critical, "it covers every command; one policy for each command is asked for")
            } else if value.contains(" TO PUBLIC") {
                (.critical, "it is for everybody")
            } else if value.hasPrefix("AS RESTRICTIVE") {
                (.medium, "it is restrictive; DROP OWNED BY removed such from a role before 15.20")
            } else if value.contains("current_setting"), isRead, !isProgram {
                (.critical, "who reads is told by a setting that the reader can change")
            } else if isPerson, isRead, value.contains("CURRENT_USER") {
                (.high, "CURRENT_USER changes with SET ROLE; the login is SESSION_USER")
            } else if isPerson, hasTenant, isRead, value.hasSuffix(" USING (true)") {
                (.critical, "the rows of all tenants are shown")
            } else if hasTenant, value.contains(" TO limen_writer "),
                value.hasSuffix(" WITH CHECK (true)")
            {
                (.critical, "the gateway may write for any tenant")
            } else if hasBareSetting(value) {
                (.low, "a setting is read for each row: it belongs into a sub-select")
            } else {
                nil
            }
        guard let fault else { return nil }
        return DoctorFinding(
            .policy,
            fault.0,
            DriftWording.place(fact),
            fault.1,
            remedy: DriftRemedy.removing(fact)
        )
    }

    /// Whether a policy calls current_setting outside of a sub-select.
    private static func hasBareSetting(_ value: String) -> Bool {
        guard let call = value.firstRange(of: "current_setting") else { return false }
        return !value[..<call.lowerBound].contains("SELECT NULLIF")
            && !value[..<call.lowerBound].contains("( SELECT ")
    }

    /// Whether it is a right that the sequencer works with.
    ///
    /// Where it stands and what it has still to fold is no part of the trail: the tables of the
    /// ledger say the same.
    private static func isSequencing(_ fact: CatalogueFact) -> Bool {
        [
            "audit.sequencer UPDATE TO limen_chain", "audit.unfolded DELETE TO limen_chain",
            "audit.unplaced DELETE TO limen_chain",
        ].contains(fact.object + " " + fact.detail)
    }

    private static func grant(_ fact: CatalogueFact) -> DoctorFinding? {
        let right = fact.detail.prefix { $0 != " " }
        let fault: (DoctorFinding.Severity, String)? =
            if fact.detail.hasSuffix(" TO PUBLIC") {
                (.critical, "everybody has this right")
            } else if CatalogueFact.isMonth(fact.object) || fact.object.hasSuffix("_default") {
                (.critical, "a partition is open beside its parent, whose policies do not cover it")
            } else if isSequencing(fact) {
                nil
            } else if ["UPDATE", "DELETE", "TRUNCATE", "TRIGGER", "REFERENCES"].contains(right) {
                (.critical, "the right to \(right) undoes the append-only trail")
            } else if right == "SELECT", fact.detail.hasSuffix(" TO limen_writer") {
                (.critical, "the gateway could read what it wrote")
            } else {
                nil
            }
        guard let fault else { return nil }
        return DoctorFinding(
            .grant,
            fault.0,
            DriftWording.place(fact),
            fault.1,
            remedy: DriftRemedy.removing(fact)
        )
    }

    /// Whether an index goes by the place in a log, which is drawn at random and is nobody's: the
    /// verifier and the sequencer, who read for all tenants, search by it.
    private static func isOfLedger(_ fact: CatalogueFact, _ table: String) -> Bool {
        switch table {
        case "audit.event": fact.detail == "btree (log_id, seq) WHERE (log_id IS NOT NULL)"
        case "audit.adopted": fact.detail == "btree (log_id, seq)"
        case "audit.unplaced": fact.detail == "btree (arrival)"
        default: false
        }
    }

    /// The tenant comes first wherever there is one; the mapping of logins goes by the login.
    private static func index(
        _ fact: CatalogueFact,
        tenantTables: Set<String>
    ) -> DoctorFinding? {
        let table = parent(of: fact.object)
        guard tenantTables.contains(table), table != "audit.auditor_tenant",
            let open = fact.detail.firstIndex(of: "(")
        else { return nil }
        let first = fact.detail[fact.detail.index(after: open)...].prefix {
            $0 != "," && $0 != ")" && $0 != " "
        }
        guard first != "tenant", !isOfLedger(fact, table) else { return nil }
        return DoctorFinding(
            .index,
            fact.value.contains("unique") || fact.value.contains("primary") ? .critical : .medium,
            DriftWording.place(fact),
            "it does not begin with the tenant: a key tells what exists for others, and a search "
                + "reads their rows",
            remedy: DriftRemedy.removing(fact)
        )
    }

    private static func parent(of name: String) -> String {
        if CatalogueFact.isMonth(name) { return String(name.dropLast(7)) }
        return name.hasSuffix("_default") ? String(name.dropLast(8)) : name
    }

    private static func doublePolicies(_ facts: [CatalogueFact]) -> [DoctorFinding] {
        var seen: Set<String> = []
        var findings: [DoctorFinding] = []
        for fact in facts where fact.kind == .policy {
            let head = fact.value.prefix { $0 != "(" }
            guard !seen.insert(fact.object + " " + head).inserted else { continue }
            // Several policies of the owner add up, each for a function of its own.
            guard !head.contains(" TO limen_owner ") else { continue }
            findings.append(
                DoctorFinding(
                    .policy,
                    .critical,
                    DriftWording.place(fact),
                    "a second policy for the same command and role: each alone lets rows through",
                    remedy: DriftRemedy.removing(fact)
                )
            )
        }
        return findings
    }

    /// Functions that choose where their names lead, and views with the eyes of their reader.
    private static func unfenced(_ facts: [CatalogueFact]) -> [DoctorFinding] {
        var settings: [String: String] = [:]
        var options: [String: String] = [:]
        for fact in facts where fact.kind == .functionSettings {
            settings[fact.object] = fact.value
        }
        for fact in facts where fact.kind == .relationOptions { options[fact.object] = fact.value }
        var findings: [DoctorFinding] = []
        for fact in facts {
            if fact.kind == .function,
                !(settings[fact.object] ?? "").contains("search_path=pg_catalog, pg_temp")
            {
                findings.append(
                    DoctorFinding(
                        .function,
                        .high,
                        fact.object,
                        "its search_path is not pinned: its names may lead to somebody else's",
                        remedy:
                            "ALTER ROUTINE \(fact.object) SET search_path = pg_catalog, pg_temp;"
                    )
                )
            }
            guard fact.kind == .relation, fact.value.hasPrefix("view") else { continue }
            let given = options[fact.object] ?? ""
            for option in ["security_barrier=true", "security_invoker=true"]
            where !given.contains(option) {
                findings.append(
                    DoctorFinding(
                        .view,
                        .critical,
                        fact.object,
                        option == "security_invoker=true"
                            ? "the view reads with the rights of its owner"
                            : "functions of the reader may see rows that the view hides",
                        remedy: "ALTER VIEW \(fact.object) SET (security_barrier = true, "
                            + "security_invoker = true);"
                    )
                )
            }
        }
        return findings
    }
}
