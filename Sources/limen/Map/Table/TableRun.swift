import Basics
import FHIR
import JSON
import Posix
import SQLOnFHIR

/// One run of a view over data: rows to the output, findings and counts to standard error.
struct TableRun {
    private let view: ViewDefinition
    private let now: Instant
    private var output: TableOutput
    private var findings = TableFindings()
    private var fileCount = 0
    private var resourceCount = 0
    private var matchCount = 0
    private var rowCount = 0

    init(view: ViewDefinition, output: PendingFile?, format: TableOutput.Format, now: Instant) {
        self.view = view
        self.now = now
        self.output = TableOutput(format: format, columns: view.columns, file: output)
    }

    /// Reads every file; what cannot be used is reported, and the others go on.
    mutating func read(_ files: DataFiles, progress: ProgressLine) throws(CommandError) {
        for index in files.files.indices {
            let failure: CommandError?
            do throws(SystemError) {
                failure = try read(files, index, progress)
            } catch {
                let place = TableFindings.Place(path: files.files[index].path, line: 1)
                findings.add("cannot be read: \(error.text)", at: place)
                failure = nil
            }
            if let failure { throw failure }
            fileCount += 1
        }
        progress.end()
    }

    private mutating func read(
        _ files: DataFiles,
        _ index: Int,
        _ progress: ProgressLine
    ) throws(SystemError) -> CommandError? {
        let path = files.files[index].path
        var scanner = try DocumentScanner(files.open(index), name: path)
        var offset = 0
        while true {
            switch try scanner.next() {
            case .end:
                progress.add(files.files[index].byteCount - offset)
                return nil
            case .tooLong(let line, _):
                let most = Limits.dataDocumentBytesMax >> 20
                let place = TableFindings.Place(path: path, line: line)
                findings.add("the text is longer than \(most) MB", at: place)
            case .text(let text):
                do throws(CommandError) {
                    try visit(text, path)
                } catch {
                    return error
                }
                progress.add(text.offset + text.bytes.count - offset)
                offset = text.offset + text.bytes.count
            }
        }
    }

    /// Ends the output and says how it went.
    mutating func finish() throws(CommandError) -> ExitCode {
        try output.end()
        var summary =
            "\(Self.counted(rowCount, "row")) from \(matchCount) of "
            + "\(Self.counted(resourceCount, "resource")) that are \(view.resource), in "
            + Self.counted(fileCount, "file")
        if findings.count > 0 { summary += "; " + Self.counted(findings.count, "finding") }
        Terminal.writeError(findings.remainder + summary + "\n")
        return findings.count == 0 ? .ok : .findings
    }

    private static func counted(_ count: Int, _ word: String) -> String {
        "\(count) \(word)" + (count == 1 ? "" : "s")
    }

    // MARK: Documents

    private mutating func visit(
        _ text: DocumentScanner.Text,
        _ path: String
    ) throws(CommandError) {
        let place = TableFindings.Place(path: path, line: text.line)
        let document: JSONDocument
        do {
            document = try JSONDocument(parsing: text.bytes)
        } catch {
            let line = text.line + text.bytes.prefix(error.offset).count { $0 == 10 }
            let sentence = "\(error.sentence) (\(error.code.rawValue), byte \(error.offset))"
            findings.add(sentence, at: TableFindings.Place(path: path, line: line))
            return
        }
        let root = document.root
        for json in root.kind == .array ? Array(root.elements) : [root] {
            guard let resource = Resource(json) else {
                let below = place.below(json)
                findings.add("this is no FHIR resource: it has no resourceType", at: below)
                continue
            }
            try visit(resource, at: place)
        }
    }

    /// A Bundle is taken apart unless the view is about Bundles themselves.
    private mutating func visit(
        _ resource: Resource,
        at place: TableFindings.Place
    ) throws(CommandError) {
        guard view.resource != "Bundle", resource.isType("Bundle") else {
            try visit(resource.json, in: nil, fullURL: nil, at: place)
            return
        }
        var pending = [(json: resource.json, depth: 0)]
        while let (bundle, depth) = pending.popLast() {
            let keys = BundleKeys(bundle)
            if let list = bundle["entry"], !list.isNull, list.kind != .array {
                findings.add("the Bundle's entry is no list", at: place.below(list))
            }
            for entry in bundle["entry"].map({ Array($0.elements) }) ?? [] {
                guard let json = entry["resource"] else {
                    guard !BundleEntry.needsNoResource(entry) else { continue }
                    findings.add("this entry has no resource", at: place.below(entry))
                    continue
                }
                guard let inner = Resource(json) else {
                    let line = place.below(json)
                    findings.add("this entry's resource has no resourceType", at: line)
                    continue
                }
                if inner.isType("Bundle"), depth < Limits.dataBundleDepthMax {
                    pending.append((inner.json, depth + 1))
                } else {
                    let url = entry["fullUrl"]?.stringValue
                    try visit(inner.json, in: keys, fullURL: url, at: place)
                }
            }
        }
    }

    private mutating func visit(
        _ resource: JSONValue,
        in source: BundleKeys?,
        fullURL: String?,
        at place: TableFindings.Place
    ) throws(CommandError) {
        resourceCount += 1
        guard view.isAbout(resource) else { return }
        matchCount += 1
        let rows: ViewRows
        do {
            rows = try view.rows(of: resource, in: source, fullURL: fullURL, now: now)
        } catch {
            findings.add(error, at: place, resource)
            return
        }
        rowCount += rows.count
        try output.append(rows)
    }
}
