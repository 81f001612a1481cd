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
    let quorums: [QuorumRule]
    let variables: VariablePlan
    /// When a second, earlier result is made; `nil` when none is asked for.
    let earlier: EarlierMoment?
    /// Whether any value is made of several records.
    let hasAggregates: Bool
    /// The types that rules ask for whose code does not stand in `code`, or need not be there.
    let otherTypes: Set<ResourceType>
    /// For a type the rules that ask for it without any code, ascending.
    let codelessRules: [ResourceType: [Int]]
    /// For a type the rules of inputs for which a record without a usable code is not none: those
    /// that are read from absence or else assumed, and required facts, ascending.
    let uncodedRules: [ResourceType: [Int]]
    /// Whether a resource may matter that has no code which is asked for.
    let looksAtTypes: Bool
    /// The systems of the codes by which rules ask for medicines.
    let medicineSystems: [[UInt8]]
    /// Whether an expression reads the other resources of the request.
    let readsResources: Bool
    /// The facts without which the model does not apply, by their index among inputs and facts.
    let requiredFacts: Set<Int>
    /// Whether a Medication that another resource names may have to be looked up.
    let readsMedications: Bool

    init(
        inputs: [InputPlan],
        inputCount: Int,
        rules: [SourceRule],
        applies: [ApplicabilityRule],
        quorums: [QuorumRule],
        variables: VariablePlan,
        earlier: EarlierMoment?
    ) {
        self.variables = variables
        self.earlier = earlier
        self.quorums = quorums
        var requiredFacts: Set<Int> = []
        var readsResources = variables.readsResources
        for rule in applies {
            switch rule.condition {
            case .requires(let fact): requiredFacts.insert(fact)
            case .when(let expression):
                if expression.ownVariables.contains("resources") { readsResources = true }
            case .unless: continue
            }
        }
        self.requiredFacts = requiredFacts
        self.readsResources = readsResources
        hasAggregates = inputs.contains { $0.selection.isAggregate }
        readsMedications = rules.contains { $0.resource.codePlace == .medication }
        var codeless: [ResourceType: [Int]] = [:]
        for (position, rule) in rules.enumerated()
        where rule.codes.isEmpty && rule.resource != .patient {
            codeless[rule.resource, default: []].append(position)
        }
        codelessRules = codeless
        otherTypes = Set(rules.map(\.resource)).filter {
            $0.codePlace != .code && $0.codePlace != .none || codeless[$0] != nil
        }
        var uncoded: [ResourceType: [Int]] = [:]
        for (position, rule) in rules.enumerated()
        where rule.isMisledByUncoded(isRequired: requiredFacts.contains(rule.input)) {
            uncoded[rule.resource, default: []].append(position)
        }
        uncodedRules = uncoded
        looksAtTypes = !uncoded.isEmpty || !otherTypes.isEmpty
        medicineSystems = Array(
            Set(
                rules.filter { $0.resource.codePlace == .medication }.flatMap(\.codes).map(\.system)
            )
        )
        self.inputs = inputs
        self.inputCount = inputCount
        self.rules = rules
        self.applies = applies
        var order: [CodeToken] = []
        var askers: [CodeToken: [Int]] = [:]
        var patientRules: [Int] = []
        for (position, rule) in rules.enumerated() {
            if rule.resource == .patient { patientRules.append(position) }
            for code in rule.codes + rule.codes.compactMap(\.withoutPoint) {
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

extension SourceRule {
    /// Whether a record whose code cannot be read may be the very thing that seems absent.
    ///
    /// Uncoded observations are notes of all kinds, so they count only where the profile reads
    /// from there being no record at all; an uncoded condition counts where one is assumed too,
    /// and where the model is only for those who have it.
    fileprivate func isMisledByUncoded(isRequired: Bool) -> Bool {
        guard resource.codePlace == .code, !codes.isEmpty else { return false }
        if plan.absence != nil { return true }
        guard resource != .observation else { return false }
        if isRequired { return true }
        switch plan.missing {
        case .assume, .impute: return true
        case .reject, .partial, .model: return false
        }
    }
}
