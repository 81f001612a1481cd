import Audit
import Basics

/// Rows that were acknowledged and are not in the trail, because the spool was gone.
extension LedgerVerifier {
    /// Takes what a row says of a spool.
    ///
    /// It stays a finding until another row says that the same segments came back. No review ends
    /// it: the rows are missing as before, and a trail without them is not as it was acknowledged.
    mutating func note(_ loss: SpoolLoss, in row: RowName) {
        for head in loss.heads.isEmpty ? [SpoolLoss.unknown] : loss.heads {
            if loss.isFound {
                lostHeads[head] = nil
            } else if lostHeads.count < Limits.ledgerFindingsMax, lostHeads[head] == nil {
                lostHeads[head] = row
            }
        }
        if loss.isFound {
            report.notes.append(
                "what was missing of a spool came back, with the rows of "
                    + "\(Set(loss.heads.map(\.log)).count) logs"
            )
        }
    }

    /// Names the first row of each log and segment that is lost.
    mutating func nameLostHeads() {
        let heads = lostHeads.sorted { left, right in
            (left.key.log.text, left.key.firstRow ?? 0)
                < (right.key.log.text, right.key.firstRow ?? 0)
        }
        for (head, teller) in heads {
            let isNamed = head != SpoolLoss.unknown
            let event = teller.eventID.map { " (event \($0.text))" } ?? ""
            find(
                .lostSpool,
                isNamed ? RowName(logID: head.log, sequence: head.firstRow) : teller,
                isNamed
                    ? "rows of this log from this one on were acknowledged into a spool that was "
                        + "gone at the next start, as a row of the trail says\(event)"
                    : "rows were acknowledged into a spool that was gone at the next start, as this "
                        + "row says; which ones is not known"
            )
        }
    }
}
