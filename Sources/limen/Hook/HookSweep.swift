import JSON
import Posix

/// Fires every JSON file below a folder and prints a table of outcomes per folder.
struct HookSweep {
    let fire: HookFire

    /// How many files of a folder came to which outcome.
    private struct Row {
        let folder: String
        var counts: [String: Int] = [:]
        var fileCount = 0
    }

    /// Runs the sweep; exit code 1 when any answer was a 5xx.
    func run(folder: String, asJSON: Bool) throws(CommandError) -> ExitCode {
        var rows: [Row] = []
        var isFailed = false
        for path in try Self.files(below: folder) {
            let place = path.split(separator: "/").dropLast().joined(separator: "/")
            if rows.last?.folder != place { rows.append(Row(folder: place)) }
            let outcome = try outcome(of: path)
            isFailed = isFailed || outcome.hasPrefix("5")
            rows[rows.count - 1].counts[outcome, default: 0] += 1
            rows[rows.count - 1].fileCount += 1
        }
        Terminal.writeOutput(asJSON ? Self.json(rows) : Self.text(rows))
        return isFailed ? .findings : .ok
    }

    /// The outcome of one file, such as `cards info`, `412 LIMEN-GATE-020` or `not a bundle`.
    private func outcome(of path: String) throws(CommandError) -> String {
        let bytes = try ConfigurationFiles.bytes(path)
        let body = (try? fire.body(of: bytes, label: path)) ?? fire.body(ofUnreadable: bytes)
        let answer = try fire.post(body)
        guard answer.status == 200, let document = answer.document else {
            return "\(answer.status) " + OutcomePrinter.code(answer.document)
        }
        let cards = document.root["cards"].map { Array($0.elements) } ?? []
        guard let first = cards.first else { return "no cards" }
        let indicator = first["indicator"]?.stringValue ?? ""
        let explanation =
            document.root["extension"]?["org.limen.explain"]
            ?? first["extension"]?["org.limen.explain"]
        let status = explanation.map { Self.status($0) } ?? ""
        return ["card", indicator, status].filter { !$0.isEmpty }.joined(separator: " ")
    }

    /// Whether the model applied, and if so whether it was complete.
    private static func status(_ explanation: JSONValue) -> String {
        let evaluation = explanation["evaluation"]
        let applicability = evaluation?["applicability"]?.stringValue ?? ""
        guard applicability == "applies" else {
            return applicability + " " + (evaluation?["applicabilityCode"]?.stringValue ?? "")
        }
        return evaluation?["status"]?.stringValue ?? ""
    }

    /// Every `*.json` file below a folder, in order.
    private static func files(below folder: String) throws(CommandError) -> [String] {
        var files: [String] = []
        var pending = [folder]
        while let next = pending.popLast() {
            if Folder.isFolder(path: next) {
                do {
                    pending += try Folder.names(path: next).reversed().map { next + "/" + $0 }
                } catch {
                    throw CommandError(.badInput, "\(next) cannot be read: \(error.text)")
                }
            } else if next.hasSuffix(".json") {
                files.append(next)
            }
        }
        return files
    }

    private static func text(_ rows: [Row]) -> String {
        var table = TextTable()
        for row in rows {
            table.append([row.folder, "\(row.fileCount) files"])
            for (outcome, count) in row.counts.sorted(by: { $0.key < $1.key }) {
                table.append(["", "\(count)", outcome])
            }
        }
        return table.lines().joined(separator: "\n") + "\n"
    }

    private static func json(_ rows: [Row]) -> String {
        var writer = JSONWriter()
        writer.beginArray()
        for row in rows {
            writer.beginObject()
            writer.member("folder", row.folder)
            writer.member("files", row.fileCount)
            writer.name("outcomes")
            writer.beginObject()
            for (outcome, count) in row.counts.sorted(by: { $0.key < $1.key }) {
                writer.member(outcome, count)
            }
            writer.endObject()
            writer.endObject()
        }
        writer.endArray()
        return writer.text + "\n"
    }
}
