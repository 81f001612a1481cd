import Basics
import JSON

/// Finds the rules that ask for a resource, by its codes.
extension MappingPass {
    /// Fills `matched` with the rules that ask for any coding in the `code` of a resource.
    mutating func findRules(_ code: JSONPlace?, on tape: JSONTape, at position: Int) {
        matched.removeAll(keepingCapacity: true)
        components.removeAll(keepingCapacity: true)
        hitCount = 0
        isCodeUnresolved = false
        isCodeContradicted = false
        if let code { match(concept: code, on: tape, at: position) }
    }

    /// Adds the rules that go by more than the `code`, and puts all of them into their order.
    mutating func findMoreRules(_ fields: ResourceFields, at position: Int) {
        if matched.isEmpty, !plan.uncodedRules.isEmpty, let type = fields.type,
            plan.uncodedRules[type] != nil, !Self.isCoded(fields.code, on: fields.tape)
        {
            isCodeUnresolved = true
        }
        if !plan.otherTypes.isEmpty { findOtherRules(fields, at: position) }
        if matched.count > 1 { matched.sort() }
        if !matched.isEmpty { dropRulesOfMissingComponents(fields) }
    }

    /// Whether some coding says what a record or component is about: a system with a code of it.
    static func isCoded(_ code: JSONPlace?, on tape: JSONTape) -> Bool {
        guard let code else { return false }
        let concept = JSONValue(tape, code)
        // R5 CodeableReference holds the concept one level deeper.
        return ((concept["concept"] ?? concept)["coding"]?.elements ?? concept.elements).contains {
            !($0["system"]?.decodedBytes?.isEmpty ?? true)
                && !($0["code"]?.decodedBytes?.isEmpty ?? true)
        }
    }

    private mutating func match(concept: JSONPlace, on tape: JSONTape, at position: Int) {
        guard let list = tape.member(MemberNames.coding, of: concept) else { return }
        var next = tape.firstElement(of: list)
        while let coding = next {
            next = tape.element(after: coding, of: list)
            match(coding: coding, on: tape, at: position)
        }
    }

    private mutating func match(coding: JSONPlace, on tape: JSONTape, at position: Int) {
        let plan = plan
        guard let places = CodingPlaces(coding, on: tape),
            let run = plan.index.find(places, on: tape)
        else { return }
        hitCount += 1
        for asker in run {
            let rule = plan.askers[asker]
            guard lastMatch[rule] != position else { continue }
            lastMatch[rule] = position
            matched.append(rule)
        }
    }

    /// Looks where types other than Observation and Condition keep their code.
    private mutating func findOtherRules(_ fields: ResourceFields, at position: Int) {
        guard let type = fields.type, plan.otherTypes.contains(type) else { return }
        switch type.codePlace {
        case .code, .none: break
        case .vaccineCode:
            if let code = fields[other: .vaccineCode] {
                match(concept: code, on: fields.tape, at: position)
            }
        case .encounter:
            for member in [ResourceFields.OtherMember.type, .class] {
                guard let place = fields[other: member] else { continue }
                // R4 Encounter.class is a Coding, in R5 a list of concepts as `type` is.
                match(coding: place, on: fields.tape, at: position)
                var next = fields.tape.firstElement(of: place)
                while let concept = next {
                    next = fields.tape.element(after: concept, of: place)
                    match(concept: concept, on: fields.tape, at: position)
                }
            }
        case .medication:
            switch medications.answer(for: fields) {
            case .code(let code): match(concept: code.place, on: code.tape, at: position)
            case .unresolved: isCodeUnresolved = true
            case .contradiction: (isCodeUnresolved, isCodeContradicted) = (true, true)
            }
        }
        for rule in plan.codelessRules[type] ?? [] where lastMatch[rule] != position {
            lastMatch[rule] = position
            matched.append(rule)
        }
    }

    /// A rule for a component asks nothing of a resource that has no such component.
    ///
    /// So a saturation without an oxygen flow is no failed reading of the oxygen flow. Only where
    /// nothing else asks for the resource, one rule stays to say what was missed.
    private mutating func dropRulesOfMissingComponents(_ fields: ResourceFields) {
        let plan = plan
        guard matched.contains(where: { plan.rules[$0].readsComponent }) else { return }
        if let list = fields[.component] {
            var next = fields.tape.firstElement(of: list)
            while let component = next {
                next = fields.tape.element(after: component, of: list)
                components.append(ValueFields(component: component, on: fields.tape))
            }
        }
        let kept = matched.filter { rule in
            let index = plan.rules[rule].componentIndex
            return index.isEmpty || componentPosition(index, on: fields.tape) != nil
        }
        matched = kept.isEmpty ? Array(matched.prefix(1)) : kept
    }

    func componentPosition(_ codes: CodeIndex<Bool>, on tape: JSONTape) -> Int? {
        components.firstIndex { Self.isCoded($0, codes, on: tape) }
    }

    /// Two components of one code leave open which is meant.
    func hasSeveralComponents(_ codes: CodeIndex<Bool>, on tape: JSONTape) -> Bool {
        guard components.count > 1 else { return false }
        return components.count { Self.isCoded($0, codes, on: tape) } > 1
    }

    static func isCoded(
        _ fields: ValueFields,
        _ codes: CodeIndex<Bool>,
        on tape: JSONTape
    ) -> Bool {
        guard let code = fields.code, let list = tape.member(MemberNames.coding, of: code) else {
            return false
        }
        var next = tape.firstElement(of: list)
        while let coding = next {
            next = tape.element(after: coding, of: list)
            guard let places = CodingPlaces(coding, on: tape) else { continue }
            if codes.find(places, on: tape) != nil { return true }
        }
        return false
    }
}
