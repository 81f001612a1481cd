import Basics
import JSON

/// Takes a record from inputs for which its codes say different things.
extension MappingPass {
    /// Takes a record from all inputs for which its codes say different things.
    ///
    /// A code used for systolic and diastolic alike tells of neither. Two inputs that ask for the
    /// same code (the latest and the worst creatinine) share it by intention, so only rules without
    /// a common code contradict each other.
    mutating func dropSharedRules(_ fields: ResourceFields, at position: Int) {
        guard matched.count > 1 else { return }
        var shared: Set<Int> = []
        if hitCount > 1 { shared = sharedRules { $0.componentIndex.isEmpty ? $0.codes : nil } }
        if !components.isEmpty {
            for (place, component) in components.enumerated() where isCodedTwice(component, fields)
            {
                shared.formUnion(
                    sharedRules { rule in
                        guard !rule.componentIndex.isEmpty,
                            componentPosition(rule.componentIndex, on: fields.tape) == place
                        else { return nil }
                        return rule.components
                    }
                )
            }
        }
        guard !shared.isEmpty else { return }
        let kept = matched.filter { !shared.contains($0) }
        let inputs = Set(shared.map { plan.rules[$0].input })
        matched = matched.filter { shared.contains($0) }
        rejectOncePerInput(
            .codesShared,
            at: position,
            fields,
            components.isEmpty ? "code.coding" : "component.code.coding"
        )
        matched = kept.filter { !inputs.contains(plan.rules[$0].input) }
    }

    private func isCodedTwice(_ component: ValueFields, _ fields: ResourceFields) -> Bool {
        guard let code = component.code,
            let list = fields.tape.member(MemberNames.coding, of: code),
            let first = fields.tape.firstElement(of: list)
        else { return false }
        return fields.tape.element(after: first, of: list) != nil
    }

    /// The matched rules of different inputs that have no code in common.
    private func sharedRules(_ codes: (SourceRule) -> [CodeToken]?) -> Set<Int> {
        var shared: Set<Int> = []
        for (index, left) in matched.enumerated() {
            guard let leftCodes = codes(plan.rules[left]) else { continue }
            for right in matched[(index + 1)...]
            where plan.rules[right].input != plan.rules[left].input {
                guard let rightCodes = codes(plan.rules[right]) else { continue }
                guard !leftCodes.contains(where: { rightCodes.contains($0) }) else { continue }
                shared.insert(left)
                shared.insert(right)
            }
        }
        return shared
    }
}
