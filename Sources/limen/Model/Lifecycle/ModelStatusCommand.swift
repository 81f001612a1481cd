import Audit
import AuditStore
import Basics
import Gateway
import JSON
import Lifecycle
import Posix

/// `limen model status [SERVICE]`: which version answers whom, since when, by whom and why.
///
/// Exit code 1 when something needs attention, such as a canary whose folder was replaced.
enum ModelStatusCommand {
    /// Runs the command.
    static func run(_ arguments: [String]) throws(CommandError) -> ExitCode {
        let parsed = try Arguments(arguments, of: "model status")
        guard parsed.words.count <= 1 else {
            throw CommandError(.usage, "say limen model status [SERVICE]")
        }
        let access = try DeploymentAccess(parsed)
        let store = try access.store()
        let book = try DeploymentAccess.book(store)
        var catalogue = access.catalogue
        catalogue.resolve(book)
        var ids = catalogue.serviceIDs.filter { catalogue.family(id: $0) != nil }
        if let id = parsed.words.first {
            _ = try access.family(id)
            ids = [id]
        }
        var writer = JSONWriter()
        writer.beginArray()
        var lines: [String] = []
        var needsAttention = false
        let width = ids.map(\.count).max() ?? 0
        for id in ids {
            guard let (_, plan) = catalogue.family(id: id) else { continue }
            let history: [Deployment]
            do {
                history = try store.history(of: id, limit: parsed.words.isEmpty ? 1 : 20)
            } catch {
                throw StoreSentence.commandError(error)
            }
            let counts = book.totals.filter { $0.key.service == id }
            let heading = id + String(repeating: " ", count: width - id.count)
            lines += text(heading, plan, history, counts, book, isLong: !parsed.words.isEmpty)
            write(id, plan, history, counts, book, to: &writer)
            if !plan.notes.isEmpty { needsAttention = true }
        }
        writer.endArray()
        Terminal.writeOutput(
            parsed.has("json") ? writer.text + "\n" : lines.map { $0 + "\n" }.joined()
        )
        return needsAttention ? .findings : .ok
    }

    private static func text(
        _ heading: String,
        _ plan: ServicePlan,
        _ history: [Deployment],
        _ counts: [ArmKey: ArmTotals],
        _ book: DeploymentBook,
        isLong: Bool
    ) -> [String] {
        var lines = [
            heading + "  live " + (plan.liveVersion.map(DeploymentPage.name) ?? "not loaded")
        ]
        if let canary = plan.canaryVersion {
            let share = (plan.canaryShare ?? 0) * 100
            lines.append("  canary  \(DeploymentPage.name(canary))  \(share) % of patients")
        }
        for shadow in plan.shadowVersions {
            lines.append("  shadow  " + DeploymentPage.name(shadow))
        }
        lines += plan.notes.map { "  NOTE    " + $0.sentence }
        var table = TextTable()
        for (key, totals) in counts.sorted(by: { $0.key.arm.rawValue < $1.key.arm.rawValue }) {
            table.append([
                "since \(key.number)", key.arm.rawValue, key.profile, "\(totals.cases) cases",
                "\(totals.refused) refused", "\(totals.failed) failed", "\(totals.slow) slow",
            ])
        }
        lines += table.lines(indent: "  ")
        lines += DeploymentPage.bounds(plan, book)
        for change in history {
            let when = change.madeAt?.text ?? ""
            lines.append(
                "  \(change.number)  \(when)  \(change.kind.rawValue)  by "
                    + TextStyle.safe(change.madeBy + ": " + change.reason)
            )
            if isLong { lines.append("     " + DeploymentPage.line(change)) }
        }
        return lines
    }

    private static func write(
        _ id: String,
        _ plan: ServicePlan,
        _ history: [Deployment],
        _ counts: [ArmKey: ArmTotals],
        _ book: DeploymentBook,
        to writer: inout JSONWriter
    ) {
        writer.beginObject()
        writer.member("service", id)
        writer.member("number", plan.number)
        DeploymentPage.write("live", plan.liveVersion, to: &writer)
        DeploymentPage.write("canary", plan.canaryVersion, to: &writer)
        writer.name("shadow")
        writer.beginArray()
        for shadow in plan.shadowVersions { writer.value(shadow.profile) }
        writer.endArray()
        writer.name("notes")
        writer.beginArray()
        for note in plan.notes { writer.value(note.sentence) }
        writer.endArray()
        writer.name("arms")
        writer.beginArray()
        for (key, totals) in counts.sorted(by: { $0.key.arm.rawValue < $1.key.arm.rawValue }) {
            writer.beginObject()
            writer.member("arm", key.arm.rawValue)
            writer.member("profile", key.profile)
            writer.member("since", key.number)
            writer.member("cases", totals.cases)
            writer.member("refused", totals.refused)
            writer.member("failed", totals.failed)
            writer.member("slow", totals.slow)
            writer.endObject()
        }
        writer.endArray()
        writer.name("bounds")
        writer.beginArray()
        for line in DeploymentPage.bounds(plan, book) { writer.value(String(line.dropFirst(10))) }
        writer.endArray()
        writer.name("history")
        writer.beginArray()
        for change in history { DeploymentPage.write(change, to: &writer) }
        writer.endArray()
        writer.endObject()
    }
}
