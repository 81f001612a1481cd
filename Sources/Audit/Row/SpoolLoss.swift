package import Basics

/// How a row of the trail says which acknowledged rows were lost with the spool.
///
/// It is a row of kind `configuration-change` of the tenant `system`, with the flag `spool-lost`, or
/// `spool-found` when they came back, and a flag such as `log:018f…:12` for each log: its rows from
/// number 12 on are concerned, as far as they are not in the trail.
package struct SpoolLoss: Sendable, Equatable {
    /// The first row of a log that is concerned.
    package struct Head: Sendable, Hashable {
        /// The log.
        package let log: UUIDBytes
        /// The number of the row, when it is known.
        package let firstRow: Int64?

        /// Names a row.
        package init(log: UUIDBytes, firstRow: Int64?) {
            self.log = log
            self.firstRow = firstRow
        }
    }

    /// The flag, and the stable code, of a row that tells of a loss.
    package static let lost = "spool-lost"
    /// The flag, and the stable code, of a row that tells that what was lost has come back.
    package static let found = "spool-found"

    /// Rows of which it is not known in which log they are.
    package static let unknown = Head(log: UUIDBytes(high: 0, low: 0), firstRow: nil)

    /// Whether it came back.
    package let isFound: Bool
    /// The first rows, one for each log and segment.
    package let heads: [Head]

    /// Says what is lost, or has come back.
    package init(isFound: Bool, heads: [Head]) {
        self.isFound = isFound
        self.heads = heads
    }

    /// Reads it from a stored row; `nil` when the row tells of no such thing.
    package init?(_ row: AuditRow) {
        guard row.kind == AuditRecord.Kind.configurationChange.rawValue,
            row.flags.first == Self.lost || row.flags.first == Self.found
        else { return nil }
        isFound = row.flags.first == Self.found
        heads = row.flags.dropFirst().compactMap { flag in
            let words = flag.split(separator: ":", omittingEmptySubsequences: false)
            guard words.count == 3, words[0] == "log", let log = UUIDBytes(text: String(words[1]))
            else { return nil }
            return Head(log: log, firstRow: Int64(words[2]))
        }
    }

    /// The flags of the row.
    package var flags: [String] {
        var named = heads
        if named.count > Limits.spoolLossHeadsMax {
            named = Array(named.prefix(Limits.spoolLossHeadsMax)) + [Self.unknown]
        }
        return [isFound ? Self.found : Self.lost]
            + named.map { head in
                "log:" + head.log.text + ":" + (head.firstRow.map { String($0) } ?? "")
            }
    }
}
