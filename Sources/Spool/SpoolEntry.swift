package import Basics

/// What is given to a spool, and what comes out of it again: bytes that it does not look into.
package struct SpoolEntry: Equatable, Sendable {
    /// The log whose order is kept; other logs do not wait for it.
    package let log: UUIDBytes
    /// How many rows it holds, for the metrics.
    package let rowCount: Int
    /// The bytes.
    package let bytes: [UInt8]
    /// The number of its first row in the log, for the mark of its segment; it is not kept here.
    package let firstRow: Int64?

    /// Makes an entry.
    package init(log: UUIDBytes, rowCount: Int, bytes: [UInt8], firstRow: Int64? = nil) {
        self.log = log
        self.rowCount = rowCount
        self.bytes = bytes
        self.firstRow = firstRow
    }
}
