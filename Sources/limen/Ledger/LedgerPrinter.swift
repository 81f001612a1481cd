import Basics
import JSON
import Ledger

/// The report of a verification, for people and for programs.
enum LedgerPrinter {
    /// The report as lines.
    static func text(_ report: LedgerReport, hasOutside: Bool, milliseconds: Int) -> String {
        var text = report.isClean ? "the trail is as it was written\n" : "THE TRAIL IS DAMAGED\n"
        if let row = report.firstBadRow { text += "  first bad row  " + name(row) + "\n" }
        for finding in report.findings {
            text += "  \(finding.damage.rawValue): \(finding.text)\n"
            if let row = finding.row { text += "      " + name(row) + "\n" }
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
        if report.droppedRowCount > 0 {
            text += "dropped with a tombstone: \(report.droppedRowCount) rows\n"
        }
        for note in report.notes { text += "on record: \(note)\n" }
        if report.restoredCopyCount > 0 {
            text +=
                "copies outside of leaves that a restored database has lost: "
                + "\(report.restoredCopyCount)\n"
        }
        if !hasOutside {
            text +=
                "no copy of a checkpoint from outside was given: who can write to the database "
                + "could have cut off its end unseen (--outside FILE)\n"
        }
        return text
    }

    /// The report as a JSON object.
    static func json(_ report: LedgerReport) -> String {
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
        writer.member("droppedRows", report.droppedRowCount)
        writer.member("restoredCopies", report.restoredCopyCount)
        writer.name("onRecord")
        writer.beginArray()
        for note in report.notes { writer.value(note) }
        writer.endArray()
        writer.member("findingCount", report.findingCount)
        if let row = report.firstBadRow {
            writer.name("firstBadRow")
            write(row, to: &writer)
        }
        writer.name("findings")
        writer.beginArray()
        for finding in report.findings {
            writer.beginObject()
            writer.member("damage", finding.damage.rawValue)
            writer.member("text", finding.text)
            if let row = finding.row {
                writer.name("row")
                write(row, to: &writer)
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
        return parts.joined(separator: ", ")
    }
}
