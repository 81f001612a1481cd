import Basics
import ClinicalEngine
import JSON
import Mapping

/// Holds what came of a golden case against what it expects, member by member.
struct CaseCheck {
    let trial: ProfileTrial
    let hasModel: Bool
    let hasService: Bool
    private(set) var differences: [CaseDifference] = []
    private(set) var fault: String?

    init(trial: ProfileTrial, hasModel: Bool, hasService: Bool) {
        self.trial = trial
        self.hasModel = hasModel
        self.hasService = hasService
    }

    mutating func run(_ expected: JSONValue) {
        for (name, value) in expected.members {
            let member = name.stringValue ?? ""
            switch member {
            case "inputs":
                for (name, value) in value.members { checkInput(name.stringValue ?? "", value) }
            case "rejections":
                if !value.isNull { checkRejections(value) }
            case "applicability":
                compare(member, value, .text(Self.text(trial.report.applicability)))
            case "unasked": compare(member, value, .number(Double(trial.report.unaskedCount)))
            case "subjectMismatch": compare(member, value, .flag(trial.report.hasSubjectMismatch))
            case "status", "score", "bounds", "cards": checkDecision(member, value)
            default: fail("the case expects something unknown: \(member)")
            }
        }
    }

    // MARK: Inputs

    private mutating func checkInput(_ name: String, _ expected: JSONValue) {
        let inputs = trial.report.inputs + trial.report.facts
        guard let input = inputs.first(where: { $0.name == name }) else {
            return fail("the case expects an input that the profile does not have: \(name)")
        }
        let member = "inputs." + name
        guard expected.kind == .object else {
            let actual = Self.value(input.value)
            guard !Self.isEqual(expected, actual) else { return }
            return differ(member, expected, actual, place: expected, Self.whole(input))
        }
        for (name, value) in expected.members {
            checkMember(name.stringValue ?? "", value, of: input, in: expected)
        }
    }

    private mutating func checkMember(
        _ name: String,
        _ expected: JSONValue,
        of input: MappingReport.Input,
        in whole: JSONValue
    ) {
        let member = "inputs.\(input.name).\(name)"
        switch name {
        case "value":
            guard input.value != nil else {
                return differ(member, expected, .null, place: whole, Self.whole(input))
            }
            compare(member, expected, Self.value(input.value))
        case "missing":
            guard input.value == nil else {
                let actual = Self.value(input.value)
                return differ(member, expected, actual, place: whole, Self.whole(input))
            }
            compare(member, expected, .text(input.missingReason?.rawValue ?? ""))
        case "source": compare(member, expected, .text(input.source?.resource ?? ""))
        case "path": compare(member, expected, .text(input.source?.path ?? ""))
        case "rule": compare(member, expected, input.rule.map { .number(Double($0)) } ?? .null)
        case "ageSeconds":
            compare(
                member,
                expected,
                input.source?.ageSeconds.map { .number(Double($0)) } ?? .null
            )
        case "flags": compare(member, expected, .list(input.flags.map { .text($0.rawValue) }))
        default: fail("the case expects something unknown of \(input.name): \(name)")
        }
    }

    /// What the case would expect of an input that has lost or won its value.
    private static func whole(_ input: MappingReport.Input) -> JSONLayout {
        guard input.value == nil else { return value(input.value) }
        guard let reason = input.missingReason else { return .null }
        return .object([.init("missing", .text(reason.rawValue))])
    }

    // MARK: Rejections

    private mutating func checkRejections(_ expected: JSONValue) {
        let members = ["resource", "reason", "path", "input"]
        let wanted = expected.elements.map { item in
            (
                key: members.map { item[$0]?.stringValue ?? "" }.joined(separator: " "),
                accepted: item["accepted"]?.stringValue
            )
        }
        var open = wanted
        var extra: [MappingReport.Rejection] = []
        var items: [JSONLayout] = []
        for rejection in trial.report.rejections {
            let key = Self.key(rejection)
            let place =
                open.firstIndex { $0.key == key && $0.accepted == rejection.accepted }
                ?? open.firstIndex { $0.key == key && $0.accepted == nil }
            let statesAccepted = wanted.contains { $0.key == key && $0.accepted != nil }
            items.append(Self.item(rejection, statesAccepted: statesAccepted))
            if let place { open.remove(at: place) } else { extra.append(rejection) }
        }
        guard !open.isEmpty || !extra.isEmpty else { return }
        let lost = open.map { $0.key + ($0.accepted.map { ", accepted: " + $0 } ?? "") }
        let found = extra.map { rejection in
            let key = Self.key(rejection)
            let states = wanted.contains { $0.key == key && $0.accepted != nil }
            return key + (states ? ", accepted: " + rejection.accepted : "")
        }
        differences.append(
            CaseDifference(
                member: "rejections",
                expected: lost.isEmpty ? "no more than the others" : lost.joined(separator: "; "),
                actual: found.isEmpty ? "not there" : found.joined(separator: "; "),
                place: expected,
                replacement: .list(items)
            )
        )
    }

    private static func key(_ rejection: MappingReport.Rejection) -> String {
        let reason = rejection.reason.rawValue
        return "\(rejection.resource) \(reason) \(rejection.path) \(rejection.input ?? "")"
    }

    private static func item(
        _ rejection: MappingReport.Rejection,
        statesAccepted: Bool
    ) -> JSONLayout {
        var members: [JSONLayout.Member] = [
            .init("resource", .text(rejection.resource)),
            .init("reason", .text(rejection.reason.rawValue)),
            .init("path", .text(rejection.path)),
            .init("input", .text(rejection.input ?? "")),
        ]
        if statesAccepted {
            members.append(.init("accepted", .text(rejection.accepted)))
        }
        return .object(members)
    }

    // MARK: Score and cards

    private mutating func checkDecision(_ member: String, _ expected: JSONValue) {
        guard hasModel else {
            return fail("the case expects \(member), and the profile's model does not load")
        }
        guard hasService || member != "cards" else {
            return fail("the case expects cards, and no service that loads uses the profile")
        }
        let evaluation = trial.evaluation
        switch member {
        case "status":
            compare(member, expected, evaluation.map { .text($0.status.rawValue) } ?? .null)
        case "score":
            compare(member, expected, evaluation?.value.map { .number($0) } ?? .null)
        case "bounds":
            let bounds = [evaluation?.lower, evaluation?.upper].compactMap { $0 }
            compare(member, expected, .list(bounds.map { .number($0) }))
        default: compare(member, expected, .list(trial.cards.map { .text($0.name) }))
        }
    }

    // MARK: Comparing

    private mutating func compare(_ member: String, _ expected: JSONValue, _ actual: JSONLayout) {
        guard !Self.isEqual(expected, actual) else { return }
        differ(member, expected, actual, place: expected, actual)
    }

    private mutating func differ(
        _ member: String,
        _ expected: JSONValue,
        _ actual: JSONLayout,
        place: JSONValue,
        _ replacement: JSONLayout
    ) {
        differences.append(
            CaseDifference(
                member: member,
                expected: Self.text(expected),
                actual: Self.text(actual),
                place: place,
                replacement: replacement
            )
        )
    }

    private mutating func fail(_ sentence: String) {
        fault = fault ?? sentence
    }

    private static func isEqual(_ expected: JSONValue, _ actual: JSONLayout) -> Bool {
        switch actual {
        case .null: expected.isNull
        case .text(let text): text == self.text(expected)
        case .flag(let flag): self.text(expected) == (flag ? "true" : "false")
        case .number(let number): Self.number(expected).map { $0.doubleValue == number } ?? false
        case .list(let items):
            expected.kind == .array && Array(expected.elements).count == items.count
                && zip(expected.elements, items).allSatisfy { isEqual($0, $1) }
        case .object: false
        }
    }

    /// A number, which may also be written as text.
    private static func number(_ value: JSONValue) -> DecimalNumber? {
        value.decimalValue ?? value.stringValue.flatMap { DecimalNumber(text: $0) }
    }

    private static func text(_ value: JSONLayout) -> String {
        switch value {
        case .null: "missing"
        case .text(let text): text
        case .flag(let flag): flag ? "true" : "false"
        case .number(let number): JSONLayout.digits(number)
        case .list(let items): "[" + items.map { text($0) }.joined(separator: ", ") + "]"
        case .object(let members): members.map(\.name).joined(separator: ", ")
        }
    }

    private static func text(_ value: JSONValue) -> String {
        switch value.kind {
        case .null: "missing"
        case .array: "[" + value.elements.map { text($0) }.joined(separator: ", ") + "]"
        case .object, .true, .false, .number, .string:
            value.stringValue ?? String(decoding: value.rawBytes, as: UTF8.self)
        }
    }

    private static func value(_ value: MappingReport.Value?) -> JSONLayout {
        switch value {
        case .quantity(let number, let unit): .text(number.text + " " + unit)
        case .code(let code): .text(code)
        case .boolean(let flag): .flag(flag)
        case nil: .null
        }
    }

    private static func text(_ applicability: MappingReport.Applicability) -> String {
        switch applicability {
        case .applies: "applies"
        case .notApplicable(let code, _), .undecided(let code, _): code
        }
    }
}
