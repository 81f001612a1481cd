import Basics
import FHIRPath
import JSON

/// What a rule that does not hold says of data that are known to be incomplete.
extension Profile {
    /// Whether a rule that does not hold might do so with records that were not read.
    ///
    /// "No atrial fibrillation on record" is known only of a whole list. But a rule that would not
    /// fail without the records that came fails because of them, and more of them change nothing.
    func mayStillHold(
        _ rule: ApplicabilityRule,
        _ survey: RecordSurvey,
        now: Instant,
        incomplete: Set<String>
    ) -> Bool {
        guard !incomplete.isEmpty, case .when(let expression) = rule.condition,
            reads(anyOf: incomplete, expression)
        else { return false }
        let rest = survey.resources.filter { resource in
            !incomplete.contains(resource["resourceType"]?.stringValue ?? "")
        }
        let variables = VariableValues(
            plan.variables,
            patient: survey.patient,
            resources: rest,
            encounterID: survey.encounterID,
            now: now
        )
        return holds(rule, survey.patient, variables, []) == false
    }

    /// Whether an expression asks for records of any of these types, itself or by its variables.
    ///
    /// One that does not say at once which type it asks for, as `%resources.ofType(Condition)`
    /// does, is taken to ask for all.
    private func reads(anyOf types: Set<String>, _ expression: ValueReader.Expression) -> Bool {
        var open = [expression]
        var seen: Set<String> = []
        while let next = open.popLast() {
            for name in next.ownVariables where name != "resources" {
                guard seen.insert(name).inserted, let read = plan.variables.expression(name) else {
                    continue
                }
                open.append(read)
            }
            guard next.ownVariables.contains("resources") else { continue }
            let parts = next.parsed.text.filter { !$0.isWhitespace }.split(
                separator: "%resources",
                omittingEmptySubsequences: false
            )
            // The name may be written in other ways too, such as %`resources`.
            guard parts.count > 1, !next.parsed.text.contains("%`"),
                !next.parsed.text.contains("%'")
            else { return true }
            for part in parts.dropFirst() {
                guard part.hasPrefix(".ofType(") else { return true }
                let name = String(part.dropFirst(".ofType(".count).prefix { $0 != ")" })
                let isOneType =
                    ElementKnowledge.isResource(name) && name != "Resource"
                    && name != "DomainResource"
                if types.contains(name) || !isOneType { return true }
            }
        }
        return false
    }
}
