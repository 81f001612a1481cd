import Basics
import JSON

/// One walk over the resources of a request.
///
/// Each resource is looked at once; its codes find the rules that ask for it in a hash table, so
/// the cost grows with the resources and not with the inputs.
struct MappingPass {
    private let plan: ProfilePlan
    private let subject: SubjectMatcher
    private let now: Instant
    private(set) var candidates: [Candidate] = []
    private(set) var rejections: [PendingRejection] = []
    private(set) var unaskedCount = 0
    private(set) var hasSubjectMismatch = false
    /// For each input the index of the best candidate so far, or -1.
    private(set) var best: [Int]

    private var matched: [Int] = []
    private var lastMatch: [Int]
    private var components: [ValueFields] = []
    private let medications: MedicationIndex
    private let variables: VariableValues
    /// How many codings of the resource in hand some rule asks for.
    private var hitCount = 0
    /// Whether what the resource in hand is about could not be looked up.
    private var isCodeUnresolved = false

    /// A rejection before it is turned into text.
    struct PendingRejection {
        let finding: Finding
        /// The rule it failed; `nil` when no rule asks for the resource.
        let rule: Int?
        let resourceIndex: Int
        let resource: ResourceFields
        let path: String
        /// What was read all the same, where only its time bars it.
        var reading: MappingReport.Value?
    }

    init(
        plan: ProfilePlan,
        subject: SubjectMatcher,
        now: Instant,
        variables: VariableValues,
        medications: MedicationIndex
    ) {
        self.variables = variables
        self.medications = medications
        self.plan = plan
        self.subject = subject
        self.now = now
        best = Array(repeating: -1, count: plan.inputs.count)
        lastMatch = Array(repeating: -1, count: plan.rules.count)
    }

    /// Looks at the Patient itself, which is no observation but may hold inputs.
    mutating func visit(patient: JSONValue, isPatientInContext: Bool) {
        let fields = ResourceFields(patient)
        guard isPatientInContext else {
            hasSubjectMismatch = true
            reject(.otherPatient, rule: nil, at: -1, fields, "id")
            return
        }
        matched = plan.patientRules
        judgeMatched(fields, at: -1)
    }

    /// Looks at any other resource; `version` says why another version of it counts, if one does.
    mutating func visit(_ json: JSONValue, at position: Int, version: Finding? = nil) {
        let fields = ResourceFields(json)
        findRules(fields, at: position)
        if let finding = subjectFinding(fields) {
            if finding == .otherPatient { hasSubjectMismatch = true }
            guard !matched.isEmpty else {
                // Only what is clearly about another patient is told of resources nobody asks for.
                if finding == .otherPatient {
                    reject(finding, rule: nil, at: position, fields, "subject")
                } else {
                    unaskedCount += 1
                }
                return
            }
            rejectOncePerInput(finding, at: position, fields, "subject")
            return
        }
        if isCodeUnresolved, matched.isEmpty {
            rejectUnresolved(fields, at: position, version)
            return
        }
        guard !matched.isEmpty else {
            unaskedCount += 1
            return
        }
        matchType(fields, at: position)
        if let version {
            rejectOncePerInput(version, at: position, fields, "meta.versionId")
            return
        }
        dropSharedRules(fields, at: position)
        judgeMatched(fields, at: position)
    }

    /// A medicine that is not known may be any of those asked for, unless it is not in force.
    private mutating func rejectUnresolved(
        _ fields: ResourceFields,
        at position: Int,
        _ version: Finding?
    ) {
        guard let type = ResourceType(fields), version == nil else { return }
        let isOver = fields[.status].map { status in
            (type.withdrawn + type.notInForce).contains { fields.tape.isString(status, $0) }
        }
        guard !(isOver ?? false) else {
            unaskedCount += 1
            return
        }
        matched = plan.rules.indices.filter { plan.rules[$0].resource == type }
        rejectOncePerInput(.codeUnresolved, at: position, fields, "medication[x]")
        matched.removeAll(keepingCapacity: true)
    }

    // MARK: One record for two inputs

    /// Takes a record from all inputs for which its codes say different things.
    ///
    /// A code used for systolic and diastolic alike tells of neither. Two inputs that ask for the
    /// same code (the latest and the worst creatinine) share it by intention, so only rules without
    /// a common code contradict each other.
    private mutating func dropSharedRules(_ fields: ResourceFields, at position: Int) {
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

    // MARK: Code, subject, type

    /// Fills `matched` with the rules that ask for any coding of the resource, ascending.
    private mutating func findRules(_ fields: ResourceFields, at position: Int) {
        matched.removeAll(keepingCapacity: true)
        hitCount = 0
        isCodeUnresolved = false
        if let code = fields.code {
            match(concept: code, on: fields.tape, at: position)
        }
        if !plan.otherTypes.isEmpty { findOtherRules(fields, at: position) }
        if matched.count > 1 { matched.sort() }
        if !matched.isEmpty { dropRulesOfMissingComponents(fields) }
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
        guard let type = ResourceType(fields), plan.otherTypes.contains(type) else { return }
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
            guard let code = medications.code(of: fields) else {
                isCodeUnresolved = true
                break
            }
            match(concept: code.place, on: code.tape, at: position)
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
        components.removeAll(keepingCapacity: true)
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

    private func componentPosition(_ codes: CodeIndex<Bool>, on tape: JSONTape) -> Int? {
        components.firstIndex { Self.isCoded($0, codes, on: tape) }
    }

    /// Two components of one code leave open which is meant.
    private func hasSeveralComponents(_ codes: CodeIndex<Bool>, on tape: JSONTape) -> Bool {
        guard components.count > 1 else { return false }
        return components.count { Self.isCoded($0, codes, on: tape) } > 1
    }

    private static func isCoded(
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

    /// A resource whose subject is missing cannot be tied to the patient, so it is refused too.
    private func subjectFinding(_ fields: ResourceFields) -> Finding? {
        guard let reference = fields.subject else {
            return matched.isEmpty ? nil : .subjectMissing
        }
        switch subject.judge(reference, on: fields.tape) {
        case .finding(let finding): return finding
        case .other: return .otherPatient
        case .same: break
        }
        // R4 Observation.focus: what it is about when that is not the subject.
        guard !matched.isEmpty, let focus = fields[.focus] else { return nil }
        var next = fields.tape.firstElement(of: focus)
        while let reference = next {
            next = fields.tape.element(after: reference, of: focus)
            guard case .same = subject.judge(reference, on: fields.tape) else {
                return .otherFocus
            }
        }
        return nil
    }

    private mutating func matchType(_ fields: ResourceFields, at position: Int) {
        let type = ResourceType(fields)
        let plan = plan
        guard matched.contains(where: { plan.rules[$0].resource == type }) else {
            rejectOncePerInput(.wrongType, at: position, fields, "resourceType")
            matched.removeAll(keepingCapacity: true)
            return
        }
        matched.removeAll { plan.rules[$0].resource != type }
    }

    // MARK: Judging

    /// Judges the matched rules input by input; the furthest fault speaks where none passes.
    private mutating func judgeMatched(_ fields: ResourceFields, at position: Int) {
        let plan = plan
        var index = 0
        while index < matched.count {
            let input = plan.rules[matched[index]].input
            var furthest: (fault: Fault, rule: Int)?
            var hasPassed = false
            while index < matched.count, plan.rules[matched[index]].input == input {
                let rule = matched[index]
                index += 1
                do throws(Fault) {
                    try judge(rule, fields, at: position)
                    hasPassed = true
                } catch {
                    if error.finding.rank > (furthest?.fault.finding.rank ?? -1) {
                        furthest = (error, rule)
                    }
                }
            }
            guard !hasPassed, let furthest else { continue }
            let fault = furthest.fault
            reject(
                fault.finding,
                rule: furthest.rule,
                at: position,
                fields,
                fault.path,
                reading: fault.reading
            )
        }
    }

    private mutating func judge(
        _ ruleIndex: Int,
        _ fields: ResourceFields,
        at position: Int
    ) throws(Fault) {
        let rule = plan.rules[ruleIndex]
        var component: (position: Int, fields: ValueFields)?
        if rule.readsComponent,
            let place = componentPosition(rule.componentIndex, on: fields.tape)
        {
            component = (place, components[place])
        }
        if rule.readsComponent {
            guard component != nil else { throw panelFault(fields) }
            guard !hasSeveralComponents(rule.componentIndex, on: fields.tape) else {
                throw Fault(.severalValues, "component")
            }
        }
        // What is coded as something else besides is neither: R4 lets codings only translate.
        if !rule.excludedIndex.isEmpty,
            Self.isCoded(component?.fields ?? fields.body, rule.excludedIndex, on: fields.tape)
        {
            let place = component.map { "component[\($0.position)]." } ?? ""
            throw Fault(.codesShared, place + "code.coding")
        }
        let verdict = try rule.judge(
            fields,
            component: component,
            now: now,
            variables: variables
        )
        add(
            Candidate(
                rule: ruleIndex,
                input: rule.input,
                position: rule.position,
                place: position,
                resource: fields,
                verdict: verdict
            )
        )
    }

    /// A panel without the component: absent as a whole, or without this part.
    private func panelFault(_ fields: ResourceFields) -> Fault {
        fields.body.dataAbsentReason == nil
            ? Fault(.componentMissing, "component") : Fault(.dataAbsent, "dataAbsentReason")
    }

    private mutating func add(_ candidate: Candidate) {
        let input = candidate.input
        let leader = best[input]
        if leader < 0
            || candidate.isPreferred(to: candidates[leader], by: plan.inputs[input])
        {
            best[input] = candidates.count
        }
        candidates.append(candidate)
    }

    // MARK: Rejections

    private mutating func rejectOncePerInput(
        _ finding: Finding,
        at position: Int,
        _ fields: ResourceFields,
        _ path: String
    ) {
        var last = -1
        for rule in matched where plan.rules[rule].input != last {
            last = plan.rules[rule].input
            reject(finding, rule: rule, at: position, fields, path)
        }
    }

    private mutating func reject(
        _ finding: Finding,
        rule: Int?,
        at position: Int,
        _ fields: ResourceFields,
        _ path: String,
        reading: MappingReport.Value? = nil
    ) {
        rejections.append(
            PendingRejection(
                finding: finding,
                rule: rule,
                resourceIndex: position,
                resource: fields,
                path: path,
                reading: reading
            )
        )
    }

    // MARK: Ties

    /// Lets the value that wins ties win over a measurement of another kind shortly after.
    ///
    /// An oxygen flow of zero says nothing of a mask at 40 % ten minutes ago.
    mutating func settleNearTies() {
        for (position, candidate) in candidates.enumerated() {
            let input = plan.inputs[candidate.input]
            let leader = candidates[best[candidate.input]]
            guard let wanted = input.onTie, let seconds = input.tieSeconds,
                candidate.reading.value == wanted, leader.reading.value != wanted,
                candidate.position != leader.position, !input.selection.isAggregate,
                plan.rules[candidate.rule].threshold != nil,
                plan.rules[leader.rule].threshold != nil,
                abs(leader.order.microseconds(since: candidate.order))
                    <= Int64(seconds) * 1_000_000
            else { continue }
            best[candidate.input] = position
        }
    }
}

extension Finding {
    /// The place of the reason in the order of testing.
    var rank: Int { reason.rank }
}

extension RejectionReason {
    /// The place in the order of testing, from zero.
    var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
