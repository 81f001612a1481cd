import ClinicalEngine

/// The inputs of a model and how bad values are treated (PMML 4.4, MiningSchema).
struct MiningSchema {
    /// What a field is for (`usageType`).
    private enum Usage: String {
        case active
        case target
        case predicted
        case supplementary
    }

    /// What becomes of invalid values (`invalidValueTreatment`).
    private enum Invalid: String {
        case returnInvalid
        case asIs
        case asMissing
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
    /// The names of the fields that the model predicts.
    private(set) var targets: [String] = []

    init(_ element: Element, dictionary: DataDictionary) throws(PMMLError) {
        try element.allow([])
        var names: [String] = []
        for child in element.children {
            guard child.name == "MiningField" else { throw child.error(.unsupported) }
            try child.allow([
                "name", "usageType", "optype", "importance", "outliers", "lowValue",
                "highValue", "missingValueReplacement", "missingValueTreatment",
                "invalidValueTreatment",
            ])
            try child.allowNoChildren()
            let name = try child.required("name")
            guard let field = dictionary[name], !names.contains(name) else {
                throw child.error(.invalid, attribute: "name")
            }
            names.append(name)
            switch try child.name("usageType", as: Usage.self) ?? .active {
            case .active: inputs.append(try Self.input(child, field))
            case .target, .predicted: targets.append(name)
            case .supplementary: continue
            }
        }
        guard !inputs.isEmpty else { throw element.error(.invalid) }
    }

    private static func input(
        _ element: Element,
        _ definition: FieldDefinition
    ) throws(PMMLError) -> FieldDefinition {
        var field = definition
        if let type = element["optype"], type != "\(field.kind)" {
            throw element.error(.unsupported, attribute: "optype")
        }
        switch try element.name("invalidValueTreatment", as: Invalid.self) ?? .returnInvalid {
        case .returnInvalid: field.invalidTreatment = .refuse
        case .asMissing: field.invalidTreatment = .asMissing
        case .asIs:
            guard field.kind != .ordinal else {
                throw element.error(.unsupported, attribute: "invalidValueTreatment")
            }
            field.invalidTreatment = .keep
        }
        try readMissing(element, &field)
        try readOutliers(element, &field)
        return field
    }

    private static func readMissing(
        _ element: Element,
        _ field: inout FieldDefinition
    ) throws(PMMLError) {
        if let text = element["missingValueReplacement"] {
            guard let operand = FieldOperand.read(text, field) else {
                throw element.error(.invalid, attribute: "missingValueReplacement")
            }
            switch operand {
            case .number(let number): field.missingReplacement = .number(number)
            case .category(let text): field.missingReplacement = .category(text)
            }
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
