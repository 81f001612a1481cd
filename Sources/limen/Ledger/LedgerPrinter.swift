import Basics
import JSON
import Ledger

/// The report of a verification, for people and for programs.
struct LedgerPrinter {
    /// What was found.
    let report: LedgerReport
    /// The files with copies of checkpoints that it was held against.
    let copies: [CheckpointFile]

    /// The report as lines.
    func text(milliseconds: Int) -> String {
        var text = report.isClean ? "the trail is as it was written\n" : "THE TRAIL IS DAMAGED\n"
        if let row = report.firstBadRow { text += "  first bad row  " + Self.name(row) + "\n" }
        for finding in report.findings {
            text += "  \(finding.damage.rawValue): \(TextStyle.safe(finding.text))\n"
            if let row = finding.row { text += "      " + Self.name(row) + "\n" }
        }
        if report.findingCount > report.findings.count {
            text += "  and \(report.findingCount - report.findings.count) more\n"
        }
        text +=
            "read: \(report.rowCount) rows in \(report.batchCount) batches of "
            + "\(report.logCount) logs, \(report.entryCount) leaves, in \(milliseconds) ms\n"
        text +=
            "checkpoints that agree: \(report.checkpointCount) in the database, "
            + "\(report.outsideCount) outside\n"
        text +=
            "signs of life: \(report.heartbeatCount), at most "
            + "\(report.heartbeatGapMicroseconds / 1_000_000) s apart; not yet covered: "
            + "\(report.uncoveredRowCount) rows\n"
        text += "waiting for a place: \(report.waitingRowCount) rows; last sign of life: "
        text += report.lastSignOfLife?.text ?? "none"
        if let age = report.signOfLifeAgeMicroseconds { text += ", \(age / 1_000_000) s ago" }
        text += "\n"
        if report.droppedRowCount > 0 {
            text += "dropped with a tombstone: \(report.droppedRowCount) rows\n"
        }
        for note in report.notes { text += "on record: \(TextStyle.safe(note))\n" }
        if report.restoredCopyCount > 0 {
            text +=
                "copies outside of leaves that a restored database has lost: "
                + "\(report.restoredCopyCount)\n"
        }
        for copy in copies { text += line(copy) }
        if !copies.contains(where: { $0.count > 0 }) {
            text +=
                "no copy of a checkpoint from outside was given: who can write to the database "
                + "could have cut off its end unseen (--outside FILE)\n"
        }
        return text
    }

    private func line(_ copy: CheckpointFile) -> String {
        var spoiled = ""
        if let first = copy.firstSpoiled {
            spoiled =
                "COPIES OUTSIDE ARE SPOILED: \(copy.path) holds \(copy.spoiledCount) notes that are "
                + "not as they were signed, the first is number \(first)\n"
        }
        if let last = copy.last {
            return spoiled + "copies outside: \(copy.count) in \(copy.path), the last of "
                + "\(last.size) leaves\n"
        }
        let fault = copy.isThere ? "holds no checkpoint" : "is not there"
        return spoiled
            + (copy.isLost(report)
                ? "COPIES OUTSIDE ARE LOST: \(copy.path) \(fault), though checkpoints were signed\n"
                : "copies outside: \(copy.path) \(fault)\n")
    }

    /// The report as a JSON object.
    var json: String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("clean", report.isClean)
        writer.member("logs", report.logCount)
        writer.member("batches", report.batchCount)
        writer.member("rows", report.rowCount)
        writer.member("leaves", Int(clamping: report.entryCount))
        writer.member("checkpoints", report.checkpointCount)
        writer.member("outsideCheckpoints", report.outsideCount)
        writer.member("heartbeats", report.heartbeatCount)
        writer.member("heartbeatGapMicroseconds", Int(report.heartbeatGapMicroseconds))
        writer.member("uncoveredRows", report.uncoveredRowCount)
        writer.member("waitingRows", report.waitingRowCount)
        writer.member("lastSignOfLife", ifPresent: report.lastSignOfLife?.text)
        if let age = report.signOfLifeAgeMicroseconds {
            writer.member("signOfLifeAgeMicroseconds", Int(age))
        }
        writer.member("droppedRows", report.droppedRowCount)
        writer.member("restoredCopies", report.restoredCopyCount)
        writer.name("copies")
        writer.beginArray()
        for copy in copies {
            writer.beginObject()
            writer.member("file", copy.path)
            writer.member("isLost", copy.isLost(report))
            writer.member("count", copy.count)
            writer.member("lastSize", Int(clamping: copy.last?.size ?? 0))
            writer.member("spoiled", copy.spoiledCount)
            writer.endObject()
        }
        writer.endArray()
        writer.name("onRecord")
        writer.beginArray()
        for note in report.notes { writer.value(note) }
        writer.endArray()
        writer.member("findingCount", report.findingCount)
        if let row = report.firstBadRow {
            writer.name("firstBadRow")
            Self.write(row, to: &writer)
        }
        writer.name("findings")
        writer.beginArray()
        for finding in report.findings {
            writer.beginObject()
            writer.member("damage", finding.damage.rawValue)
            writer.member("text", finding.text)
            if let row = finding.row {
                writer.name("row")
                Self.write(row, to: &writer)
            }
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return writer.text
    }

    private static func write(_ row: RowName, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("log", ifPresent: row.logID?.text)
        writer.member("sequence", ifPresent: row.sequence.map { String($0) })
        writer.member("tenant", ifPresent: row.tenant)
        writer.member("event", ifPresent: row.eventID?.text)
        writer.endObject()
    }

    private static func name(_ row: RowName) -> String {
        var parts: [String] = []
        if let log = row.logID { parts.append("log \(log.text)") }
        if let sequence = row.sequence { parts.append("row \(sequence)") }
        if let tenant = row.tenant { parts.append("tenant \(tenant)") }
        if let event = row.eventID { parts.append("event \(event.text)") }
        return TextStyle.safe(parts.joined(separator: ", "))
    }
}
