/// What the sink has done since it was opened, for metrics.
package struct AuditStatistics: Sendable, Equatable {
    /// Rows that were confirmed durable.
    package var committedRowCount = 0
    /// Rows that the server refused.
    package var refusedRowCount = 0
    /// Rows that were sent again because a reply was lost.
    package var resentRowCount = 0
    /// Rows that were made durable in the local spool.
    package var spooledRowCount = 0
    /// Rows of the spool that were brought to the database.
    package var replayedRowCount = 0
    /// Transactions that were confirmed.
    package var batchCount = 0
    /// The most rows of one transaction.
    package var batchRowsLargest = 0
    /// How many transactions had 1, 2, up to 4, 8, 16, 32, 64 and up to 128 rows.
    package var batchRowsHistogram = [Int](repeating: 0, count: 8)
    /// The sum of the times from sending a transaction to its confirmation, in microseconds.
    package var flightMicroseconds = 0
    /// The longest of these times, in microseconds.
    package var flightMicrosecondsLargest = 0
    /// Connections that broke.
    package var connectionLossCount = 0
    /// Attempts to connect that failed.
    package var connectionFailureCount = 0

    /// Makes the statistics of nothing done.
    package init() {}

    /// The upper bounds of the histogram's classes, in rows.
    package static let histogramBounds = [1, 2, 4, 8, 16, 32, 64, 128]

    mutating func committed(rowCount: Int, microseconds: Int) {
        committedRowCount += rowCount
        batchCount += 1
        batchRowsLargest = max(batchRowsLargest, rowCount)
        flightMicroseconds += microseconds
        flightMicrosecondsLargest = max(flightMicrosecondsLargest, microseconds)
        let group = Self.histogramBounds.firstIndex { rowCount <= $0 }
        batchRowsHistogram[group ?? batchRowsHistogram.count - 1] += 1
    }
}
