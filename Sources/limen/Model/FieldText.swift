import ClinicalEngine

/// What a document says about a field, in words.
enum FieldText {
    /// The type of its values.
    static func type(_ field: FieldDefinition) -> String {
        switch field.kind {
        case .continuous: field.isWhole ? "whole number" : "number"
        case .categorical: field.isBoolean ? "yes or no" : "category"
        case .ordinal: "ordered category"
        }
    }

    /// Its valid values.
    static func values(_ field: FieldDefinition) -> String? {
        var parts = field.intervals.map(NumberText.range)
        let valid = field.values.filter { $0.role == .valid }.map(\.text)
        if valid.count > 12 {
            parts.append("\(valid.count) values: \(valid.prefix(12).joined(separator: ", ")), ...")
        } else {
            parts += valid.isEmpty ? [] : [valid.joined(separator: ", ")]
        }
        for (role, word) in [
            (FieldDefinition.Value.Role.missing, "missing"), (.invalid, "invalid"),
        ] {
            let texts = field.values.filter { $0.role == role }.map(\.text)
            if !texts.isEmpty { parts.append(texts.joined(separator: ", ") + " mean \(word)") }
        }
        return parts.isEmpty ? nil : parts.joined(separator: "; ")
    }

    /// What becomes of a missing value.
    static func missing(_ field: FieldDefinition) -> String {
        if field.isMissingInvalid { return "no answer" }
        return value(field.missingReplacement).map { "counts as " + $0 } ?? "stays missing"
    }

    /// What becomes of an invalid value.
    static func invalid(_ field: FieldDefinition) -> String {
        switch field.invalidTreatment {
        case .refuse: "no answer"
        case .keep: "used as it is"
        case .asMissing: "counts as missing"
        case .replace: value(field.invalidReplacement).map { "counts as " + $0 } ?? "missing"
        }
    }

    /// What becomes of outliers, when anything does.
    static func outliers(_ field: FieldDefinition) -> String? {
        switch field.outlierTreatment {
        case .keep: nil
        case .asMissing: "missing outside " + NumberText.range(field.usual)
        case .clamp: "clamped to " + NumberText.range(field.usual)
        }
    }

    /// What an output gives.
    static func feature(_ feature: OutputDefinition.Feature) -> String {
        switch feature {
        case .predictedValue: "the prediction"
        case .predictedDisplayValue: "the prediction as it is shown"
        case .probability(let category): "probability of " + (category ?? "the prediction")
        case .confidence(let category): "confidence in " + (category ?? "the prediction")
        case .affinity(let entity): "distance or similarity of " + (entity ?? "the winner")
        case .entityId(let rank): "identifier of rank \(rank)"
        case .reasonCode(let rank): "reason code of rank \(rank)"
        case .expression(let expression): "= " + ExpressionText.text(expression)
        }
    }

    private static func value(_ value: InputValue) -> String? {
        switch value {
        case .number(let number): NumberText.exact(number)
        case .category(let text): text
        case .missing: nil
        }
    }
}
