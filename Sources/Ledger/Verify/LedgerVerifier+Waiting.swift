import Basics

/// Rows that no signature covers yet, and rows that no key opens any more.
extension LedgerVerifier {
    /// Counts the rows that wait for a place, and names those that have no business there.
    ///
    /// The clock of whoever verifies has no say: a copy without a gateway waits for ever. Ages are
    /// measured against what the trail itself reached, its newest row or its last sign of life.
    mutating func verifyWaiting() throws(Source.Failure) {
        var waiting: [WaitingRow] = []
        while let row = try source.nextWaiting() {
            report.waitingRowCount += 1
            // Before the rows of an earlier version are taken in, all of them wait.
            guard isAdoptionComplete != nil else { continue }
            guard AdoptedKind(rawValue: row.kind) != nil else {
                find(.inserted, row.name, "a row waits for a place that nobody gives to its kind")
                continue
            }
            newestRow = max(newestRow ?? row.recordedAt, row.recordedAt)
            oldestUnsigned = min(oldestUnsigned ?? row.recordedAt, row.recordedAt)
            if waiting.count < Limits.ledgerFindingsMax { waiting.append(row) }
        }
        report.lastSignOfLife = lastHeartbeat
        if let now = knowledge.now, let last = lastHeartbeat {
            report.signOfLifeAgeMicroseconds = max(0, now.microseconds(since: last))
        }
        guard let newest = newestRow else { return }
        let reached = max(newest, lastHeartbeat ?? newest)
        for row in waiting where isOverdue(row.recordedAt, at: reached) {
            find(
                .unsigned,
                row.name,
                "a row has waited for a place since \(row.recordedAt.text), and nobody took it in"
            )
        }
        guard let oldest = oldestUnsigned, isOverdue(oldest, at: newest) else { return }
        find(
            .unsigned,
            nil,
            (lastHeartbeat.map { "the trail has not been signed since \($0.text)" }
                ?? "the trail was never signed")
                + ", though rows were written until \(newest.text)"
        )
    }

    private func isOverdue(_ moment: Instant, at reached: Instant) -> Bool {
        reached.microseconds(since: moment) > knowledge.unsignedMicrosecondsMax
    }

    /// Names the first row whose key is gone without a record.
    ///
    /// A key is no leaf of the tree, so that it can be destroyed; that it was is on record.
    mutating func verifyKeys() throws(Source.Failure) {
        guard let lost = try source.lostKeys() else { return }
        find(
            .lostKey,
            lost.first,
            "the keys of \(lost.rowCount) sealed rows or comments are not there, and no erasure and "
                + "no dropped month says why; this is the first"
        )
    }
}
