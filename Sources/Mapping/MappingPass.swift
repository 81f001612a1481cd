import Basics
import JSON

/// One walk over the resources of a request.
///
/// Each resource is looked at once; its codes find the rules that ask for it in a hash table, so
/// the cost grows with the resources and not with the inputs.
struct MappingPass {
    let plan: ProfilePlan
    private let subject: SubjectMatcher
    private let now: Instant
    private(set) var candidates: [Candidate] = []
    private(set) var rejections: [PendingRejection] = []
    private(set) var unaskedCount = 0
    private(set) var hasSubjectMismatch = false
    /// For each input the index of the best candidate so far, or -1.
    var best: [Int]

    var matched: [Int] = []
    var lastMatch: [Int]
    var components: [ValueFields] = []
    let medications: MedicationIndex
    let variables: VariableValues
    /// How many codings of the resource in hand some rule asks for.
    var hitCount = 0
    /// Whether what the resource in hand is about could not be looked up.
    var isCodeUnresolved = false
    /// Whether it names twice what it is about, and differently.
    var isCodeContradicted = false

    /// A rejection before it is turned into text.
    struct PendingRejection {
        let finding: Finding
        /// The rule it failed; `nil` when no rule asks for the resource.
        let rule: Int?
        /// How old it might have been and still be taken.
        let windowSeconds: Int
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

    /// What is not known may be any of those asked for, unless it is not in force.
    private mutating func rejectUnresolved(
        _ fields: ResourceFields,
        at position: Int,
        _ version: Finding?
    ) {
        let type = ResourceType(fields)
        let isMedicine = type?.codePlace == .medication
        if let type, version == nil {
            let rules =
                isMedicine
                ? plan.rules.indices.filter { plan.rules[$0].resource == type }
                : plan.uncodedRules[type] ?? []
            matched = rules.filter { !plan.rules[$0].isOver(fields) }
        }
        if matched.isEmpty { unaskedCount += 1 }
        rejectOncePerInput(
            isCodeContradicted ? .severalValues : .codeUnresolved,
            at: position,
            fields,
            isMedicine ? "medication[x]" : "code"
        )
        matched.removeAll(keepingCapacity: true)
    }

    // MARK: Subject and type

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
            var unread: (fault: Fault, rule: Int)?
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
                    if error.finding.leavesUnread,
                        error.finding.rank > (unread?.fault.finding.rank ?? -1)
                    {
                        unread = (error, rule)
                    }
                }
            }
            guard !hasPassed, var furthest else { continue }
            // Too old for one alternative, and unreadable for another that looks further back.
            if furthest.fault.finding == .stale, let unread,
                plan.rules[unread.rule].windowSeconds > plan.rules[furthest.rule].windowSeconds
            {
                furthest = unread
            }
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

    /// The longest window of the input's alternatives that asked for the resource: it might have
    /// been taken by any of them.
    private func longestWindow(like rule: Int) -> Int {
        let input = plan.rules[rule].input
        var seconds = plan.rules[rule].windowSeconds
        for other in matched where plan.rules[other].input == input {
            seconds = max(seconds, plan.rules[other].windowSeconds)
        }
        return seconds
    }

    mutating func rejectOncePerInput(
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

    mutating func reject(
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
                windowSeconds: rule.map { longestWindow(like: $0) } ?? 0,
                resourceIndex: position,
                resource: fields,
                path: path,
                reading: reading
            )
        )
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
