/// Months: made ahead, attached, with the bounds of their names, and none in the default.
enum PartitionRules {
    private static let parents = ["audit.event", "audit.card", "audit.feedback"]

    static func findings(_ facts: [CatalogueFact]) -> [DoctorFinding] {
        guard let month = facts.first(where: { $0.kind == .bound && $0.object == "now" })?.value
        else { return [] }
        return detached(facts) + bounds(facts) + ahead(facts, from: month) + defaults(facts)
    }

    private static func detached(_ facts: [CatalogueFact]) -> [DoctorFinding] {
        facts.filter {
            $0.kind == .relation && CatalogueFact.isMonth($0.object)
                && !$0.value.contains("part of ")
                && parents.contains(String($0.object.dropLast(7)))
        }
        .map { fact in
            let parent = fact.object.dropLast(7)
            let start = firstDay(fact.object.suffix(6))
            let end = firstDay(next(fact.object.suffix(6)))
            return DoctorFinding(
                .partition,
                .critical,
                fact.object,
                "the month is detached: its rows are gone from the trail, and its triggers with it",
                remedy: "ALTER TABLE \(parent) ATTACH PARTITION \(fact.object) FOR VALUES FROM "
                    + "('\(start) 00:00:00+00') TO ('\(end) 00:00:00+00'); ALTER TABLE "
                    + "\(fact.object) ENABLE ALWAYS TRIGGER refuse_row_change;"
            )
        }
    }

    private static func bounds(_ facts: [CatalogueFact]) -> [DoctorFinding] {
        facts.filter { $0.kind == .bound && CatalogueFact.isMonth($0.object) }
            .compactMap { fact in
                let month = fact.object.suffix(6)
                let wanted =
                    "FOR VALUES FROM ('\(firstDay(month)) 00:00:00+00') "
                    + "TO ('\(firstDay(next(month))) 00:00:00+00')"
                guard fact.value != wanted else { return nil }
                return DoctorFinding(
                    .partition,
                    .high,
                    fact.object,
                    "its bounds are not those of its month: retention would drop other rows",
                    remedy: "detach it and attach it again \(wanted)"
                )
            }
    }

    private static func ahead(_ facts: [CatalogueFact], from month: String) -> [DoctorFinding] {
        let present = Set(facts.filter { $0.kind == .bound }.map(\.object))
        let known = Set(facts.filter { $0.kind == .relation }.map(\.object))
        var findings: [DoctorFinding] = []
        for parent in parents where known.contains(parent) {
            if !present.contains(parent + "_default") {
                findings.append(
                    DoctorFinding(
                        .partition,
                        .high,
                        parent,
                        "there is no default partition: a row without a month is refused",
                        remedy: "attach \(parent)_default again"
                    )
                )
            }
            var wanted = month
            for step in 0...2 {
                defer { wanted = next(wanted[...]) }
                guard !present.contains("\(parent)_\(wanted)") else { continue }
                findings.append(
                    DoctorFinding(
                        .partition,
                        step == 0 ? .high : .medium,
                        "\(parent)_\(wanted)",
                        "the month is not there: its rows go to the default partition, where "
                            + "retention does not reach them",
                        remedy: "SELECT audit.ensure_months(3);"
                    )
                )
            }
        }
        return findings
    }

    private static func defaults(_ facts: [CatalogueFact]) -> [DoctorFinding] {
        facts.filter { $0.kind == .defaultRows }.map { fact in
            DoctorFinding(
                .partition,
                .medium,
                fact.object,
                "rows lie in the default partition (\(fact.value) bytes): their month was not made "
                    + "in time, or their clock was wrong",
                remedy: "see that limen_maintenance makes months; the rows stay where they are"
            )
        }
    }

    /// `202611` as `2026-11-01`.
    private static func firstDay(_ month: some StringProtocol) -> String {
        "\(month.prefix(4))-\(month.suffix(2))-01"
    }

    /// The month after one.
    private static func next(_ month: some StringProtocol) -> String {
        guard let year = Int(month.prefix(4)), let number = Int(month.suffix(2)) else { return "" }
        let following = number == 12 ? (year + 1, 1) : (year, number + 1)
        let digits = String(following.1)
        return "\(following.0)" + (digits.count == 1 ? "0" : "") + digits
    }
}
