import Basics
import JSON

/// One walk over the resources of a request, whatever the moment of evaluation.
///
/// Each resource is looked at once; its codes find the rules that ask for it in a hash table, so
/// the cost grows with the resources and not with the inputs. What came of it is held against a
/// moment by `MomentPass`, and may be held against several.
struct MappingPass {
    let plan: ProfilePlan
    private let subject: SubjectMatcher
    /// What each rule made of each resource it asks for, ordered by resource, input and rule.
    private(set) var cases: [Case] = []
    /// What is rejected at every moment, beside the cases.
    private(set) var rejections: [PendingRejection] = []
    private(set) var unaskedCount = 0
    private(set) var hasSubjectMismatch = false

    var matched: [Int] = []
    var lastMatch: [Int]
    var components: [ValueFields] = []
    let medications: MedicationIndex
    private let variables: VariableValues
    /// What does not hang on the moment is read as of any.
    private static let anyMoment = Instant(microseconds: 0)
    /// How many codings of the resource in hand some rule asks for.
    var hitCount = 0
    /// Whether what the resource in hand is about could not be looked up.
    var isCodeUnresolved = false
    /// Whether it names twice what it is about, and differently.
    var isCodeContradicted = false

    /// What a rule made of a resource that it asks for.
    enum Case {
        case candidate(Candidate)
        case rejection(PendingRejection)
        /// What the rule reads hangs on the moment.
        case open(OpenCase)
    }

    /// A resource that a rule has to read anew for each moment.
    final class OpenCase {
        let rule: Int
        let longestWindowSeconds: Int
        let resourceIndex: Int
        let resource: ResourceFields
        let component: (position: Int, fields: ValueFields)?

        init(
            _ rule: Int,
            longestWindowSeconds: Int,
            at resourceIndex: Int,
            _ resource: ResourceFields,
            _ component: (position: Int, fields: ValueFields)?
        ) {
            self.rule = rule
            self.longestWindowSeconds = longestWindowSeconds
            self.resourceIndex = resourceIndex
            self.resource = resource
            self.component = component
        }
    }

    /// Whether what does not hang on the moment is read during the walk, and not for each moment.
    private let readsAhead: Bool

    init(
        plan: ProfilePlan,
        subject: SubjectMatcher,
        medications: MedicationIndex,
        readsAhead: Bool
    ) {
        self.readsAhead = readsAhead
        self.medications = medications
        self.plan = plan
        self.subject = subject
        lastMatch = Array(repeating: -1, count: plan.rules.count)
        variables = VariableValues(
            plan.variables,
            patient: nil,
            resources: [],
            encounterID: nil,
            now: Self.anyMoment
        )
    }

    /// Looks at the Patient itself, which is no observation but may hold inputs.
    mutating func visit(patient: JSONValue, isPatientInContext: Bool) {
        guard isPatientInContext else {
            hasSubjectMismatch = true
            reject(.otherPatient, rule: nil, at: -1, ResourceFields(patient), "id")
            return
        }
        guard !plan.patientRules.isEmpty else { return }
        matched = plan.patientRules
        readMatched(ResourceFields(patient), at: -1)
    }

    /// Looks at any other resource; `version` says why another version of it counts, if one does.
    mutating func visit(_ json: JSONValue, at position: Int, version: Finding? = nil) {
        let (tape, place) = (json.tape, json.place)
        let code = tape.present(MemberNames.code, of: place)
        findRules(code, on: tape, at: position)
        let about = ResourceFields.subject(of: place, on: tape)
        guard !matched.isEmpty || plan.looksAtTypes else {
            // Nobody asks for it: this must cost next to nothing.
            guard let about, case .other = subject.judge(about, on: tape) else {
                unaskedCount += 1
                return
            }
            hasSubjectMismatch = true
            let fields = ResourceFields(tape, place, subject: about, code: code)
            return reject(.otherPatient, rule: nil, at: position, fields, "subject")
        }
        let fields = ResourceFields(tape, place, subject: about, code: code)
        findMoreRules(fields, at: position)
        visit(fields, at: position, version)
    }

    private mutating func visit(
        _ fields: ResourceFields,
        at position: Int,
        _ version: Finding?
    ) {
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
        readMatched(fields, at: position)
    }

    /// What is not known may be any of those asked for, unless it is not in force.
    private mutating func rejectUnresolved(
        _ fields: ResourceFields,
        at position: Int,
        _ version: Finding?
    ) {
        let type = fields.type
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
        guard fields.subject != nil || !matched.isEmpty else { return nil }
        if let finding = subject.finding(fields) { return finding }
        return matched.isEmpty ? nil : subject.focusFinding(fields)
    }

    private mutating func matchType(_ fields: ResourceFields, at position: Int) {
        let type = fields.type
        let plan = plan
        if matched.count == 1, plan.rules[matched[0]].resource == type { return }
        guard matched.contains(where: { plan.rules[$0].resource == type }) else {
            rejectOncePerInput(.wrongType, at: position, fields, "resourceType")
            matched.removeAll(keepingCapacity: true)
            return
        }
        matched.removeAll { plan.rules[$0].resource != type }
    }

    // MARK: Reading

    private mutating func readMatched(_ fields: ResourceFields, at position: Int) {
        for rule in matched {
            do throws(Fault) {
                try read(rule, fields, at: position)
            } catch {
                cases.append(
                    .rejection(
                        PendingRejection(
                            error.finding,
                            rule: rule,
                            windowSeconds: longestWindow(like: rule),
                            at: position,
                            fields,
                            error.path,
                            reading: error.reading
                        )
                    )
                )
            }
        }
    }

    private mutating func read(
        _ ruleIndex: Int,
        _ fields: ResourceFields,
        at position: Int
    ) throws(Fault) {
        let rule = plan.rules[ruleIndex]
        var component: (position: Int, fields: ValueFields)?
        if rule.readsComponent {
            guard let place = componentPosition(rule.componentIndex, on: fields.tape) else {
                throw panelFault(fields)
            }
            guard !hasSeveralComponents(rule.componentIndex, on: fields.tape) else {
                throw Fault(.severalValues, "component")
            }
            component = (place, components[place])
        }
        // What is coded as something else besides is neither: R4 lets codings only translate.
        if !rule.excludedIndex.isEmpty,
            Self.isCoded(component?.fields ?? fields.body, rule.excludedIndex, on: fields.tape)
        {
            let place = component.map { "component[\($0.position)]." } ?? ""
            throw Fault(.codesShared, place + "code.coding")
        }
        try testParts(beside: rule, fields)
        guard readsAhead, !rule.hangsOnMoment else {
            let open = OpenCase(
                ruleIndex,
                longestWindowSeconds: longestWindow(like: ruleIndex),
                at: position,
                fields,
                component
            )
            cases.append(.open(open))
            return
        }
        let verdict = try rule.judge(
            fields,
            component: component,
            now: Self.anyMoment,
            variables: variables
        )
        cases.append(
            .candidate(
                Candidate(
                    rule: ruleIndex,
                    input: rule.input,
                    position: rule.position,
                    longestWindowSeconds: longestWindow(like: ruleIndex),
                    place: position,
                    resource: fields,
                    verdict: verdict
                )
            )
        )
    }

    /// A panel without the component: absent as a whole, or without this part.
    ///
    /// A cuff that gave two pressures has no third that could not be read. Only a component whose
    /// code is not told might be the one asked for.
    private func panelFault(_ fields: ResourceFields) -> Fault {
        guard fields.body.dataAbsentReason == nil else {
            return Fault(.dataAbsent, "dataAbsentReason")
        }
        let hasOthers = components.contains { $0.values != nil && $0.dataAbsentReason == nil }
        let areTold = components.allSatisfy { Self.isCoded($0.code, on: fields.tape) }
        return Fault(hasOthers && areTold ? .partMissing : .componentMissing, "component")
    }

    /// A code that is the fact itself tolerates no component that another alternative of the
    /// input would read otherwise: no flow of 4 L/min beside breathing room air.
    private func testParts(
        beside rule: SourceRule,
        _ fields: ResourceFields
    ) throws(Fault) {
        guard case .nothing = rule.reader, !rule.readsComponent, let constant = rule.constant,
            let list = fields[.component]
        else { return }
        // What bars the record itself comes first.
        _ = try rule.judge(fields, component: nil, now: Self.anyMoment, variables: variables)
        for (position, component) in JSONValue(fields.tape, list).elements.enumerated() {
            let part = ValueFields(component: component.place, on: fields.tape)
            let askers = plan.rules.filter {
                $0.input == rule.input && !$0.hangsOnMoment
                    && Self.isCoded(part, $0.componentIndex, on: fields.tape)
            }
            var agrees: Bool?
            for asker in askers where agrees != true {
                do throws(Fault) {
                    let verdict = try asker.judge(
                        fields,
                        component: (position, part),
                        now: Self.anyMoment,
                        variables: variables
                    )
                    agrees = verdict.reading.value == constant && !verdict.isImplausible
                } catch {
                    if error.finding.reason != .absent { agrees = agrees ?? false }
                }
            }
            if agrees == false { throw Fault(.factContradicted, "component[\(position)]") }
        }
    }

    // MARK: Rejections

    /// The longest window of the input's alternatives that asked for the resource: it might have
    /// been taken by any of them.
    private func longestWindow(like rule: Int) -> Int {
        let input = plan.rules[rule].input
        var seconds = plan.rules[rule].windowSeconds
        guard matched.count > 1 else { return seconds }
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

    private mutating func reject(
        _ finding: Finding,
        rule: Int?,
        at position: Int,
        _ fields: ResourceFields,
        _ path: String
    ) {
        rejections.append(
            PendingRejection(
                finding,
                rule: rule,
                windowSeconds: rule.map { longestWindow(like: $0) } ?? 0,
                at: position,
                fields,
                path
            )
        )
    }
}

extension Finding {
    /// The place of the reason in the order of testing.
    var rank: Int { reason.rank }
}
