/// Which of the facts of a database belong to the house and which to its guests.
///
/// Logins of people are members of a group (auditors, monitors, operators); they differ from one
/// installation to the next, so rules are held against them and no expectation.
struct CatalogueScope {
    /// The groups that people's logins are members of.
    static let groups: Set = ["limen_auditor", "limen_monitor", "limen_operator"]

    /// The roles of a deed with keys, which a login of its own is made for in each tenant.
    static let deeds: Set = ["limen_eraser", "limen_rewrapper"]

    private let facts: [CatalogueFact]
    /// The logins that do one deed with keys, and are in nothing else.
    let keepers: Set<String>
    /// The roles of people: members of a group of the house.
    let people: Set<String>
    /// The roles of the house, as they are in this database.
    let house: Set<String>

    init(facts: [CatalogueFact]) {
        self.facts = facts
        let members = facts.filter {
            $0.kind == .membership && Self.groups.contains($0.detail)
                && !Self.isFoundingRole($0.object)
        }
        let people = Set(members.map(\.object))
        self.people = people
        let memberships = Dictionary(
            grouping: facts.filter { $0.kind == .membership },
            by: \.object
        )
        keepers = Set(
            memberships.filter { login, roles in
                roles.count == 1 && roles.allSatisfy { Self.deeds.contains($0.detail) }
                    && !Self.isFoundingRole(login)
            }.keys
        )
        house = Set(
            facts.filter { $0.kind == .role && $0.object.hasPrefix("limen_") }.map(\.object)
        ).subtracting(people)
    }

    /// The facts that an expectation holds.
    var houseFacts: [CatalogueFact] {
        facts.filter { fact in
            guard fact.kind.isExpected else { return false }
            return !Self.isOfRole(fact.kind) || house.contains(fact.object)
        }
    }

    /// Whether a fact is about one role, whose name is the object.
    static func isOfRole(_ kind: CatalogueFact.Kind) -> Bool {
        [.role, .roleSetting, .membership].contains(kind)
    }

    /// The groups themselves and the logins of programs are never taken for a person's login.
    private static func isFoundingRole(_ name: String) -> Bool {
        groups.contains(name) || foundingRoles.contains(name)
    }

    private static let foundingRoles: Set = [
        "limen_owner", "limen_migrator", "limen_writer", "limen_retention", "limen_maintenance",
        "limen_health", "limen_gateway", "limen_backup", "limen_audit_api", "limen_chain",
        "limen_verifier",
    ]
}
