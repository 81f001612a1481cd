import CDSHooks
import ClinicalEngine
import JSON
import Mapping

/// What a result said, as far as it can get worse.
struct Assessment: Sendable, Equatable {
    /// The number that the model gave.
    var value: Double?
    /// The category or segment.
    var category: String?
    /// The probability of each category.
    var probabilities: [String: Double] = [:]
    /// The inputs that were not observed: missing, assumed, or replaced by the model.
    var absent: Set<String> = []

    /// A check of interactions, which gives no number; `nil` when not all could be checked.
    init?(_ decision: InteractionDecision) {
        switch decision.status {
        case .tooMany, .incomplete: return nil
        case .nothingAsked, .found, .notCovered, .none: break
        }
        guard !decision.isIncomplete else { return nil }
    }

    /// A result of parts.
    init(
        value: Double? = nil,
        category: String? = nil,
        probabilities: [String: Double] = [:],
        absent: Set<String> = []
    ) {
        self.value = value
        self.category = category
        self.probabilities = probabilities
        self.absent = absent
    }

    /// A result; `nil` when not everything was computed from whole data.
    ///
    /// What could not be computed, or may have been left out, is told each time.
    init?(_ report: MappingReport, _ evaluation: Evaluation?, _ gaps: DataGaps) {
        guard let evaluation, evaluation.status == .complete, !gaps.isPartial, !gaps.isCut else {
            return nil
        }
        value = evaluation.value
        category = evaluation.category ?? evaluation.segment?.id
        for probability in evaluation.probabilities {
            probabilities[probability.category] = probability.value
        }
        for input in report.inputs
        where input.value == nil || input.flags.contains(.assumed)
            || input.flags.contains(.imputed)
        {
            absent.insert(input.name)
        }
        // What an optional key would have fed, and the client did not send.
        absent.formUnion(gaps.unsent)
        absent.formUnion(evaluation.missing)
        absent.formUnion(evaluation.imputed)
    }

    /// Whether it is worse than an earlier one, or something that was there then is not known now.
    func isWorse(than earlier: Assessment, by rule: SuppressionRule) -> Bool {
        if !absent.isSubset(of: earlier.absent) || category != earlier.category { return true }
        // Which category is the bad one is not known here, so every change counts.
        guard Set(probabilities.keys) == Set(earlier.probabilities.keys) else { return true }
        for (name, probability) in probabilities {
            guard let before = earlier.probabilities[name] else { return true }
            if abs(probability - before) > rule.tolerance { return true }
        }
        guard let value, let before = earlier.value else {
            return (value == nil) != (earlier.value == nil)
        }
        switch rule.worse {
        case .anyChange: return abs(value - before) > rule.tolerance
        case .higher: return value - before > rule.tolerance
        case .lower: return before - value > rule.tolerance
        }
    }

    // MARK: Text

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        // Text, because it must come back as the same number.
        if let value { writer.member("value", "\(value)") }
        if let category { writer.member("category", category) }
        if !probabilities.isEmpty {
            writer.name("probabilities")
            writer.beginObject()
            for (name, value) in probabilities.sorted(by: { $0.key < $1.key }) {
                writer.member(name, "\(value)")
            }
            writer.endObject()
        }
        writer.name("absent")
        writer.beginArray()
        for name in absent.sorted() { writer.value(name) }
        writer.endArray()
        writer.endObject()
    }

    init?(_ json: JSONValue?) {
        guard let json, json.kind == .object, let names = json["absent"] else { return nil }
        if let text = json["value"] {
            guard let number = text.stringValue.flatMap(Double.init), number.isFinite else {
                return nil
            }
            value = number
        }
        category = json["category"]?.stringValue
        for (name, text) in json["probabilities"]?.members.map({ $0 }) ?? [] {
            guard let name = name.stringValue, let number = text.stringValue.flatMap(Double.init)
            else { return nil }
            probabilities[name] = number
        }
        absent = Set(names.elements.compactMap(\.stringValue))
    }
}
