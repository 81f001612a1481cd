import Basics
import ClinicalEngine

/// Reads what is particular to a set of rules (PMML 4.4, RuleSetModel).
///
///     <RuleSetModel functionName="classification">
///       <RuleSet defaultScore="stable">
///         <RuleSelectionMethod criterion="firstHit"/>
///         <SimpleRule score="deteriorates">
///           <SimplePredicate field="lactate" operator="greaterThan" value="4"/>
///         </SimpleRule>
///       </RuleSet>
///     </RuleSetModel>
struct RuleSetReader {
    static let attributes: [String] = []
    static let parts = ["RuleSet"]

    static func read(_ parts: ModelParts) throws(PMMLError) -> RuleSet {
        let set = try parts.part("RuleSet")
        try set.allow(["recordCount", "nbCorrect", "defaultScore", "defaultConfidence"])
        var criterion: RuleSet.Criterion?
        var rules: [RuleSet.Rule] = []
        // Rules with the conditions around them; the next one is the last of the list.
        var open: [(element: Element, around: [Predicate])] = []
        for child in set.children.reversed() where child.name != "RuleSelectionMethod" {
            open.append((child, []))
        }
        for child in set.children where child.name == "RuleSelectionMethod" {
            try child.allow(["criterion"])
            try child.allowNoChildren()
            guard let stated = try child.name("criterion", as: RuleSet.Criterion.self) else {
                throw child.error(.invalid, attribute: "criterion")
            }
            // The first of several is the one to use.
            criterion = criterion ?? stated
        }
        guard let criterion else { throw set.error(.invalid, detail: "RuleSelectionMethod") }
        while let (rule, around) = open.popLast() {
            switch rule.name {
            case "SimpleRule":
                rules.append(try Self.rule(rule, around, parts))
            case "CompoundRule":
                try rule.allow([])
                let (predicate, rest) = try Self.predicate(of: rule, parts)
                guard !rest.isEmpty else { throw rule.error(.invalid) }
                for child in rest.reversed() { open.append((child, around + [predicate])) }
            default:
                throw rule.error(.unsupported)
            }
            guard rules.count <= Limits.rulesMax else { throw rule.error(.tooLarge) }
        }
        let score = set["defaultScore"]
        if let score { try check(score, of: set, attribute: "defaultScore", parts) }
        guard !rules.isEmpty || score != nil else { throw set.error(.invalid) }
        return RuleSet(
            criterion: criterion,
            rules: rules,
            defaultScore: score,
            defaultConfidence: try set.number("defaultConfidence") ?? 1
        )
    }

    private static func check(
        _ score: String,
        of element: Element,
        attribute: String,
        _ parts: ModelParts
    ) throws(PMMLError) {
        guard let known = parts.target?.categories, !known.isEmpty else { return }
        guard known.contains(score) else { throw element.error(.invalid, attribute: attribute) }
    }

    private static func rule(
        _ element: Element,
        _ around: [Predicate],
        _ parts: ModelParts
    ) throws(PMMLError) -> RuleSet.Rule {
        try element.allow([
            "id", "score", "recordCount", "nbCorrect", "confidence", "weight",
        ])
        let (own, rest) = try predicate(of: element, parts)
        for part in rest where part.name != "ScoreDistribution" {
            throw part.error(.unsupported)
        }
        let score = try element.required("score")
        try check(score, of: element, attribute: "score", parts)
        return RuleSet.Rule(
            identifier: element["id"],
            predicate: around.isEmpty ? own : .all(around + [own]),
            score: score,
            weight: try element.number("weight") ?? 1,
            confidence: try element.number("confidence") ?? 1
        )
    }

    /// The condition of a rule, and its other children.
    private static func predicate(
        of element: Element,
        _ parts: ModelParts
    ) throws(PMMLError) -> (Predicate, [Element]) {
        var children = element.children
        guard let first = children.first, PredicateReader.names.contains(first.name) else {
            throw element.error(.invalid, detail: "predicate")
        }
        children.removeFirst()
        return (try parts.predicate(first), children)
    }
}
