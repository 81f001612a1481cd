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

    private let element: Element
    private var columns: [Column] = []
    private var rows: [InlineTable.Row] = []

    var rowCount: Int { rows.count }

    init(_ element: Element) throws(PMMLError) {
        self.element = element
        try element.allow(["recordCount", "fieldCount"])
        for child in element.children {
            switch child.name {
            case "VerificationFields":
                try child.allow([])
                for field in child.children { columns.append(try Self.column(field)) }
            case "InlineTable":
                rows += try InlineTable.rows(child)
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
        let column = InlineTable.column(element["column"] ?? field)
        let precision = try element.number("precision") ?? 1e-6
        let zeroThreshold = try element.number("zeroThreshold") ?? 1e-16
        // At a precision of one, no result and twice the result would both be what is expected.
        guard precision >= 0, precision < 1 else {
            throw element.error(.invalid, attribute: "precision")
        }
        guard zeroThreshold >= 0 else { throw element.error(.invalid, attribute: "zeroThreshold") }
        return Column(
            field: field,
            element: column,
            precision: precision,
            zeroThreshold: zeroThreshold,
            line: element.line
        )
    }

    /// The fields whose results may differ by more than this, relative or beside zero.
    func fields(laxerThan tolerance: Double) -> [DocumentInspection.Mention] {
        columns.filter { $0.precision > tolerance || $0.zeroThreshold > tolerance }
            .map { .init(field: $0.field, line: $0.line) }
    }

    /// Evaluates every row and compares the results.
    func verify(
        _ model: ClinicalModel,
        targets: [String]
    ) throws(PMMLError) {
        guard let first = try failures(model, targets: targets, most: 1).first else { return }
        throw PMMLError(
            code: .verificationFailed,
            element: "ModelVerification row \(first.row)",
            line: first.line
        )
    }

    /// The results that are not those of the rows, in document order.
    func failures(
        _ model: ClinicalModel,
        targets: [String],
        most: Int
    ) throws(PMMLError) -> [DocumentInspection.VerificationFailure] {
        var failures: [DocumentInspection.VerificationFailure] = []
        let expectations = try expectations(model, targets)
        for (number, row) in rows.enumerated() {
            guard let inputs = inputs(row, model) else {
                throw PMMLError(code: .invalid, element: "row \(number + 1)", line: row.line)
            }
            let evaluation = model.evaluate(inputs)
            for (column, isOutput) in expectations {
                let value =
                    isOutput
                    ? evaluation.outputs.first { $0.name == column.field }?.value
                    : Self.prediction(evaluation)
                if Self.agrees(value ?? .missing, row.cells[column.element], column) { continue }
                failures.append(.init(row: number + 1, output: column.field, line: row.line))
                if failures.count == most { return failures }
            }
        }
        return failures
    }

    /// The columns that hold results; `isOutput` when it is that of an output field.
    private func expectations(
        _ model: ClinicalModel,
        _ targets: [String]
    ) throws(PMMLError) -> [(column: Column, isOutput: Bool)] {
        var expectations: [(column: Column, isOutput: Bool)] = []
        for column in columns {
            if model.fields.contains(where: { $0.name == column.field }) { continue }
            if model.outputs.contains(column.field) {
                expectations.append((column, true))
            } else if targets.contains(column.field) {
                expectations.append((column, false))
            } else {
                throw PMMLError(
                    code: .invalid,
                    element: "VerificationField@field",
                    line: column.line
                )
            }
        }
        guard !expectations.isEmpty else { throw element.error(.invalid) }
        return expectations
    }

    private func inputs(_ row: InlineTable.Row, _ model: ClinicalModel) -> [InputValue]? {
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

    private static func prediction(_ evaluation: Evaluation) -> Evaluation.Output.Value {
        if let value = evaluation.value { return .number(value) }
        if let category = evaluation.category { return .text(category) }
        return evaluation.segment.map { .text($0.id) } ?? .missing
    }

    /// Whether a result is what a cell says; an empty cell expects that there is none.
    private static func agrees(
        _ value: Evaluation.Output.Value,
        _ text: String?,
        _ column: Column
    ) -> Bool {
        guard let expected = text?.isEmpty == false ? text : nil else { return value == .missing }
        switch value {
        case .missing: return false
        case .boolean(let isTrue): return expected == String(isTrue)
        case .text(let category):
            if category == expected { return true }
            guard let left = Element.number(category) else { return false }
            return left == Element.number(expected)
        case .number(let value):
            guard let number = Element.number(expected) else { return false }
            if abs(number) <= column.zeroThreshold { return abs(value) <= column.zeroThreshold }
            return abs(value - number) <= column.precision * abs(number)
        }
    }
}
