import Audit
import AuditStore
import Basics
import CDSHooks
import JSON
import Posix

/// `limen feedback report`: what became of the cards, read as the tenant's auditor.
enum FeedbackCommand {
    /// Runs the command.
    static func run(_ arguments: [String]) async throws(CommandError) -> ExitCode {
        let parsed = try Arguments(arguments, of: "feedback")
        guard parsed.words == ["report"] else {
            throw CommandError(.usage, "say limen feedback report")
        }
        let name = parsed.value("by") ?? FeedbackGroup.Grouping.service.rawValue
        guard let grouping = FeedbackGroup.Grouping(rawValue: name) else {
            let known = FeedbackGroup.Grouping.allCases.map(\.rawValue).joined(separator: ", ")
            throw CommandError(.usage, "--by takes one of: \(known)")
        }
        let from = try moment("from", parsed)
        let end = try moment("to", parsed, isEnd: true)
        let access = try AuditAccess.choose(parsed)
        let query = try access.open()
        let report: (groups: [FeedbackGroup], orphanCount: Int, lateCount: Int)
        do {
            report = try query.feedbackReport(
                tenant: access.tenant,
                by: grouping,
                from: from,
                until: end
            )
        } catch {
            throw StoreSentence.commandError(error)
        }
        // The read is on record before anything of it is shown.
        var note = ReadNote("feedback-report")
        note.more = [("by", grouping.rawValue)]
        note.rowCount = report.groups.count
        try access.record(note, on: query)
        let page = FeedbackPage(
            grouping: grouping,
            groups: report.groups,
            orphanCount: report.orphanCount,
            lateCount: report.lateCount
        )
        if parsed.has("json") {
            Terminal.writeOutput(page.json)
        } else {
            Terminal.writeOutput(page.text)
        }
        return .ok
    }

    /// A time of the command line; a date is a day in UTC, and the whole of it is meant.
    private static func moment(
        _ name: String,
        _ parsed: Arguments,
        isEnd: Bool = false
    ) throws(CommandError) -> Instant? {
        guard let text = parsed.value(name) else { return nil }
        do {
            return try AskedMoment.read(text, zone: "Z", isEnd: isEnd)
        } catch {
            throw CommandError(
                .usage,
                "--\(name) takes a time such as 2026-05-04T10:00:00Z, or a date, a day in UTC"
            )
        }
    }
}
