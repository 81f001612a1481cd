/// What a difference from the expectation means, how grave it is, and what mends it.
enum DriftWording {
    /// A fact that the expectation does not know.
    static func unexpected(_ fact: CatalogueFact) -> DoctorFinding {
        finding(
            fact,
            severity(fact, .added),
            "\(noun(fact)) is there that no migration made"
                + (fact.value.isEmpty || isDigest(fact.kind) ? "" : ": \(fact.value)"),
            remedy: DriftRemedy.removing(fact)
        )
    }

    /// A fact that is otherwise than expected.
    static func changed(_ fact: CatalogueFact, from expected: String) -> DoctorFinding {
        let difference =
            isDigest(fact.kind)
            ? "it is not what the migrations say"
            : "\(shown(fact.value)) instead of \(shown(expected))"
        return finding(
            fact,
            severity(fact, .changed),
            "\(noun(fact)): \(difference)",
            remedy: DriftRemedy.restoring(fact, to: expected)
        )
    }

    /// A fact that is missing.
    static func missing(_ fact: CatalogueFact) -> DoctorFinding {
        finding(
            fact,
            severity(fact, .missing),
            "\(noun(fact)) is missing",
            remedy: DriftRemedy.adding(fact),
            as: isWhole(fact.kind) ? .missingObject : nil
        )
    }

    private static func shown(_ value: String) -> String { value.isEmpty ? "nothing" : value }

    private static func finding(
        _ fact: CatalogueFact,
        _ severity: DoctorFinding.Severity,
        _ sentence: String,
        remedy: String,
        as weakness: Weakness? = nil
    ) -> DoctorFinding {
        DoctorFinding(
            weakness ?? self.weakness(of: fact.kind),
            severity,
            place(fact),
            sentence,
            remedy: remedy
        )
    }

    /// The object with its part.
    static func place(_ fact: CatalogueFact) -> String {
        fact.detail.isEmpty ? fact.object : "\(fact.object): \(fact.detail)"
    }

    /// Whether a fact says that an object is there, and not how it is.
    static func isWhole(_ kind: CatalogueFact.Kind) -> Bool {
        [.relation, .function, .schema, .type, .role].contains(kind)
    }

    private static func isDigest(_ kind: CatalogueFact.Kind) -> Bool {
        kind == .functionBody || kind == .viewDefinition
    }

    private enum Difference {
        case added
        case changed
        case missing
    }

    static func weakness(of kind: CatalogueFact.Kind) -> Weakness {
        switch kind {
        case .rowSecurity: .rowSecurityOff
        case .forcedRowSecurity: .rowSecurityNotForced
        case .policy: .policy
        case .grant, .columnGrant: .grant
        case .trigger, .constraintTrigger: .trigger
        case .function, .functionSecurity, .functionVolatility, .functionLeakproof,
            .functionSettings, .functionBody, .functionGrant:
            .function
        case .viewDefinition, .relationOptions: .view
        case .relation, .rule, .type, .foreignObject, .largeObjects: .foreignObject
        case .role, .roleSetting: .role
        case .membership: .membership
        case .index: .index
        case .column, .constraint: .structure
        case .bound, .defaultRows: .partition
        case .schema, .schemaGrant, .typeGrant, .databaseGrant, .defaultGrant, .languageGrant,
            .databaseOwner:
            .surroundings
        case .catalogueGrant: .catalogueGrant
        case .relationOwner, .functionOwner: .owner
        case .migration: .migrations
        case .publication, .replicationSlot: .replication
        case .eventTrigger, .fileExtension: .beside
        case .setting, .hostRule: .access
        case .auditor: .person
        }
    }

    private static func severity(
        _ fact: CatalogueFact,
        _ difference: Difference
    ) -> DoctorFinding.Severity {
        switch fact.kind {
        case .rowSecurity, .forcedRowSecurity, .policy, .trigger, .role, .membership, .functionBody,
            .functionOwner, .relationOwner, .functionSecurity, .functionLeakproof:
            difference == .missing && fact.kind == .policy ? .high : .critical
        case .grant, .columnGrant, .functionGrant, .schemaGrant, .databaseGrant, .languageGrant,
            .defaultGrant, .typeGrant:
            if difference == .missing {
                .medium
            } else if fact.detail.hasSuffix(" TO PUBLIC") || CatalogueFact.isMonth(fact.object)
                || fact.kind == .grant
            {
                .critical
            } else {
                .high
            }
        case .functionSettings, .function, .viewDefinition, .relationOptions, .relation, .rule,
            .constraint, .schema:
            .high
        case .column, .index, .roleSetting, .functionVolatility, .type: .medium
        case .migration, .bound, .constraintTrigger, .foreignObject, .catalogueGrant,
            .publication, .replicationSlot, .eventTrigger, .fileExtension, .largeObjects,
            .setting, .defaultRows, .auditor, .databaseOwner, .hostRule:
            .high
        }
    }

    private static func noun(_ fact: CatalogueFact) -> String {
        switch fact.kind {
        case .schema: "the schema"
        case .relation: "the relation"
        case .relationOwner, .functionOwner: "the owner"
        case .relationOptions: "the options"
        case .rowSecurity: "row security"
        case .forcedRowSecurity: "row security of the owner"
        case .policy: "the policy"
        case .grant, .columnGrant, .functionGrant, .schemaGrant, .typeGrant, .databaseGrant,
            .languageGrant, .catalogueGrant:
            "the right"
        case .defaultGrant: "the default right"
        case .column: "the column"
        case .constraint: "the constraint"
        case .index: "the index"
        case .trigger, .constraintTrigger: "the trigger"
        case .rule: "the rewrite rule"
        case .viewDefinition: "the text of the view"
        case .function: "the function"
        case .functionSecurity: "with whose rights the function runs"
        case .functionVolatility: "the volatility of the function"
        case .functionLeakproof: "whether the function may run before the row policies"
        case .functionSettings: "the settings of the function"
        case .functionBody: "the text of the function"
        case .type: "the type"
        case .role: "the role"
        case .roleSetting: "the setting of the role"
        case .membership: "the membership"
        case .migration, .bound, .foreignObject, .publication, .replicationSlot, .eventTrigger,
            .fileExtension, .largeObjects, .setting, .defaultRows, .auditor, .databaseOwner,
            .hostRule:
            "it"
        }
    }
}
