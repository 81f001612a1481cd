/// The kinds of weakness that `limen doctor` names.
package enum Weakness: String, Sendable, CaseIterable {
    /// Row security is off on a table or partition.
    case rowSecurityOff = "LIMEN-GUARD-001"
    /// The owner of a table passes by its row security.
    case rowSecurityNotForced = "LIMEN-GUARD-002"
    /// A row policy is missing, unknown or says something else.
    case policy = "LIMEN-GUARD-003"
    /// A right on a table, view or column is there that should not be, or the other way round.
    case grant = "LIMEN-GUARD-004"
    /// A trigger is missing, switched off or does something else.
    case trigger = "LIMEN-GUARD-005"
    /// A function is missing, unknown or has been changed.
    case function = "LIMEN-GUARD-006"
    /// A view does not run as its reader behind a barrier, or shows something else.
    case view = "LIMEN-GUARD-007"
    /// An object that no migration made.
    case foreignObject = "LIMEN-GUARD-008"
    /// An object that a migration made is missing, or of another kind.
    case missingObject = "LIMEN-GUARD-009"
    /// A role has attributes or settings that it should not have.
    case role = "LIMEN-GUARD-010"
    /// A role is a member of another that it should not be in.
    case membership = "LIMEN-GUARD-011"
    /// An index is missing or unknown, or does not begin with the tenant.
    case index = "LIMEN-GUARD-012"
    /// A column or a constraint is missing or has been changed.
    case structure = "LIMEN-GUARD-013"
    /// A month is missing, detached or has other bounds.
    case partition = "LIMEN-GUARD-014"
    /// A right on the database, a schema, a language or by default.
    case surroundings = "LIMEN-GUARD-015"
    /// A right on functions or tables of the server itself.
    case catalogueGrant = "LIMEN-GUARD-016"
    /// A setting by which the server may lose what it confirmed.
    case durability = "LIMEN-GUARD-017"
    /// A setting by which the server's log may hold row data.
    case logging = "LIMEN-GUARD-018"
    /// A setting by which somebody may get in, or pass by a fence.
    case access = "LIMEN-GUARD-019"
    /// The server lacks known fixes of row security.
    case serverVersion = "LIMEN-GUARD-020"
    /// The migrations are not those of this program.
    case migrations = "LIMEN-GUARD-021"
    /// Something copies rows out of the database.
    case replication = "LIMEN-GUARD-022"
    /// Code that runs beside the statements: event triggers, extensions, libraries.
    case beside = "LIMEN-GUARD-023"
    /// The login of an auditor, monitor or operator.
    case person = "LIMEN-GUARD-024"
    /// An object belongs to somebody else.
    case owner = "LIMEN-GUARD-025"
}
