import ClinicalEngine

/// Reads a regression (PMML 4.4, RegressionModel).
enum RegressionReader {
    static func read(
        _ element: Element,
        _ parts: [Element],
        _ scope: FieldScope
    ) throws(PMMLError) -> Regression {
        var regression = Regression(tables: [])
        regression.normalization =
            try element.name("normalizationMethod", as: Regression.Normalization.self) ?? .none
        for part in parts {
            guard part.name == "RegressionTable" else { throw part.error(.unsupported) }
            regression.tables.append(try table(part, scope))
        }
        guard !regression.tables.isEmpty else {
            throw element.error(.invalid, detail: "RegressionTable")
        }
        return regression
    }

    private static func table(
        _ element: Element,
        _ scope: FieldScope
    ) throws(PMMLError) -> Regression.Table {
        try element.allow(["intercept", "targetCategory"])
        var terms: [Regression.Term] = []
        for child in element.children {
            let coefficient = try child.number("coefficient")
            switch child.name {
            case "NumericPredictor":
                try child.allow(["name", "exponent", "coefficient"])
                try child.allowNoChildren()
                let field = try field(child, "name", scope)
                guard let coefficient else { throw child.error(.invalid, attribute: "coefficient") }
                guard field.kind == .continuous || field.isNumeric || field.isBoolean else {
                    throw child.error(.invalid, attribute: "name")
                }
                let exponent = child["exponent"].map { Int($0) ?? .min } ?? 1
                guard (-64...64).contains(exponent) else {
                    throw child.error(.invalid, attribute: "exponent")
                }
                terms.append(
                    .numeric(field: field.name, coefficient: coefficient, exponent: exponent)
                )
            case "CategoricalPredictor":
                try child.allow(["name", "value", "coefficient"])
                try child.allowNoChildren()
                let field = try field(child, "name", scope)
                guard let coefficient else { throw child.error(.invalid, attribute: "coefficient") }
                guard let value = FieldOperand.read(try child.required("value"), field) else {
                    throw child.error(.invalid, attribute: "value")
                }
                terms.append(
                    .categorical(field: field.name, value: value, coefficient: coefficient)
                )
            case "PredictorTerm":
                try child.allow(["name", "coefficient"])
                guard let coefficient else { throw child.error(.invalid, attribute: "coefficient") }
                var fields: [String] = []
                for reference in child.children {
                    guard reference.name == "FieldRef" else { throw reference.error(.unsupported) }
                    try reference.allow(["field"])
                    fields.append(try field(reference, "field", scope).name)
                }
                guard !fields.isEmpty else { throw child.error(.invalid) }
                terms.append(.product(fields: fields, coefficient: coefficient))
            default:
                throw child.error(.unsupported)
            }
        }
        guard let intercept = try element.number("intercept") else {
            throw element.error(.invalid, attribute: "intercept")
        }
        var table = Regression.Table(
            category: element["targetCategory"],
            intercept: intercept,
            terms: terms
        )
        table.line = element.line
        return table
    }

    private static func field(
        _ element: Element,
        _ attribute: String,
        _ scope: FieldScope
    ) throws(PMMLError) -> FieldDefinition {
        guard let field = scope[try element.required(attribute)] else {
            throw element.error(.invalid, attribute: attribute)
        }
        return field
    }
}
