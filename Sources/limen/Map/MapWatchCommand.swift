import Basics
import JSON
import Posix

/// `limen map watch`: runs the cases, and explains data, again on each change of the files.
enum MapWatchCommand {
    private enum Event {
        case changed
        case stopped
    }

    /// Runs until Ctrl-C.
    static func run(_ arguments: [String]) async throws(CommandError) -> ExitCode {
        let parsed = try Arguments(arguments, of: "map watch")
        guard let typed = parsed.words.first, parsed.words.count <= 2 else {
            throw CommandError(.usage, "say limen map watch PROFILE [DATA]")
        }
        var files = try ProfileFiles()
        let name = try files.name(typed)
        let data = parsed.words.dropFirst().first
        if data == "-" { throw CommandError(.usage, "standard input cannot be watched") }
        let events = try events(files: files, name: name, data: data)
        draw(typed, data, parsed)
        for await event in events {
            guard event == .changed else { break }
            draw(typed, data, parsed)
        }
        // Nothing but colours was set, and they must not stay behind an interrupted line.
        if Terminal.isOutputTerminal, !parsed.has("json") { Terminal.writeOutput("\u{1B}[0m\n") }
        return .ok
    }

    private static func events(
        files: ProfileFiles,
        name: String,
        data: String?
    ) throws(CommandError) -> AsyncStream<Event> {
        let (events, sink) = AsyncStream<Event>.makeStream()
        do {
            var folders = [files.path(ofFolder: name), files.home + "/Hooks"]
            var flat: [String] = []
            if let data {
                if Folder.isFolder(path: data) {
                    folders.append(data)
                } else {
                    let parts = data.split(separator: "/", omittingEmptySubsequences: false)
                    let parent = parts.dropLast().joined(separator: "/")
                    flat.append(parent.isEmpty ? data.hasPrefix("/") ? "/" : "." : parent)
                }
            }
            let watcher = try FileWatcher(folders: folders, flatFolders: flat)
            try WorkerThread.start(name: "watch") {
                while (try? watcher.waitForChange()) ?? false { sink.yield(.changed) }
                sink.yield(.stopped)
            }
            let signals = try SignalSource.stream(of: [.interrupt, .terminate, .hangUp])
            Task {
                for await _ in signals { sink.yield(.stopped) }
            }
        } catch {
            throw CommandError(.unavailable, "the files cannot be watched: \(error.text)")
        }
        return events
    }

    /// Shows where things stand; an error is shown and nothing ends.
    private static func draw(_ typed: String, _ data: String?, _ parsed: Arguments) {
        let style = TextStyle.output
        var run: GoldenRun?
        var explanation: Explanation?
        var fault: String?
        do throws(CommandError) {
            var files = try ProfileFiles()
            let name = try files.name(typed)
            let fresh = GoldenRun(name, in: files, filter: parsed.value("filter"))
            run = fresh
            if let data, fresh.faults.isEmpty {
                explanation = try Explanation(
                    files: files,
                    name: name,
                    data: try ClinicalData(path: data),
                    request: parsed
                )
            }
        } catch {
            fault = error.sentence
        }
        guard !parsed.has("json") else {
            Terminal.writeOutput(json(run, explanation, fault) + "\n")
            return
        }
        if Terminal.isOutputTerminal { Terminal.writeOutput("\u{1B}[H\u{1B}[2J") }
        var lines = run?.lines(style, namesWidth: 0) ?? []
        if let explanation {
            lines += [""] + explanation.page(style: style, showsAll: parsed.has("all")).lines
        }
        if let fault { lines.append(style.text(TextStyle.safe(fault), .alarm)) }
        let time = Clock.now().text.prefix(19)
        let footer = "at \(time)Z; watching the files of \(typed), Ctrl-C ends"
        lines += ["", style.text(footer, .faint)]
        Terminal.writeOutput(lines.joined(separator: "\n") + "\n")
    }

    /// One line for each time that things were looked at.
    private static func json(
        _ run: GoldenRun?,
        _ explanation: Explanation?,
        _ fault: String?
    ) -> String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("format", "limen-map-watch/1")
        writer.member("at", Clock.now().text)
        if let run {
            writer.name("test")
            run.writeJSON(to: &writer)
        }
        if let explanation {
            writer.name("explain")
            writer.rawValue(Array(explanation.json.utf8))
        }
        writer.member("fault", ifPresent: fault)
        writer.endObject()
        return writer.text
    }
}
