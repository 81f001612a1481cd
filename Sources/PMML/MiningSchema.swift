import ClinicalEngine

/// The inputs of a model and how bad values are treated (PMML 4.4, MiningSchema).
struct MiningSchema {
    /// What a field is for (`usageType`).
    private enum Usage: String {
        case active
        case target
        case predicted
        case supplementary
        case order
        case frequencyWeight
        case analysisWeight
    }

    /// What becomes of invalid values (`invalidValueTreatment`).
    private enum Invalid: String {
        case returnInvalid
        case asIs
        case asMissing
        case asValue
    }

    /// How the replacement was found (`missingValueTreatment`); only the last one is a rule.
    private enum Missing: String {
        case asIs
        case asMean
        case asMode
        case asMedian
        case asValue
        case returnInvalid
    }

    /// What becomes of outliers (`outliers`).
    private enum Outliers: String {
        case asIs
        case asMissingValues
        case asExtremeValues
    }

    /// The active fields in document order, with their treatments.
    private(set) var inputs: [FieldDefinition] = []
    /// The active fields for which a segment has treatments of its own.
    private(set) var treatments: [FieldDefinition] = []
    /// The names of the fields that the model predicts.
    private(set) var targets: [String] = []
    /// The first of those fields.
    private(set) var target: Target?

    init(
        _ element: Element,
        _ surroundings: ModelReader.Surroundings
    ) throws(PMMLError) {
        try element.allow([])
        var names: [String] = []
        for child in element.children {
            guard child.name == "MiningField" else { throw child.error(.unsupported) }
            try child.allow([
                "name", "usageType", "optype", "importance", "outliers", "lowValue",
                "highValue", "missingValueReplacement", "missingValueTreatment",
                "invalidValueTreatment", "invalidValueReplacement",
            ])
            try child.allowNoChildren()
            let name = try child.required("name")
            // A segment may also read what the models around it compute.
            let known = surroundings.dictionary[name]
            let inner = surroundings.isOutermost ? nil : surroundings.scope[name]
            guard let field = inner ?? known, !names.contains(name) else {
                throw child.error(.invalid, attribute: "name")
            }
            names.append(name)
            switch try child.name("usageType", as: Usage.self) ?? .active {
            case .active:
                let input = try Self.input(child, field, isInner: inner != nil)
                if !surroundings.isOutermost {
                    try Self.checkInner(child, input, inner, isInput: known != nil)
                }
                inputs.append(input)
                let isTreated = ["outliers", "missingValueReplacement"].contains {
                    child[$0] != nil
                }
                if isTreated { treatments.append(input) }
            case .target, .predicted:
                if target == nil { target = Self.target(field) }
                targets.append(name)
            case .supplementary, .order, .frequencyWeight, .analysisWeight:
                // They say how a model was made or checked, and are no inputs of scoring.
                continue
            }
        }
        guard !inputs.isEmpty || !surroundings.isOutermost else { throw element.error(.invalid) }
    }

    private static func target(_ field: FieldDefinition) -> Target {
        let categories =
            field.kind == .continuous
            ? [] : field.values.filter { $0.role == .valid }.map(\.text)
        var target = Target(name: field.name, type: field.type, categories: categories)
        target.isOrdinal = field.kind == .ordinal
        return target
    }

    private static func input(
        _ element: Element,
        _ definition: FieldDefinition,
        isInner: Bool
    ) throws(PMMLError) -> FieldDefinition {
        var field = definition
        if let type = element["optype"], type != "\(field.kind)" {
            throw element.error(.unsupported, attribute: "optype")
        }
        let stated = try element.name("invalidValueTreatment", as: Invalid.self)
        switch stated ?? .returnInvalid {
        // A segment that says nothing takes what the model around it has let pass.
        case .returnInvalid where stated == nil && isInner: break
        case .returnInvalid: field.invalidTreatment = .refuse
        case .asMissing: field.invalidTreatment = .asMissing
        case .asIs:
            guard field.kind != .ordinal else {
                throw element.error(.unsupported, attribute: "invalidValueTreatment")
            }
            field.invalidTreatment = .keep
        case .asValue:
            guard let text = element["invalidValueReplacement"],
                let operand = FieldOperand.read(text, field)
            else { throw element.error(.invalid, attribute: "invalidValueReplacement") }
            field.invalidTreatment = .replace
            field.invalidReplacement = Self.value(operand)
        }
        try readMissing(element, &field)
        try readOutliers(element, &field)
        return field
    }

    /// Refuses a treatment of a segment that differs from that of the model around it: whether a
    /// value was valid, or there, is decided once and before any segment.
    private static func checkInner(
        _ element: Element,
        _ field: FieldDefinition,
        _ outer: FieldDefinition?,
        isInput: Bool
    ) throws(PMMLError) {
        // What the models around compute is never invalid, whatever the treatment.
        let isSame =
            !isInput
            || field.invalidTreatment == outer?.invalidTreatment
                && field.invalidReplacement == outer?.invalidReplacement
        guard isSame || element["invalidValueTreatment"] == nil else {
            throw element.error(.unsupported, attribute: "invalidValueTreatment")
        }
        guard !field.isMissingInvalid || outer?.isMissingInvalid == true else {
            throw element.error(.unsupported, attribute: "missingValueTreatment")
        }
    }

    private static func value(_ operand: Predicate.Operand) -> InputValue {
        switch operand {
        case .number(let number): .number(number)
        case .category(let text): .category(text)
        }
    }

    private static func readMissing(
        _ element: Element,
        _ field: inout FieldDefinition
    ) throws(PMMLError) {
        if let text = element["missingValueReplacement"] {
            guard let operand = FieldOperand.read(text, field) else {
                throw element.error(.invalid, attribute: "missingValueReplacement")
            }
            field.missingReplacement = Self.value(operand)
        }
        switch try element.name("missingValueTreatment", as: Missing.self) ?? .asIs {
        case .asIs:
            return
        case .asMean, .asMode, .asMedian, .asValue:
            // Without the replacement the treatment would silently do nothing.
            guard field.missingReplacement != .missing else {
                throw element.error(.invalid, attribute: "missingValueReplacement")
            }
        case .returnInvalid:
            guard field.missingReplacement == .missing else {
                throw element.error(.invalid, attribute: "missingValueTreatment")
            }
            field.isMissingInvalid = true
        }
    }

    private static func readOutliers(
        _ element: Element,
        _ field: inout FieldDefinition
    ) throws(PMMLError) {
        let treatment = try element.name("outliers", as: Outliers.self) ?? .asIs
        let low = try element.number("lowValue")
        let high = try element.number("highValue")
        guard treatment != .asIs else { return }
        guard field.kind == .continuous, low != nil || high != nil else {
            throw element.error(.invalid, attribute: "outliers")
        }
        field.usual = Interval(lower: low ?? -.infinity, upper: high ?? .infinity)
        guard !field.usual.isEmpty else { throw element.error(.invalid, attribute: "lowValue") }
        field.outlierTreatment = treatment == .asMissingValues ? .asMissing : .clamp
    }
}
