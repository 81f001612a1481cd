/// One statement about a database: what kind of thing, on which object, which part, and how it is.
///
///     row-security  audit.event                              on
///     policy        audit.event   auditor_reads              AS PERMISSIVE FOR SELECT TO ...
///     grant         audit.event   SELECT TO limen_auditor
package struct CatalogueFact: Sendable, Equatable {
    /// What a fact is about.
    package enum Kind: String, Sendable, CaseIterable {
        case schema
        case schemaGrant = "schema-grant"
        case relation
        case relationOwner = "relation-owner"
        case relationOptions = "relation-options"
        case rowSecurity = "row-security"
        case forcedRowSecurity = "forced-row-security"
        case policy
        case grant
        case columnGrant = "column-grant"
        case column
        case constraint
        case index
        case trigger
        case rule
        case viewDefinition = "view-definition"
        case function
        case functionOwner = "function-owner"
        case functionSecurity = "function-security"
        case functionVolatility = "function-volatility"
        case functionLeakproof = "function-leakproof"
        case functionSettings = "function-settings"
        case functionBody = "function-body"
        case functionGrant = "function-grant"
        case type
        case typeGrant = "type-grant"
        case databaseGrant = "database-grant"
        case defaultGrant = "default-grant"
        case languageGrant = "language-grant"
        case role
        case roleSetting = "role-setting"
        case membership
        // Below: what the rules look at and no expectation holds.
        case migration
        case bound
        case constraintTrigger = "constraint-trigger"
        case foreignObject = "foreign-object"
        case catalogueGrant = "catalogue-grant"
        case publication
        case replicationSlot = "replication-slot"
        case eventTrigger = "event-trigger"
        case fileExtension = "extension"
        case largeObjects = "large-objects"
        case setting
        case defaultRows = "default-rows"
        case auditor
        case databaseOwner = "database-owner"
        case hostRule = "host-rule"

        /// Whether a database is held against the expectation by it.
        var isExpected: Bool {
            switch self {
            case .schema, .schemaGrant, .relation, .relationOwner, .relationOptions,
                .rowSecurity, .forcedRowSecurity, .policy, .grant, .columnGrant, .column,
                .constraint, .index, .trigger, .rule, .viewDefinition, .function,
                .functionOwner, .functionSecurity, .functionVolatility, .functionLeakproof,
                .functionSettings, .functionBody, .functionGrant, .type, .typeGrant,
                .databaseGrant, .defaultGrant, .languageGrant, .role, .roleSetting,
                .membership:
                true
            case .migration, .bound, .constraintTrigger, .foreignObject, .catalogueGrant,
                .publication,
                .replicationSlot, .eventTrigger, .fileExtension, .largeObjects, .setting,
                .defaultRows, .auditor, .databaseOwner, .hostRule:
                false
            }
        }

        /// Whether its text is made by the server, which may word it otherwise in another major
        /// version.
        var isWordedByServer: Bool {
            [.policy, .constraint, .index, .trigger, .viewDefinition, .column].contains(self)
        }
    }

    /// What it is about.
    package let kind: Kind
    /// The object: a relation, function, role, schema.
    package let object: String
    /// The part of the object, such as a policy's name; empty when there is none.
    package let detail: String
    /// How it is.
    package let value: String
    /// The name that a statement needs to change it, when `detail` is no name.
    package let handle: String

    /// Makes a fact.
    package init(
        _ kind: Kind,
        _ object: String,
        _ detail: String = "",
        _ value: String = "",
        handle: String = ""
    ) {
        self.kind = kind
        self.object = object
        self.detail = detail
        self.value = value
        self.handle = handle
    }

    /// What two databases are compared by: months are one and the same.
    var key: Key { Key(kind: kind, object: Self.withoutMonth(object), detail: detail) }

    /// Kind, object and part.
    struct Key: Hashable {
        let kind: Kind
        let object: String
        let detail: String
    }

    /// The name of a partition with its month replaced: `audit.event_202611` is `audit.event_YYYYMM`.
    static func withoutMonth(_ name: String) -> String {
        guard isMonth(name) else { return name }
        return String(name.dropLast(6)) + "YYYYMM"
    }

    /// Whether a relation is named as the partition of one month.
    static func isMonth(_ name: String) -> Bool {
        let bytes = name.utf8
        guard bytes.count > 7 else { return false }
        let digits = bytes.suffix(6)
        return digits.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            && bytes.dropLast(6).last == UInt8(ascii: "_")
    }
}
