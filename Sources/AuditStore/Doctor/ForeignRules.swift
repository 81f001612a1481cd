/// What does not belong into a database of ours.
enum ForeignRules {
    static func findings(_ facts: [CatalogueFact]) -> [DoctorFinding] {
        facts.compactMap(finding)
    }

    private static func finding(_ fact: CatalogueFact) -> DoctorFinding? {
        let place = DriftWording.place(fact)
        switch fact.kind {
        case .foreignObject:
            let isWindow = ["VIEW", "MATERIALIZED VIEW", "FUNCTION", "PROCEDURE"]
                .contains(fact.value)
            return DoctorFinding(
                .foreignObject,
                isWindow ? .high : .medium,
                place,
                isWindow
                    ? "a \(fact.value.lowercased()) that no migration made: it may show rows with "
                        + "the rights of its owner"
                    : "a \(fact.value.lowercased()) that no migration made",
                remedy: fact.value == "CAST"
                    ? "DROP CAST (\(fact.object));" : "DROP \(fact.value) \(fact.object);"
            )
        case .catalogueGrant:
            let kind = fact.value == "FUNCTION" ? "FUNCTION " : ""
            return DoctorFinding(
                .catalogueGrant,
                .high,
                place,
                "a right on the server's own \(fact.value.lowercased()) that it was not made with, "
                    + "or that the first migration takes away",
                remedy: "REVOKE "
                    + fact.detail.replacing(
                        " TO ",
                        with: " ON \(kind)\(fact.object) FROM ",
                        maxReplacements: 1
                    ) + ";"
            )
        case .publication:
            return DoctorFinding(
                .replication,
                .critical,
                place,
                "a publication sends rows out, past every row policy",
                remedy: "DROP PUBLICATION \(fact.object);"
            )
        case .replicationSlot:
            return DoctorFinding(
                .replication,
                .critical,
                place,
                "a logical slot sends rows out, past every row policy",
                remedy: "SELECT pg_drop_replication_slot('\(fact.object)');"
            )
        case .eventTrigger:
            return DoctorFinding(
                .beside,
                .high,
                place,
                "an event trigger runs with the rights of whoever migrates",
                remedy: "DROP EVENT TRIGGER \(fact.object);"
            )
        case .fileExtension:
            return DoctorFinding(
                .beside,
                .medium,
                place,
                "the extension brings functions that no migration made",
                remedy: "DROP EXTENSION \(fact.object);"
            )
        case .largeObjects:
            return DoctorFinding(
                .foreignObject,
                .high,
                place,
                "\(fact.value) large objects lie beside the audited tables",
                remedy: "SELECT lo_unlink(oid) FROM pg_largeobject_metadata;"
            )
        case .databaseOwner:
            guard fact.value != "SUPERUSER", fact.detail != "limen_owner" else { return nil }
            return DoctorFinding(
                .surroundings,
                .high,
                place,
                "\(fact.detail) owns the database and can drop it or set what sessions begin with",
                remedy: "ALTER DATABASE \(fact.handle) OWNER TO limen_owner;"
            )
        case .schema, .schemaGrant, .relation, .relationOwner, .relationOptions, .rowSecurity,
            .forcedRowSecurity, .policy, .grant, .columnGrant, .column, .constraint, .index,
            .trigger, .rule, .viewDefinition, .function, .functionOwner, .functionSecurity,
            .functionVolatility, .functionLeakproof, .functionSettings, .functionBody,
            .functionGrant, .type, .typeGrant, .databaseGrant, .defaultGrant, .languageGrant,
            .role, .roleSetting, .membership, .migration, .bound, .constraintTrigger, .setting,
            .defaultRows, .auditor, .hostRule:
            return nil
        }
    }
}
