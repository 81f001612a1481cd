/// Holds the facts of a database against those of a freshly migrated one.
struct SnapshotComparison {
    let expectation: CatalogueSnapshot
    let facts: [CatalogueFact]
    let scope: CatalogueScope
    let major: Int

    /// What differs.
    var findings: [DoctorFinding] {
        let live = houseFacts
        let missing = missingFacts(live)
        var findings: [DoctorFinding] = []
        let strange = strangeObjects(live)
        for fact in live {
            guard let expected = expectation.values[fact.key] else {
                if DriftWording.isWhole(fact.kind) || !strange.contains(fact.object) {
                    findings.append(DriftWording.unexpected(fact))
                }
                continue
            }
            if expected != fact.value {
                findings.append(worded(DriftWording.changed(fact, from: expected), fact.kind))
            }
        }
        let gone = Set(missing.filter { DriftWording.isWhole($0.kind) }.map(\.object))
        for fact in missing where DriftWording.isWhole(fact.kind) || !gone.contains(fact.object) {
            findings.append(worded(DriftWording.missing(fact), fact.kind))
        }
        return findings
    }

    /// The facts of the live database that an expectation may hold; a role of the house is one that
    /// the migrations make.
    private var houseFacts: [CatalogueFact] {
        let roles = expectation.roles
        let detached = detachedMonths
        return facts.filter { fact in
            guard fact.kind.isExpected else { return false }
            if detached.contains(fact.object), !Self.isFence(fact.kind) { return false }
            return !CatalogueScope.isOfRole(fact.kind) || roles.contains(fact.object)
        }
    }

    /// Months that are no part of their table now: attaching them again brings the rest back, and a
    /// statement for each part would do harm.
    private var detachedMonths: Set<String> {
        Set(
            facts.filter {
                $0.kind == .relation && CatalogueFact.isMonth($0.object)
                    && !$0.value.contains("part of ")
                    && expectation.values[$0.key]?.contains("part of ") == true
            }.map(\.object)
        )
    }

    private static func isFence(_ kind: CatalogueFact.Kind) -> Bool {
        [.rowSecurity, .forcedRowSecurity, .policy, .grant, .columnGrant].contains(kind)
    }

    /// The expected facts that the database lacks; those of a month for each month that is there.
    private func missingFacts(_ live: [CatalogueFact]) -> [CatalogueFact] {
        struct Place: Hashable {
            let kind: CatalogueFact.Kind
            let object: String
            let detail: String
        }
        var present: Set<Place> = []
        var objects: [String: Set<String>] = [:]
        for fact in live {
            present.insert(Place(kind: fact.kind, object: fact.object, detail: fact.detail))
            let name = CatalogueFact.withoutMonth(fact.object)
            if name != fact.object { objects[name, default: []].insert(fact.object) }
        }
        var missing: [CatalogueFact] = []
        let detached = detachedMonths
        for (key, value) in expectation.values {
            // Whether the months are there at all is for the rules about months.
            let isMonthly = key.object.hasSuffix("_YYYYMM")
            let names = isMonthly ? (objects[key.object] ?? []).sorted() : [key.object]
            for name in names
            where (!detached.contains(name) || Self.isFence(key.kind))
                && !present.contains(Place(kind: key.kind, object: name, detail: key.detail))
            {
                missing.append(CatalogueFact(key.kind, name, key.detail, value))
            }
        }
        return missing.sorted {
            ($0.object, $0.kind.rawValue, $0.detail) < ($1.object, $1.kind.rawValue, $1.detail)
        }
    }

    /// Objects that no migration made: one finding each, and none for each of their parts.
    private func strangeObjects(_ live: [CatalogueFact]) -> Set<String> {
        Set(
            live.filter { DriftWording.isWhole($0.kind) && expectation.values[$0.key] == nil }.map(
                \.object
            )
        )
    }

    /// Another major version words definitions otherwise: that is said, and not taken for proof.
    private func worded(_ finding: DoctorFinding, _ kind: CatalogueFact.Kind) -> DoctorFinding {
        guard kind.isWordedByServer, major != expectation.major else { return finding }
        return DoctorFinding(
            finding.weakness,
            finding.severity,
            finding.object,
            finding.sentence + " (the expectation was worded by PostgreSQL \(expectation.major), "
                + "this is \(major): make it anew on a freshly migrated database)",
            remedy: finding.remedy
        )
    }
}
