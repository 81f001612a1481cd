/// The statement that mends a difference from the expectation.
enum DriftRemedy {
    /// What goes before a statement that removes what may hold data.
    private static let caution = "/* see what it holds first */"

    /// Takes away what should not be there.
    static func removing(_ fact: CatalogueFact) -> String {
        let object = fact.object
        switch fact.kind {
        case .schema: return "DROP SCHEMA \(object);"
        case .relation: return "\(caution) DROP \(relationWord(fact.value)) \(object);"
        case .policy: return "DROP POLICY \(fact.detail) ON \(object);"
        case .grant, .columnGrant: return revoke(fact, "ON \(object)")
        case .schemaGrant: return revoke(fact, "ON SCHEMA \(object)")
        case .functionGrant: return revoke(fact, "ON ROUTINE \(object)")
        case .typeGrant: return revoke(fact, "ON TYPE \(object)")
        case .languageGrant: return revoke(fact, "ON LANGUAGE \(object)")
        case .databaseGrant: return revoke(fact, "ON DATABASE \(fact.handle)")
        case .defaultGrant: return defaultRight(fact, wanted: "")
        case .column:
            return "\(caution) ALTER TABLE \(object) DROP COLUMN \(fact.detail);"
        case .constraint: return "ALTER TABLE \(object) DROP CONSTRAINT \(fact.handle);"
        case .index: return "DROP INDEX \(fact.handle);"
        case .trigger: return alone(with: object, "DROP TRIGGER \(fact.detail) ON \(object);")
        case .rule: return "DROP RULE \(fact.detail) ON \(object);"
        case .function: return "DROP \(routineWord(fact.value)) \(object);"
        case .functionSettings: return "ALTER ROUTINE \(object) RESET ALL;"
        case .type: return "DROP TYPE \(object);"
        case .role: return "DROP ROLE \(object);"
        case .roleSetting: return "ALTER ROLE \(settingPlace(fact)) RESET \(settingName(fact));"
        case .membership: return "REVOKE \(fact.detail) FROM \(object);"
        case .relationOptions: return "ALTER VIEW \(object) RESET (security_invoker);"
        case .relationOwner, .functionOwner, .rowSecurity, .forcedRowSecurity, .viewDefinition,
            .functionSecurity, .functionVolatility, .functionLeakproof, .functionBody, .migration,
            .bound, .constraintTrigger, .foreignObject, .catalogueGrant, .publication,
            .replicationSlot, .eventTrigger, .fileExtension, .largeObjects, .setting,
            .defaultRows, .auditor, .databaseOwner, .hostRule:
            return "find out who made \(DriftWording.place(fact)), and remove it"
        }
    }

    /// Brings back what a value should be.
    static func restoring(_ fact: CatalogueFact, to expected: String) -> String {
        let object = fact.object
        switch fact.kind {
        case .schema: return "ALTER SCHEMA \(object) OWNER TO \(expected);"
        case .relationOwner: return "ALTER TABLE \(object) OWNER TO \(expected);"
        case .functionOwner: return "ALTER ROUTINE \(object) OWNER TO \(expected);"
        case .relationOptions: return "ALTER VIEW \(object) SET (\(expected));"
        case .column: return column(fact, expected)
        case .rowSecurity: return "ALTER TABLE \(object) ENABLE ROW LEVEL SECURITY;"
        case .forcedRowSecurity: return "ALTER TABLE \(object) FORCE ROW LEVEL SECURITY;"
        case .policy:
            return "DROP POLICY \(fact.detail) ON \(object); \(creating(fact, expected))"
        case .grant, .columnGrant, .schemaGrant, .functionGrant, .typeGrant, .languageGrant,
            .databaseGrant:
            return removing(fact).replacing("REVOKE ", with: "REVOKE GRANT OPTION FOR ")
        case .defaultGrant: return defaultRight(fact, wanted: expected)
        case .trigger:
            // Only how it is switched, or all of it.
            let found = fact.value.split(separator: " ", maxSplits: 1).last
            let wanted = expected.split(separator: " ", maxSplits: 1).last
            if found == wanted { return enabling(fact, expected) }
            return alone(
                with: object,
                "DROP TRIGGER \(fact.detail) ON \(object); \(creating(fact, expected))"
            )
        case .index: return "REINDEX INDEX \(fact.handle);"
        case .constraint: return "ALTER TABLE \(object) VALIDATE CONSTRAINT \(fact.handle);"
        case .functionSecurity: return "ALTER ROUTINE \(object) SECURITY \(expected);"
        case .functionVolatility: return "ALTER FUNCTION \(object) \(expected);"
        case .functionLeakproof: return "ALTER FUNCTION \(object) \(expected);"
        case .functionSettings:
            let settings = expected.split(separator: "; ").map { setting in
                let parts = setting.split(separator: "=", maxSplits: 1)
                return "ALTER ROUTINE \(object) SET \(parts.first ?? "") = \(parts.last ?? "");"
            }
            return (["ALTER ROUTINE \(object) RESET ALL;"] + settings).joined(separator: " ")
        case .functionBody, .function:
            return "run its CREATE statement in Migrations/ again as CREATE OR REPLACE"
        case .viewDefinition:
            return "run the newest CREATE VIEW of \(object) in Migrations/ again as "
                + "CREATE OR REPLACE"
        case .role: return "ALTER ROLE \(object) \(expected);"
        case .roleSetting:
            return "ALTER ROLE \(settingPlace(fact)) SET \(settingName(fact)) = '\(expected)';"
        case .membership:
            return "REVOKE \(fact.detail) FROM \(object); \(creating(fact, expected))"
        case .relation, .rule, .type, .migration, .bound, .constraintTrigger, .foreignObject,
            .catalogueGrant, .publication, .replicationSlot, .eventTrigger, .fileExtension,
            .largeObjects, .setting, .defaultRows, .auditor, .databaseOwner, .hostRule:
            return "find out who changed \(DriftWording.place(fact)), and restore what the "
                + "migrations say"
        }
    }

    /// Makes what is missing; `fact` holds the expected value.
    static func adding(_ fact: CatalogueFact) -> String {
        creating(fact, fact.value)
    }

    private static func creating(_ fact: CatalogueFact, _ expected: String) -> String {
        let object = fact.object
        switch fact.kind {
        case .policy: return "CREATE POLICY \(fact.detail) ON \(object) \(expected);"
        case .grant, .columnGrant: return "GRANT \(granted(fact, "ON \(object)"));"
        case .schemaGrant: return "GRANT \(granted(fact, "ON SCHEMA \(object)"));"
        case .functionGrant: return "GRANT \(granted(fact, "ON ROUTINE \(object)"));"
        case .typeGrant: return "GRANT \(granted(fact, "ON TYPE \(object)"));"
        case .languageGrant: return "GRANT \(granted(fact, "ON LANGUAGE \(object)"));"
        case .databaseGrant:
            return "DO $$ BEGIN EXECUTE pg_catalog.format('GRANT "
                + "\(granted(fact, "ON DATABASE %I"))', pg_catalog.current_database()); END $$;"
        case .defaultGrant: return defaultRight(fact, wanted: expected)
        case .trigger:
            let definition = expected.split(separator: " ", maxSplits: 1).last ?? ""
            return "CREATE TRIGGER \(fact.detail) "
                + definition.replacing(" ON it ", with: " ON \(object) ") + "; "
                + enabling(fact, expected)
        case .constraint: return "ALTER TABLE \(object) ADD \(fact.detail);"
        case .index where expected.contains("primary key"):
            return "the index comes back with its constraint"
        case .index:
            return "CREATE \(expected.contains("unique") ? "UNIQUE " : "")INDEX ON \(object) "
                + "USING \(fact.detail);"
        case .relationOptions: return "ALTER VIEW \(object) SET (\(expected));"
        case .functionSettings: return restoring(fact, to: expected)
        case .roleSetting: return restoring(fact, to: expected)
        case .membership:
            return "GRANT \(fact.detail) TO \(object)"
                + (expected.isEmpty ? ";" : " \(expected);")
        case .schema, .relation, .relationOwner, .rowSecurity, .forcedRowSecurity, .column, .rule,
            .viewDefinition, .function, .functionOwner, .functionSecurity, .functionVolatility,
            .functionLeakproof, .functionBody, .type, .role, .migration, .bound,
            .constraintTrigger, .foreignObject, .catalogueGrant, .publication,
            .replicationSlot, .eventTrigger, .fileExtension, .largeObjects, .setting,
            .defaultRows, .auditor, .databaseOwner, .hostRule:
            return "restore it from the file of Migrations/ that makes it"
        }
    }

    // MARK: Parts

    /// All of it at once, and with the table to oneself from the start: `DROP TRIGGER` locks the
    /// partitions before their parent, a writer the parent first, and each would wait for the other.
    private static func alone(with table: String, _ statements: String) -> String {
        "DO $$ BEGIN LOCK TABLE \(table) IN ACCESS EXCLUSIVE MODE; \(statements) END $$;"
    }

    private static func enabling(_ fact: CatalogueFact, _ expected: String) -> String {
        let word = expected.split(separator: " ").first ?? ""
        let how = word == "ORIGIN" ? "ENABLE" : word == "DISABLED" ? "DISABLE" : "ENABLE \(word)"
        return "ALTER TABLE \(fact.object) \(how) TRIGGER \(fact.detail);"
    }

    /// `SELECT TO limen_auditor` as `SELECT ON audit.event TO limen_auditor`.
    private static func granted(_ fact: CatalogueFact, _ place: String) -> String {
        fact.detail.replacing(" TO ", with: " \(place) TO ", maxReplacements: 1)
    }

    private static func revoke(_ fact: CatalogueFact, _ place: String) -> String {
        "REVOKE \(fact.detail.replacing(" TO ", with: " \(place) FROM ", maxReplacements: 1));"
    }

    private static func settingPlace(_ fact: CatalogueFact) -> String {
        fact.detail.hasSuffix(" IN DATABASE") ? "\(fact.object) IN DATABASE limen" : fact.object
    }

    private static func settingName(_ fact: CatalogueFact) -> String {
        fact.detail.replacing(" IN DATABASE", with: "")
    }

    /// Default rights are set back to what an owner has, and then to what is wanted.
    private static func defaultRight(_ fact: CatalogueFact, wanted: String) -> String {
        let parts = fact.detail.split(separator: " IN ", maxSplits: 1)
        let kind = parts.first ?? ""
        let schema = parts.count > 1 ? " IN SCHEMA \(parts[1])" : ""
        let head = "ALTER DEFAULT PRIVILEGES FOR ROLE \(fact.object)\(schema)"
        let now = Set(fact.value.split(separator: ", ").map(String.init))
        let then = Set(wanted.split(separator: ", ").map(String.init))
        let revokes = now.subtracting(then).sorted().map {
            "\(head) REVOKE \($0.replacing(" TO ", with: " ON \(kind) FROM "));"
        }
        let grants = then.subtracting(now).sorted().map {
            "\(head) GRANT \($0.replacing(" TO ", with: " ON \(kind) TO "));"
        }
        if (revokes + grants).isEmpty { return "\(head) REVOKE ALL ON \(kind) FROM PUBLIC;" }
        return (revokes + grants).joined(separator: " ")
    }

    /// What a column must take and what stands in it by itself; its type is left to a person.
    private static func column(_ fact: CatalogueFact, _ expected: String) -> String {
        let head = "ALTER TABLE \(fact.object) ALTER COLUMN \(fact.detail)"
        var steps: [String] = []
        if expected.contains(" NOT NULL") != fact.value.contains(" NOT NULL") {
            steps.append("\(head) \(expected.contains(" NOT NULL") ? "SET" : "DROP") NOT NULL;")
        }
        let wanted = standing(expected)
        if wanted != standing(fact.value) {
            steps.append(wanted.map { "\(head) SET DEFAULT \($0);" } ?? "\(head) DROP DEFAULT;")
        }
        if steps.isEmpty {
            return "give the column its type again: \(expected)"
        }
        return steps.joined(separator: " ")
    }

    private static func standing(_ value: String) -> String? {
        guard let word = value.firstRange(of: " DEFAULT ") else { return nil }
        return String(value[word.upperBound...])
    }

    private static func relationWord(_ value: String) -> String {
        if value.hasPrefix("materialized view") { return "MATERIALIZED VIEW" }
        if value.hasPrefix("view") { return "VIEW" }
        if value.hasPrefix("sequence") { return "SEQUENCE" }
        if value.hasPrefix("foreign table") { return "FOREIGN TABLE" }
        if value.hasPrefix("composite type") { return "TYPE" }
        return "TABLE"
    }

    private static func routineWord(_ value: String) -> String {
        value.hasPrefix("procedure")
            ? "PROCEDURE"
            : value.hasPrefix("aggregate") ? "AGGREGATE" : "FUNCTION"
    }
}
