/// The rows that one resource gives.
package struct ViewRows: Sequence, Sendable {
    /// How many cells a row has.
    package let columnCount: Int
    /// How many rows there are.
    package private(set) var count = 0
    private(set) var cells: [ViewCell] = []

    /// Makes a table without rows.
    init(columnCount: Int) {
        self.columnCount = columnCount
    }

    /// Steps through the rows.
    package struct Iterator: IteratorProtocol {
        let rows: ViewRows
        var position = 0

        /// The cells of the next row, in the order of the columns.
        package mutating func next() -> ArraySlice<ViewCell>? {
            guard position < rows.count else { return nil }
            defer { position += 1 }
            let start = position * rows.columnCount
            return rows.cells[start..<start + rows.columnCount]
        }
    }

    /// Starts at the first row.
    package func makeIterator() -> Iterator { Iterator(rows: self) }

    /// Adds a row.
    mutating func append(_ row: some Collection<ViewCell>) {
        precondition(row.count == columnCount, "a row is as wide as its table")
        cells.append(contentsOf: row)
        count += 1
    }

    /// Adds the rows of a table of the same columns.
    mutating func append(_ other: ViewRows) {
        precondition(other.columnCount == columnCount, "a row is as wide as its table")
        cells.append(contentsOf: other.cells)
        count += other.count
    }

    /// Every row of this table followed by every row of the other one.
    func joined(_ other: ViewRows) -> ViewRows {
        var result = ViewRows(columnCount: columnCount + other.columnCount)
        result.cells.reserveCapacity(count * other.count * result.columnCount)
        for row in self {
            for further in other {
                result.cells.append(contentsOf: row)
                result.cells.append(contentsOf: further)
                result.count += 1
            }
        }
        return result
    }
}
