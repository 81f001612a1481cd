import Basics
import JSON
import Mapping

/// How an input came by its value, beyond what the report says: the rule and what lost to it.
struct InputStory {
    /// A resource that was not taken, as its reader needs it.
    struct Other {
        let rejection: MappingReport.Rejection
        /// The value as it is written in the resource.
        let value: String?
        /// When it holds.
        let moment: Instant?
    }

    /// The input.
    let input: MappingReport.Input
    /// How many alternatives the profile gives it.
    let ruleCount: Int
    /// Every token it asks for, in the order of the alternatives.
    let askedTokens: [String]
    /// How old a value may be, as the profile writes it.
    let window: String?
    /// The tokens of the resource that the rule asks for; of a component behind the resource's.
    let matchedTokens: [String]
    /// The step of chart rounding, when the value was rounded.
    let rounding: String?
    /// What was asked for and not taken, the newest first.
    let others: [Other]

    /// Gathers the story.
    ///
    /// - Parameters:
    ///   - input: the input or fact of the report.
    ///   - report: the whole report.
    ///   - profile: the profile's document.
    ///   - resources: the patient's resources by name.
    init(
        _ input: MappingReport.Input,
        in report: MappingReport,
        profile: JSONValue?,
        resources: ResourceFacts
    ) {
        self.input = input
        let all = ["inputs", "facts"].flatMap { profile?[$0]?.elements.map { $0 } ?? [] }
        let definition = all.first { $0["name"]?.isString(input.name) ?? false }
        let rules = definition?["from"]?.elements.map { $0 } ?? []
        ruleCount = rules.count
        var asked: [String] = []
        for token in rules.flatMap({ Self.tokens($0, "code") }) where !asked.contains(token) {
            asked.append(token)
        }
        askedTokens = asked
        let shared =
            definition?["within"]?.stringValue ?? profile?["defaults"]?["within"]?.stringValue
        window = Self.window(of: rules, shared)
        let round = definition?["round"]
        rounding = input.flags.contains(.rounded) ? round?.numberText ?? round?.stringValue : nil

        let components = rules.flatMap { Self.tokens($0, "component") }
        var matched: [String] = []
        if let rule = input.rule, rules.indices.contains(rule), let source = input.source,
            let resource = resources[source.resource]
        {
            let wanted = Self.tokens(rules[rule], "code")
            matched = ResourceFacts.tokens(resource).filter { wanted.contains($0) }
            let parts = Self.tokens(rules[rule], "component")
            let found = (resource["component"]?.elements.map { $0 } ?? [])
                .flatMap { ResourceFacts.tokens($0) }.filter { parts.contains($0) }
            if let part = found.first {
                matched =
                    matched.isEmpty ? [part] : [matched.joined(separator: ", ") + " > " + part]
            }
        }
        matchedTokens = matched
        let others = report.rejections.filter { $0.input == input.name }.map { rejection in
            let resource = resources[rejection.resource]
            return Other(
                rejection: rejection,
                value: resource.flatMap { ResourceFacts.valueText($0, components: components) },
                moment: resource.flatMap { ResourceFacts.moment($0) }
            )
        }
        let oldest = Instant(microseconds: .min)
        self.others = others.enumerated().sorted { left, right in
            let first = left.element.moment ?? oldest
            let second = right.element.moment ?? oldest
            return first != second ? first > second : left.offset < right.offset
        }.map(\.element)
    }

    /// How old a value may be, and where an alternative says otherwise, for which.
    private static func window(of rules: [JSONValue], _ shared: String?) -> String? {
        let own = rules.map { $0["within"]?.stringValue }
        var parts: [String] = []
        if own.contains(nil), let shared { parts.append(shared) }
        for (position, window) in own.enumerated() {
            guard let window else { continue }
            parts.append(own.count == 1 ? window : "\(window) for alternative \(position)")
        }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    private static func tokens(_ rule: JSONValue, _ name: String) -> [String] {
        rule[name]?.elements.compactMap(\.stringValue) ?? []
    }

    /// What was acceptable and lost to another.
    var runnersUp: [Other] { others.filter { Self.isRunnerUp($0.rejection) } }

    /// Whether a resource would have been accepted, had another not been preferred.
    static func isRunnerUp(_ rejection: MappingReport.Rejection) -> Bool {
        rejection.reason == .superseded || rejection.reason == .duplicate
    }

    /// The value in the unit of the profile.
    var valueText: String {
        switch input.value {
        case .quantity(let number, let unit): number.text + (unit == "1" ? "" : " " + unit)
        case .code(let code): code
        case .boolean(let flag): flag ? "true" : "false"
        case nil: "-"
        }
    }

    /// What was done to the value, such as `101.3 [degF] -> 38.5 Cel: (x - 32) * 5/9, rounded to
    /// 0.1`; `nil` when it stands as it stood in the resource.
    var conversionText: String? {
        guard let conversion = input.conversion else { return nil }
        var unit = conversion.originalUnit
        if unit.hasSuffix("|" + conversion.originalText) {
            unit = ""
        }
        let original =
            unit.isEmpty && conversion.originalUnit.contains("|")
            ? conversion.originalUnit : (conversion.originalText + " " + unit).trimmed
        var steps: [String] = []
        if !conversion.formula.isEmpty { steps.append(conversion.formula) }
        if let rounding {
            let exact = Self.shortened(conversion.unrounded)
            let isShown = exact != conversion.originalText
            steps.append((isShown ? "= \(exact), " : "") + "rounded to \(rounding)")
        }
        if input.flags.contains(.unitFromText) { steps.append("unit from its text") }
        let tail = steps.isEmpty ? "" : ": " + steps.joined(separator: " ")
        return TextStyle.safe(original + " -> " + valueText + tail)
    }

    /// A computed number with at most six decimals; the exact one is in the report's JSON.
    private static func shortened(_ text: String) -> String {
        guard let number = DecimalNumber(text: text), number.scale > 6,
            let step = DecimalNumber(coefficient: 1, scale: 6),
            let rounded = number.rounded(toMultipleOf: step)
        else { return text }
        return rounded.normalized.text
    }

    /// The members that the report itself does not have, as one JSON object.
    func writeJSON(to writer: inout JSONWriter, now: Instant) {
        writer.beginObject()
        writer.member("input", input.name)
        writer.member("ruleCount", ruleCount)
        writer.name("matched")
        writer.beginArray()
        for token in matchedTokens { writer.value(token) }
        writer.endArray()
        writer.member("conversion", ifPresent: conversionText)
        writer.name("others")
        writer.beginArray()
        for other in others {
            writer.beginObject()
            writer.member("resource", other.rejection.resource)
            writer.member("path", other.rejection.path)
            writer.member("reason", other.rejection.reason.rawValue)
            writer.member("sentence", other.rejection.sentence)
            writer.member("accepted", other.rejection.accepted)
            writer.member("value", ifPresent: other.value)
            writer.member("effective", ifPresent: other.moment?.text)
            if let moment = other.moment {
                writer.member("ageSeconds", Int(now.microseconds(since: moment) / 1_000_000))
            }
            writer.member("isRunnerUp", Self.isRunnerUp(other.rejection))
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
    }
}
