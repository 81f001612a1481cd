/// A checked profile as flat arrays, shared by every copy of the `Profile`.
final class ProfilePlan: Sendable {
    /// Inputs first, then facts.
    let inputs: [InputPlan]
    /// How many of `inputs` are inputs; the rest are facts that only `applies` rules read.
    let inputCount: Int
    /// All alternatives, ordered by input and priority.
    let rules: [SourceRule]
    /// From a code to the part of `askers` that asks for it.
    let index: CodeIndex<Range<Int>>
    /// The indices in `rules` that ask for a code, ascending, one run for each code.
    let askers: [Int]
    /// The rules that read the Patient, ascending.
    let patientRules: [Int]
    let applies: [ApplicabilityRule]

    init(
        inputs: [InputPlan],
        inputCount: Int,
        rules: [SourceRule],
        applies: [ApplicabilityRule]
    ) {
        self.inputs = inputs
        self.inputCount = inputCount
        self.rules = rules
        self.applies = applies
        var order: [CodeToken] = []
        var askers: [CodeToken: [Int]] = [:]
        var patientRules: [Int] = []
        for (position, rule) in rules.enumerated() {
            if rule.resource == .patient { patientRules.append(position) }
            for code in rule.codes {
                if askers[code] == nil { order.append(code) }
                askers[code, default: []].append(position)
            }
        }
        self.patientRules = patientRules
        var runs: [Int] = []
        index = CodeIndex(
            order.map { code in
                let start = runs.count
                runs += askers[code] ?? []
                return (code, start..<runs.count)
            }
        )
        self.askers = runs
    }

    /// Every token that a rule asks for, in order of first appearance.
    var codes: [String] {
        var seen: Set<CodeToken> = []
        return rules.flatMap(\.codes).filter { seen.insert($0).inserted }.map(\.text)
    }
}
