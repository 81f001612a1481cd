import FHIRPath

/// A selection, compiled: what is unfolded, and which columns each unfolded element gives.
///
///     { "forEach": "component", "column": [...], "select": [...], "unionAll": [...] }
///
/// The rows of a selection are the product of its columns, its nested selections and its union,
/// in this order, which is also the order of the columns (SQL on FHIR 2, processing algorithm).
struct SelectPlan: Sendable {
    let iteration: Iteration
    let columns: [ColumnPlan]
    let selects: [SelectPlan]
    let unions: [SelectPlan]
    /// Where in the document it says what is unfolded, as a JSON Pointer.
    let pointer: String
    /// The columns of the whole selection.
    let allColumns: [ColumnPlan]

    /// The variables that any path of the selection reads; recursion as deep as it nests.
    var variableNames: Set<String> {
        var names: Set<String> = []
        for path in iteration.paths { names.formUnion(path.variableNames) }
        for column in columns { names.formUnion(column.expression.variableNames) }
        for inner in selects + unions { names.formUnion(inner.variableNames) }
        return names
    }

    /// What a selection unfolds.
    enum Iteration: Sendable {
        case once
        case forEach(FHIRPathExpression)
        case forEachOrNull(FHIRPathExpression)
        case repeating([FHIRPathExpression])

        var paths: [FHIRPathExpression] {
            switch self {
            case .once: []
            case .forEach(let path), .forEachOrNull(let path): [path]
            case .repeating(let paths): paths
            }
        }
    }

    /// A column with its expression.
    struct ColumnPlan: Sendable {
        let column: ViewColumn
        let expression: FHIRPathExpression
        /// Whether the expression is `%rowIndex` alone, which is 0 in a row of nulls.
        let isRowIndex: Bool
    }
}
