import ClinicalEngine

/// Inputs with the results that the author of a model got (PMML 4.4, ModelVerification).
///
/// A model that does not give them is not activated.
struct ModelVerification {
    private struct Column {
        let field: String
        let element: String
        let precision: Double
        let zeroThreshold: Double
        let line: Int
    }

    private struct Row {
        let cells: [String: String]
        let line: Int
    }

    private let element: Element
    private var columns: [Column] = []
    private var rows: [Row] = []

    init(_ element: Element) throws(PMMLError) {
        self.element = element
        try element.allow(["recordCount", "fieldCount"])
        for child in element.children {
            switch child.name {
            case "VerificationFields":
                try child.allow([])
                for field in child.children { columns.append(try Self.column(field)) }
            case "InlineTable":
                try child.allow([])
                for row in child.children { rows.append(try Self.row(row)) }
            default:
                throw child.error(.unsupported)
            }
        }
        guard !columns.isEmpty, !rows.isEmpty else { throw element.error(.invalid) }
        if let count = try element.count("fieldCount"), count != columns.count {
            throw element.error(.invalid, attribute: "fieldCount")
        }
        if let count = try element.count("recordCount"), count != rows.count {
            throw element.error(.invalid, attribute: "recordCount")
        }
        for row in rows {
            // A cell that belongs to no column would be an expectation nobody checks.
            guard row.cells.keys.allSatisfy({ name in columns.contains { $0.element == name } })
            else { throw PMMLError(code: .invalid, element: "row", line: row.line) }
        }
    }

    private static func column(_ element: Element) throws(PMMLError) -> Column {
        guard element.name == "VerificationField" else { throw element.error(.unsupported) }
        try element.allow(["field", "column", "precision", "zeroThreshold"])
        let field = try element.required("field")
        // A column may be written with the prefix of its namespace.
        let column = (element["column"] ?? field).split(separator: ":").last.map(String.init)
        return Column(
            field: field,
            element: column ?? field,
            precision: try element.number("precision") ?? 1e-6,
            zeroThreshold: try element.number("zeroThreshold") ?? 1e-16,
            line: element.line
        )
    }

    private static func row(_ element: Element) throws(PMMLError) -> Row {
        guard element.name == "row" else { throw element.error(.unsupported) }
        var cells: [String: String] = [:]
        for cell in element.children {
            guard cells[cell.name] == nil else { throw cell.error(.invalid) }
            cells[cell.name] = cell.text
        }
        return Row(cells: cells, line: element.line)
    }

    /// Evaluates every row and compares the results.
    func verify(
        _ model: ClinicalModel,
        targets: [String],
        output: OutputFields
    ) throws(PMMLError) {
        var expectations: [(column: Column, feature: OutputFields.Feature)] = []
        for column in columns {
            if model.fields.contains(where: { $0.name == column.field }) { continue }
            if let feature = output[column.field] {
                expectations.append((column, feature))
            } else if targets.contains(column.field) {
                expectations.append((column, .predictedValue))
            } else {
                throw PMMLError(
                    code: .invalid,
                    element: "VerificationField@field",
                    line: column.line
                )
            }
        }
        guard !expectations.isEmpty else { throw element.error(.invalid) }
        for (number, row) in rows.enumerated() {
            guard let inputs = inputs(row, model) else {
                throw PMMLError(code: .invalid, element: "row \(number + 1)", line: row.line)
            }
            let evaluation = model.evaluate(inputs)
            for (column, feature) in expectations {
                guard Self.agrees(evaluation, feature, row.cells[column.element], column) else {
                    throw PMMLError(
                        code: .verificationFailed,
                        element: "ModelVerification row \(number + 1)",
                        line: row.line
                    )
                }
            }
        }
    }

    private func inputs(_ row: Row, _ model: ClinicalModel) -> [InputValue]? {
        var inputs: [InputValue] = []
        for field in model.fields {
            let column = columns.first { $0.field == field.name }
            guard let column, let text = row.cells[column.element], !text.isEmpty else {
                inputs.append(.missing)
                continue
            }
            switch field.kind {
            case .continuous:
                guard let number = Element.number(text) else { return nil }
                inputs.append(.number(number))
            case .categorical:
                inputs.append(.category(text))
            }
        }
        return inputs
    }

    /// Whether a result is what a cell says; an empty cell expects that there is none.
    private static func agrees(
        _ evaluation: Evaluation,
        _ feature: OutputFields.Feature,
        _ text: String?,
        _ column: Column
    ) -> Bool {
        let expected = text?.isEmpty == false ? text : nil
        switch feature {
        case .reasonCode(let rank):
            let codes = evaluation.reasonCodes
            return expected == (rank <= codes.count ? codes[rank - 1] : nil)
        case .predictedValue:
            guard let expected else { return evaluation.value == nil }
            guard let number = Element.number(expected), let value = evaluation.value else {
                return false
            }
            if abs(number) <= column.zeroThreshold { return abs(value) <= column.zeroThreshold }
            return abs(value - number) <= column.precision * abs(number)
        }
    }
}
