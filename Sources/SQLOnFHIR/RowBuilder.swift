import Basics
import FHIRPath
import JSON

/// Makes the rows of one resource.
struct RowBuilder {
    private let view: ViewDefinition
    private let root: FHIRPathCollection
    private var environment: FHIRPathEnvironment
    private var elementsLeft = Limits.viewElementsMax
    private var cellsLeft = Limits.viewCellsMax

    init(
        view: ViewDefinition,
        _ resource: JSONValue,
        in source: BundleKeys?,
        fullURL: String?,
        now: Instant
    ) {
        self.view = view
        root = FHIRPathCollection(resource)
        let focus: [FHIRPathValue] = [.element(resource)]
        var variables = view.constants
        // Inside `forEach` the resource is still the one the view is about.
        for name in ["resource", "rootResource"] where view.variableNames.contains(name) {
            variables[name] = focus
        }
        environment = FHIRPathEnvironment(
            focus: focus,
            variables: variables,
            now: now,
            bundle: source?.bundle
        )
        environment.referenceKeys = source?.keys ?? [:]
        environment.resourceKey = fullURL
        environment.joinsNothingToText = true
    }

    /// Whether every filter gives true; one that gives nothing leaves the resource out.
    func passes() throws(ViewRowError) -> Bool {
        for filter in view.filters {
            let result: FHIRPathCollection
            do {
                result = try filter.expression.evaluate(on: root, in: environment)
            } catch {
                throw ViewRowError(.expressionFailed, pointer: filter.pointer, cause: error)
            }
            guard !result.isEmpty else { return false }
            guard result.count == 1, let flag = result.value(at: 0)?.booleanValue else {
                throw ViewRowError(.filterNotBoolean, pointer: filter.pointer)
            }
            guard flag else { return false }
        }
        return true
    }

    /// The rows of the whole view.
    mutating func rows() throws(ViewRowError) -> ViewRows {
        try rows(of: view.select, on: root, rowIndex: 0)
    }

    /// The rows of a selection; how deep this goes is bounded by `Limits.viewDepthMax`.
    private mutating func rows(
        of plan: SelectPlan,
        on focus: FHIRPathCollection,
        rowIndex: Int
    ) throws(ViewRowError) -> ViewRows {
        switch plan.iteration {
        case .once:
            return try product(of: plan, on: focus, rowIndex: rowIndex)
        case .forEach(let path):
            let elements = try evaluate(path, on: focus, rowIndex, of: plan)
            return try unfolded(plan, elements)
        case .forEachOrNull(let path):
            let elements = try evaluate(path, on: focus, rowIndex, of: plan)
            guard elements.isEmpty else { return try unfolded(plan, elements) }
            var rows = ViewRows(columnCount: plan.allColumns.count)
            rows.append(plan.allColumns.map { $0.isRowIndex ? .integer(0) : .null })
            return rows
        case .repeating(let paths):
            return try repeated(plan, paths, from: focus, rowIndex)
        }
    }

    // MARK: Unfolding

    private mutating func unfolded(
        _ plan: SelectPlan,
        _ elements: FHIRPathCollection
    ) throws(ViewRowError) -> ViewRows {
        var rows = ViewRows(columnCount: plan.allColumns.count)
        for position in 0..<elements.count {
            try countElement(of: plan)
            rows.append(try product(of: plan, on: elements[position], rowIndex: position))
        }
        return rows
    }

    /// The elements that the paths reach, and what they reach from there, each before its own.
    private mutating func repeated(
        _ plan: SelectPlan,
        _ paths: [FHIRPathExpression],
        from focus: FHIRPathCollection,
        _ rowIndex: Int
    ) throws(ViewRowError) -> ViewRows {
        var rows = ViewRows(columnCount: plan.allColumns.count)
        var pending: [FHIRPathCollection] = []
        try push(paths, from: focus, rowIndex, of: plan, onto: &pending)
        var position = 0
        while let next = pending.popLast() {
            rows.append(try product(of: plan, on: next, rowIndex: position))
            try push(paths, from: next, position, of: plan, onto: &pending)
            position += 1
        }
        return rows
    }

    private mutating func push(
        _ paths: [FHIRPathExpression],
        from focus: FHIRPathCollection,
        _ rowIndex: Int,
        of plan: SelectPlan,
        onto pending: inout [FHIRPathCollection]
    ) throws(ViewRowError) {
        for path in paths.reversed() {
            let found = try evaluate(path, on: focus, rowIndex, of: plan)
            for position in (0..<found.count).reversed() {
                try countElement(of: plan)
                pending.append(found[position])
            }
        }
    }

    private mutating func countElement(of plan: SelectPlan) throws(ViewRowError) {
        elementsLeft -= 1
        guard elementsLeft >= 0 else { throw tooMany(plan) }
    }

    private func tooMany(_ plan: SelectPlan) -> ViewRowError {
        ViewRowError(.tooManyRows, pointer: plan.pointer)
    }

    // MARK: One element

    /// The columns, the nested selections and the union of one element, joined.
    private mutating func product(
        of plan: SelectPlan,
        on focus: FHIRPathCollection,
        rowIndex: Int
    ) throws(ViewRowError) -> ViewRows {
        var rows = ViewRows(columnCount: plan.columns.count)
        var row: [ViewCell] = []
        row.reserveCapacity(plan.columns.count)
        for entry in plan.columns { row.append(try cell(entry, on: focus, rowIndex)) }
        try take(cells: row.count, of: plan)
        rows.append(row)
        for select in plan.selects {
            let further = try self.rows(of: select, on: focus, rowIndex: rowIndex)
            rows = try joined(rows, further, of: plan)
        }
        guard let first = plan.unions.first else { return rows }
        var union = ViewRows(columnCount: first.allColumns.count)
        for branch in plan.unions {
            union.append(try self.rows(of: branch, on: focus, rowIndex: rowIndex))
        }
        return try joined(rows, union, of: plan)
    }

    private mutating func joined(
        _ rows: ViewRows,
        _ further: ViewRows,
        of plan: SelectPlan
    ) throws(ViewRowError) -> ViewRows {
        // The numbers of rows are bounded by that of elements, so their product does not overflow.
        let count = rows.count * further.count
        try take(cells: count * (rows.columnCount + further.columnCount), of: plan)
        return rows.joined(further)
    }

    private mutating func take(cells: Int, of plan: SelectPlan) throws(ViewRowError) {
        cellsLeft -= cells
        guard cellsLeft >= 0 else { throw tooMany(plan) }
    }

    private mutating func cell(
        _ entry: SelectPlan.ColumnPlan,
        on focus: FHIRPathCollection,
        _ rowIndex: Int
    ) throws(ViewRowError) -> ViewCell {
        setRowIndex(rowIndex, for: entry.expression)
        let found: FHIRPathCollection
        do {
            found = try entry.expression.evaluate(on: focus, in: environment)
        } catch {
            throw ViewRowError(.expressionFailed, entry.column, cause: error)
        }
        return try CellReader.cell(of: found, for: entry.column)
    }

    private mutating func evaluate(
        _ path: FHIRPathExpression,
        on focus: FHIRPathCollection,
        _ rowIndex: Int,
        of plan: SelectPlan
    ) throws(ViewRowError) -> FHIRPathCollection {
        setRowIndex(rowIndex, for: path)
        do {
            return try path.evaluate(on: focus, in: environment)
        } catch {
            throw ViewRowError(.expressionFailed, pointer: plan.pointer, cause: error)
        }
    }

    /// `%rowIndex` is the position of the element in its innermost unfolding.
    private mutating func setRowIndex(_ rowIndex: Int, for expression: FHIRPathExpression) {
        guard expression.variableNames.contains(ViewReader.rowIndexName) else { return }
        environment.variables[ViewReader.rowIndexName] = [.integer(rowIndex)]
    }
}
