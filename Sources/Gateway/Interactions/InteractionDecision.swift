import CDSHooks
import ClinicalEngine

/// What a knowledge base says about the medicines of a call, and what it could not say.
struct InteractionDecision {
    /// Where the decision stands.
    enum Status: String {
        /// No medicine is ordered, so there is nothing to check.
        case nothingAsked = "nothing-asked"
        /// Interactions were found; what was not checked is said beside them.
        case found
        /// There are more medicines than are checked at once: nothing was checked.
        case tooMany = "too-many"
        /// None was found, but not every medicine was checked or sent.
        case incomplete
        /// None was found, and the table knows nothing about some of the medicines.
        case notCovered = "not-covered"
        /// Every medicine belongs to a class of the table, and no pair of them is in it.
        case none
    }

    let service: LoadedService
    let knowledge: InteractionKnowledge
    let list: MedicineList
    let gaps: DataGaps
    /// What was found; `nil` when nothing was checked.
    let screening: InteractionScreening?
    /// The findings, the most severe first.
    let findings: [InteractionScreening.Finding]

    /// Checks a list.
    init(
        _ list: MedicineList,
        knowledge: InteractionKnowledge,
        service: LoadedService,
        gaps: DataGaps
    ) {
        self.service = service
        self.knowledge = knowledge
        self.list = list
        self.gaps = gaps
        screening = list.asksAnything ? knowledge.screen(list) : nil
        findings = knowledge.ordered(screening?.findings ?? [])
    }

    /// Where the decision stands.
    var status: Status {
        guard list.asksAnything else {
            // A review of a list that was not wholly sent has not found that there is nothing.
            return list.isReview && isIncomplete ? .incomplete : .nothingAsked
        }
        guard let screening else { return .tooMany }
        if !findings.isEmpty { return .found }
        if isIncomplete { return .incomplete }
        return screening.uncovered.isEmpty && !hasUnloaded ? .none : .notCovered
    }

    /// Whether pairs were looked up while a class of the table is empty here: rules of that class
    /// were looked for in vain.
    var hasUnloaded: Bool {
        !knowledge.emptyClasses.isEmpty && (screening?.lookupCount ?? 0) > 0
    }

    /// Whether a medicine was not checked, or one may not have been sent.
    var isIncomplete: Bool {
        list.uncheckedCount > 0 || gaps.isPartial || !gaps.unsent.isEmpty
    }
}

extension InteractionKnowledge {
    /// Looks the pairs of a list up; `nil` when it is too long.
    func screen(_ list: MedicineList) -> InteractionScreening? {
        InteractionScreening(
            list.medicines.map { .init(ingredients: $0.ingredients, isAsked: $0.isAsked) },
            in: table
        )
    }

    /// Findings by severity, then by the first rule, then by ingredient: the same each time.
    func ordered(
        _ findings: [InteractionScreening.Finding]
    ) -> [InteractionScreening.Finding] {
        findings.sorted { order(of: $0).lexicographicallyPrecedes(order(of: $1)) }
    }

    private func order(of finding: InteractionScreening.Finding) -> [Int] {
        let top = topRule(of: finding)
        return [-rules[top].severity.indicator.rank, top, finding.one, finding.other]
    }

    /// The most severe rule of a finding; the first of equal ones.
    func topRule(of finding: InteractionScreening.Finding) -> Int {
        var top = finding.rules[0]
        for rule in finding.rules
        where rules[rule].severity.indicator.rank > rules[top].severity.indicator.rank {
            top = rule
        }
        return top
    }

    /// The names of some ingredients as one text.
    func text(of ingredients: [Int]) -> String {
        ingredients.map { self.ingredients[$0].name }.joined(separator: " + ")
    }
}
