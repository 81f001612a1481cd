import Basics
import FHIR
import FHIRPath
import JSON

/// Walks the rules of a profile and the elements of one resource together.
///
/// The walk goes no deeper than the JSON nests, which the scanner limits.
struct StructureChecker {
    let rules: [ElementRule]
    let resource: JSONValue
    let now: Instant
    private(set) var report = StructureReport()

    init(rules: [ElementRule], resource: JSONValue, now: Instant) {
        self.rules = rules
        self.resource = resource
        self.now = now
    }

    /// The report on a resource of another type.
    func reportOfWrongResource(accepted: String) -> StructureReport {
        var report = StructureReport()
        report.findings = [
            StructureFinding(kind: .wrongResource, path: "resourceType", accepted: accepted)
        ]
        return report
    }

    /// Checks the whole resource.
    mutating func check() {
        let root = ElementInstance(
            json: resource,
            shadow: nil,
            type: rules[0].name,
            path: "",
            isInList: false,
            hasValue: true
        )
        check(root, against: 0)
    }

    mutating func add(_ kind: StructureFinding.Kind, _ path: String, _ accepted: String) {
        guard report.findings.count < Limits.structureFindingsMax else {
            report.isCutShort = true
            return
        }
        report.findings.append(StructureFinding(kind: kind, path: path, accepted: accepted))
    }

    // MARK: Elements

    private mutating func check(_ instance: ElementInstance, against index: Int) {
        let rule = rules[index]
        for gap in rule.gaps {
            let gap = StructureGap(element: rule.id, what: gap)
            if !report.notChecked.contains(gap) { report.notChecked.append(gap) }
        }
        // A value of the wrong type says nothing about its parts.
        guard checkType(instance, rule) else { return }
        checkValue(instance, rule)
        for constraint in rule.constraints { check(constraint, instance) }
        var owner = rule
        if let reference = rule.contentReference,
            let found = rules.first(where: { $0.id == reference })
        {
            owner = found
        }
        for child in owner.children { checkChildren(of: instance, child) }
    }

    private mutating func checkChildren(of parent: ElementInstance, _ index: Int) {
        let rule = rules[index]
        let instances = parent.children(rule)
        let place = parent.path.isEmpty ? rule.name : parent.path + "." + rule.name
        checkCount(instances.count, rule, at: place)
        if let isList = rule.isList, let first = instances.first, first.isInList != isList {
            let name = isList ? "an array" : "one value"
            add(isList ? .notList : .list, place, name)
        }
        for instance in instances { check(instance, against: index) }
        if !rule.slices.isEmpty { checkSlices(rule, instances, at: place) }
    }

    private mutating func checkCount(_ count: Int, _ rule: ElementRule, at place: String) {
        let upper = rule.maximum.map(String.init) ?? "*"
        let accepted = "\(rule.minimum) to \(upper)"
        let path = rule.sliceName.map { place + ":" + $0 } ?? place
        if count < rule.minimum { add(.tooFew, path, accepted) }
        if let maximum = rule.maximum, count > maximum { add(.tooMany, path, accepted) }
    }

    // MARK: Slices

    private mutating func checkSlices(
        _ rule: ElementRule,
        _ instances: [ElementInstance],
        at place: String
    ) {
        var counts = Array(repeating: 0, count: rule.slices.count)
        var last = 0
        var hasUnmatched = false
        for instance in instances {
            let match = rule.slices.firstIndex { slice in
                rules[slice].membership.allSatisfy { passes($0, instance) }
            }
            guard let match else {
                hasUnmatched = true
                if rule.slicing?.rules == .closed {
                    add(.slice, instance.path, sliceNames(rule))
                }
                continue
            }
            counts[match] += 1
            let isOrdered = rule.slicing?.isOrdered ?? false
            let isLate = hasUnmatched && rule.slicing?.rules == .openAtEnd
            if isOrdered && match < last || isLate {
                add(.sliceOrder, instance.path, sliceNames(rule))
            }
            last = max(last, match)
            check(instance, against: rule.slices[match])
        }
        for (position, slice) in rule.slices.enumerated() {
            checkCount(counts[position], rules[slice], at: place)
        }
    }

    private func sliceNames(_ rule: ElementRule) -> String {
        rule.slices.compactMap { rules[$0].sliceName }.joined(separator: ", ")
    }

    private func passes(_ test: SliceTest, _ instance: ElementInstance) -> Bool {
        var reached = [instance]
        for step in test.steps { reached = reached.flatMap { $0.children(step) } }
        switch test.demand {
        case .equal(let value): return reached.contains { PatternMatch.isEqual($0.json, to: value) }
        case .holds(let value): return reached.contains { PatternMatch.holds(value, in: $0.json) }
        case .text(let text): return reached.contains { $0.json.isString(text) }
        case .member(let table): return reached.contains { Self.isMember($0.json, of: table) }
        case .exists(let wanted): return reached.isEmpty != wanted
        case .types(let types):
            return reached.contains { instance in
                let own = instance.json["resourceType"]?.stringValue ?? instance.type
                return types.contains { Self.isType(own, $0) }
            }
        }
    }

    // MARK: Constraints

    private mutating func check(_ constraint: Constraint, _ instance: ElementInstance) {
        let path = instance.path.isEmpty ? rules[0].name : instance.path
        switch constraint.test {
        case .containedIsReferenced:
            for place in ContainedReferences(resource).unused {
                add(.constraint, place, constraint.key + ": a reference to it")
            }
        case .expression(let expression):
            let accepted = constraint.key + ": " + expression.text
            var environment = FHIRPathEnvironment(
                focus: [],
                variables: [
                    "resource": [.element(resource)], "rootResource": [.element(resource)],
                    "context": [.element(resource)],
                ],
                now: now
            )
            environment.typedFocus = FHIRPathEnvironment.TypedFocus(
                json: instance.json,
                shadow: instance.shadow,
                type: instance.type
            )
            do throws(FHIRPathError) {
                // A constraint that gives nothing does not hold: it must be true.
                guard try expression.evaluateBoolean(in: environment) != true else { return }
                add(.constraint, path, accepted)
            } catch {
                add(.constraintNotEvaluated, path, accepted)
            }
        }
    }
}
