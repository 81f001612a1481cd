import Basics
import JSON

/// Reads `select` with what belongs to it: `worst`, `normal` and `absent`.
extension InputReader {
    /// The selection, as far as it fits the kind of value.
    func selection(
        _ node: ProfileNode,
        _ kind: InputPlan.Kind
    ) throws(ProfileError) -> InputPlan.Selection {
        let selection = try node.choice("select", InputPlan.Selection.self) ?? defaults.selection
        let reason: String?
        let isNumber = kind == .quantity || kind == .integer
        switch selection {
        case .latest, .first, .worst: reason = nil
        case .max, .min: reason = isNumber ? nil : "max and min for quantity and integer only"
        // A mean is rarely a finite decimal, so the profile has to say what it is rounded to.
        case .mean where kind != .quantity: reason = "mean for quantity only"
        case .mean:
            reason = node.json["round"] == nil ? "round beside mean, which is rounded to it" : nil
        case .median: reason = kind == .quantity ? nil : "median for quantity only"
        case .count: reason = kind == .integer ? nil : "count for type integer only"
        case .exists: reason = kind == .boolean ? nil : "exists for type boolean only"
        }
        if let reason { throw node.fault(.malformed, at: "select", accepted: reason) }
        // What is made of several records, or wins as an extreme, knows no tie.
        switch selection {
        case .latest, .first, .max, .min: break
        case .mean, .median, .worst, .count, .exists:
            for member in ["onTie", "tieWithin"] where node.json[member] != nil {
                throw node.fault(.malformed, at: member)
            }
        }
        return selection
    }

    func worst(
        _ node: ProfileNode,
        _ selection: InputPlan.Selection,
        _ kind: InputPlan.Kind
    ) throws(ProfileError) -> InputPlan.Worst {
        guard selection == .worst else {
            for member in ["worst", "normal"] where node.json[member] != nil {
                throw node.fault(.malformed, at: member)
            }
            return .high
        }
        let normal = try Self.range(node, "normal")
        switch try node.requiredString("worst") {
        case "high" where normal == nil: return .high
        case "low" where normal == nil: return .low
        case "outside":
            guard let normal, kind == .quantity || kind == .integer else {
                throw node.fault(.malformed, at: "normal")
            }
            return .outside(normal)
        default: throw node.fault(.malformed, at: "worst")
        }
    }

    /// What no record at all means; only where records are looked for or counted can it mean
    /// anything, and only with the reason why.
    func absence(
        _ node: ProfileNode,
        _ selection: InputPlan.Selection,
        isFact: Bool
    ) throws(ProfileError) -> InputPlan.Absence? {
        guard let child = node.child("absent") else { return nil }
        guard selection.isCounting, !isFact, node.json["missing"] == nil else {
            throw child.fault()
        }
        try child.requireObject(ProfileFormat.absent)
        let stated = try child.required("value")
        let value: MappingReport.Value
        if selection == .exists {
            guard stated.json.boolValue == false else { throw stated.fault() }
            value = .boolean(false)
        } else {
            guard try stated.decimal() == DecimalNumber(0) else { throw stated.fault() }
            value = .quantity(DecimalNumber(0), unit: "1")
        }
        return InputPlan.Absence(value: value, reason: try child.requiredString("reason"))
    }
}
