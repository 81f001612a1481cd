/// Reads the rows of a table that stands in the document (PMML 4.4, Taxonomy, InlineTable).
enum InlineTable {
    struct Row {
        let cells: [String: String]
        let line: Int
    }

    static func rows(_ element: Element) throws(PMMLError) -> [Row] {
        try element.allow([])
        var rows: [Row] = []
        for row in element.children {
            guard row.name == "row" else { throw row.error(.unsupported) }
            var cells: [String: String] = [:]
            for cell in row.children {
                guard cells[cell.name] == nil else { throw cell.error(.invalid) }
                cells[cell.name] = cell.text
            }
            rows.append(Row(cells: cells, line: row.line))
        }
        return rows
    }

    /// A column may be written with the prefix of its namespace.
    static func column(_ name: String) -> String {
        name.split(separator: ":").last.map(String.init) ?? name
    }
}
