import Basics
import FHIRPath
import JSON

/// Reads the selections of a view and compiles their paths.
struct SelectReader {
    let resource: String
    let constants: Set<String>
    private var columnCount = 0
    private var selectCount = 0
    private let variables: Set<String>

    /// Where a selection stands: how deep, and by which paths its focus is reached.
    private struct Surroundings {
        var depth = 0
        /// A path from the resource to the focus; `nil` when it cannot be told.
        var focusPath: String? = ""
    }

    init(resource: String, constants: Set<String>) {
        self.resource = resource
        self.constants = constants
        variables = constants.union([ViewReader.rowIndexName])
    }

    /// Reads the selections of the whole view, which are joined as those of one selection.
    mutating func read(root: ViewNode) throws(ViewError) -> SelectPlan {
        var selects: [SelectPlan] = []
        for node in try root.list("select") {
            selects.append(try read(node, Surroundings(depth: 1)))
        }
        let plan = SelectPlan(
            iteration: .once,
            columns: [],
            selects: selects,
            unions: [],
            pointer: root.pointer + "/select",
            allColumns: selects.flatMap(\.allColumns)
        )
        try checkNames(plan, root)
        return plan
    }

    private mutating func read(
        _ node: ViewNode,
        _ surroundings: Surroundings
    ) throws(ViewError) -> SelectPlan {
        selectCount += 1
        guard selectCount <= Limits.viewSelectsMax else {
            throw ViewError(.limitExceeded, node, "\(Limits.viewSelectsMax) selections at most")
        }
        guard surroundings.depth <= Limits.viewDepthMax else {
            throw ViewError(.limitExceeded, node, "\(Limits.viewDepthMax) levels at most")
        }
        try node.requireObject([
            "column", "select", "unionAll", "forEach", "forEachOrNull", "repeat",
        ])
        var inner = surroundings
        inner.depth += 1
        let iteration = try iteration(of: node, &inner)
        var columns: [SelectPlan.ColumnPlan] = []
        for column in try node.list("column") { columns.append(try read(column: column, inner)) }
        var selects: [SelectPlan] = []
        for select in try node.list("select") { selects.append(try read(select, inner)) }
        var unions: [SelectPlan] = []
        for union in try node.list("unionAll") { unions.append(try read(union, inner)) }
        guard !columns.isEmpty || !selects.isEmpty || !unions.isEmpty else {
            throw ViewError(.missing, node, "column, select or unionAll")
        }
        try checkUnion(unions, node)
        return SelectPlan(
            iteration: iteration,
            columns: columns,
            selects: selects,
            unions: unions,
            pointer: Self.pointer(of: node),
            allColumns: columns + selects.flatMap(\.allColumns) + (unions.first?.allColumns ?? [])
        )
    }

    // MARK: What is unfolded

    private static let iterations = ["forEach", "forEachOrNull", "repeat"]

    private func iteration(
        of node: ViewNode,
        _ inner: inout Surroundings
    ) throws(ViewError) -> SelectPlan.Iteration {
        let names = Self.iterations.filter { node.json[$0] != nil }
        guard names.count <= 1 else {
            throw ViewError(.contradiction, node, "one of forEach, forEachOrNull and repeat")
        }
        if let path = node.child("forEach") {
            return .forEach(try unfolding(path, &inner))
        }
        if let path = node.child("forEachOrNull") {
            return .forEachOrNull(try unfolding(path, &inner))
        }
        guard node.child("repeat") != nil else { return .once }
        var paths: [FHIRPathExpression] = []
        // What a repetition reaches is of no one type.
        inner.focusPath = nil
        for path in try node.list("repeat") { paths.append(try expression(path, inner).parsed) }
        return .repeating(paths)
    }

    private static func pointer(of node: ViewNode) -> String {
        let name = iterations.first { node.json[$0] != nil }
        return node.pointer + (name.map { "/" + $0 } ?? "")
    }

    private func unfolding(
        _ path: ViewNode,
        _ inner: inout Surroundings
    ) throws(ViewError) -> FHIRPathExpression {
        let expression = try expression(path, inner)
        inner.focusPath = expression.path
        return expression.parsed
    }

    // MARK: Columns

    private mutating func read(
        column node: ViewNode,
        _ surroundings: Surroundings
    ) throws(ViewError) -> SelectPlan.ColumnPlan {
        columnCount += 1
        guard columnCount <= Limits.viewColumnsMax else {
            throw ViewError(.limitExceeded, node, "\(Limits.viewColumnsMax) columns at most")
        }
        try node.requireObject(["name", "path", "description", "collection", "type", "tag"])
        let name = try node.required("name", "the name of the column").name()
        let path = try node.required("path", "a FHIRPath that gives the value")
        let expression = try expression(path, surroundings)
        var tags: [ViewColumn.Tag] = []
        for tag in try node.list("tag") {
            try tag.requireObject(["name", "value"])
            tags.append(
                ViewColumn.Tag(
                    name: try tag.required("name", "a string").text(),
                    value: try tag.required("value", "a string").text()
                )
            )
        }
        let column = ViewColumn(
            name: name,
            type: try type(node),
            isCollection: try node.flag("collection") ?? false,
            description: try node.string("description"),
            tags: tags,
            pointer: node.pointer
        )
        return SelectPlan.ColumnPlan(
            column: column,
            expression: expression.parsed,
            isRowIndex: expression.parsed.text == "%" + ViewReader.rowIndexName
        )
    }

    private func type(_ node: ViewNode) throws(ViewError) -> ViewType? {
        guard let child = node.child("type") else { return nil }
        guard let type = ViewType(try child.text()) else {
            let names = ViewType.primitiveNames.joined(separator: ", ")
            throw ViewError(.unknownType, child, names + ", or the name of a structure")
        }
        return type
    }

    // MARK: Expressions

    /// Compiles a path, and checks it against the type of its focus as far as that is known.
    private func expression(
        _ node: ViewNode,
        _ surroundings: Surroundings
    ) throws(ViewError) -> (parsed: FHIRPathExpression, path: String?) {
        let text = try node.text()
        let isAtRoot = surroundings.focusPath?.isEmpty == true
        let parsed: FHIRPathExpression
        do throws(FHIRPathError) {
            parsed = try FHIRPathExpression(
                parsing: text,
                allowedVariables: variables,
                rootType: isAtRoot ? resource : nil
            )
        } catch {
            throw ViewError(node, cause: error)
        }
        guard let focusPath = surroundings.focusPath else { return (parsed, nil) }
        guard !isAtRoot else { return (parsed, "(\(text))") }
        // Below `forEach` the type of the focus is that of the path so far.
        let prefix = focusPath + ".select("
        do throws(FHIRPathError) {
            _ = try FHIRPathExpression(
                parsing: prefix + text + ")",
                allowedVariables: variables,
                rootType: resource
            )
        } catch  where error.code == .unknownElement {
            let offset = max(error.offset - prefix.utf8.count, 0)
            throw ViewError(node, cause: FHIRPathError(code: error.code, offset: offset))
        } catch {
            // The joined path is too long or too deep to be checked; each part is sound by itself.
            return (parsed, nil)
        }
        return (parsed, prefix + text + ")")
    }

    // MARK: Names

    /// The branches of a union have the same columns in the same order.
    private func checkUnion(_ unions: [SelectPlan], _ node: ViewNode) throws(ViewError) {
        guard let first = unions.first else { return }
        for (position, other) in unions.enumerated().dropFirst() {
            let isSame =
                first.allColumns.count == other.allColumns.count
                && zip(first.allColumns, other.allColumns).allSatisfy { one, another in
                    one.column.name == another.column.name
                        && one.column.isCollection == another.column.isCollection
                        && (one.column.type == another.column.type || one.column.type == nil
                            || another.column.type == nil)
                }
            guard isSame else {
                let branch = try node.list("unionAll")[position]
                throw ViewError(.unionMismatch, branch, "the columns of the first branch")
            }
        }
    }

    /// No two columns of the table have one name; the branches of a union share theirs.
    private func checkNames(_ plan: SelectPlan, _ root: ViewNode) throws(ViewError) {
        var names: Set<String> = []
        for entry in plan.allColumns where !names.insert(entry.column.name).inserted {
            var node = root
            // The place of the second of the two.
            for step in entry.column.pointer.split(separator: "/") {
                if let position = Int(step) {
                    let elements = Array(node.json.elements)
                    guard elements.indices.contains(position) else { break }
                    node = ViewNode(elements[position])
                } else if let child = node.child(String(step)) {
                    node = child
                }
            }
            throw ViewError(.duplicateName, node, "a name of its own for each column")
        }
    }
}
