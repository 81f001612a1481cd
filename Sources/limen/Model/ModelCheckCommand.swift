import ClinicalEngine
import Crypto
import Gateway
import JSON
import PMML
import Posix

/// `limen model check`: what a document needs, what it predicts, and what speaks against it.
enum ModelCheckCommand {
    /// What is known about one document.
    private struct Check {
        let file: ModelFile
        let digest: String
        let loadMicroseconds: Int
        /// What was read, or why it was not.
        let result: Result<DocumentInspection, PMMLError>
        /// What is wrong with the profile, when one was named.
        var profileFaults: [String] = []

        var review: ModelReview? {
            (try? result.get()).map(ModelReview.init)
        }

        var exitCode: ExitCode {
            guard let review else { return .badInput }
            return review.isSound && profileFaults.isEmpty ? .ok : .findings
        }
    }

    /// Runs the command: 0 sound, 1 findings, 3 unreadable.
    static func run(_ arguments: [String]) throws(CommandError) -> ExitCode {
        let parsed = try Arguments(arguments, of: "model check")
        guard !parsed.words.isEmpty else {
            throw CommandError(.usage, "say limen model check FILE|PROFILE...")
        }
        var checks: [Check] = []
        for word in parsed.words { checks.append(try check(try ModelFile(word))) }
        if parsed.has("json") {
            Terminal.writeOutput(json(checks) + "\n")
        } else {
            let pages = checks.map { text($0, .output).joined(separator: "\n") + "\n" }
            Terminal.writeOutput(pages.joined(separator: "\n"))
        }
        return checks.map(\.exitCode).max { $0.rawValue < $1.rawValue } ?? .ok
    }

    private static func check(_ file: ModelFile) throws(CommandError) -> Check {
        let started = Clock.monotonicNanoseconds()
        let inspection: Result<DocumentInspection, PMMLError>
        do {
            inspection = .success(try DocumentInspection(file.bytes))
        } catch {
            inspection = .failure(error)
        }
        let elapsed = Int((Clock.monotonicNanoseconds() - started) / 1_000)
        var check = Check(
            file: file,
            digest: Hexadecimal.text(Digest.sha256(file.bytes)),
            loadMicroseconds: elapsed,
            result: inspection
        )
        if let profile = file.profile {
            let files = try ProfileFiles()
            check.profileFaults = files.project(profile).findings.map(files.text)
        }
        return check
    }

    // MARK: For a reader

    private static func text(_ check: Check, _ style: TextStyle) -> [String] {
        let size = check.file.bytes.count
        var lines = [style.text(check.file.path, .strong)]
        let milliseconds = NumberText.exact((Double(check.loadMicroseconds) / 100).rounded() / 10)
        lines.append("  SHA-256 " + check.digest)
        let done = check.review == nil ? "read" : "read and verified"
        lines.append("  \(size) bytes, \(done) in \(milliseconds) ms")
        let inspection: DocumentInspection
        switch check.result {
        case .success(let read): inspection = read
        case .failure(let error):
            let sentence = "line \(error.line): " + ModelCommand.sentence(error)
            let word = style.text("REFUSED", .alarm)
            lines += style.lines(word + "  " + sentence, indent: 2, hanging: 11)
            // A reader that guessed its way past a fault would name faults that are none.
            lines += style.lines("Reading ends at the first fault; others may follow.", indent: 11)
            return lines
        }
        guard let page = try? ModelPage(inspection.definition, extent: .init()) else {
            return lines
        }
        lines += style.lines(TextStyle.safe(page.heading), indent: 2)
        lines.append("  verification: " + verification(inspection))
        for section in page.sections where ["inputs", "outputs"].contains(section.title) {
            lines += [""] + section.text(style)
        }
        guard let review = check.review else { return lines }
        if !review.findings.isEmpty || !check.profileFaults.isEmpty {
            lines += ["", style.text("findings", .strong)]
        }
        lines += text(review.findings, style)
        for fault in check.profileFaults {
            lines += style.lines(
                style.text("fault  ", .alarm) + "  " + fault,
                indent: 2,
                hanging: 11
            )
        }
        if check.exitCode == .ok { lines += ["", style.text("sound", .fine)] }
        return lines
    }

    /// The findings; what is said of several fields is said once.
    private static func text(_ findings: [ModelReview.Finding], _ style: TextStyle) -> [String] {
        var lines: [String] = []
        var said: Set<String> = []
        for finding in findings where said.insert(finding.topic + finding.sentence).inserted {
            let alike = findings.filter {
                $0.topic == finding.topic && $0.sentence == finding.sentence
            }
            let places = alike.map { finding in
                let line = finding.line.map { " (line \($0))" } ?? ""
                return TextStyle.safe(finding.place ?? "") + line
            }
            let list = places.filter { !$0.isEmpty }.joined(separator: ", ")
            let colour: TextStyle.Colour =
                switch finding.weight {
                case .fault: .alarm
                case .warning: .notice
                case .note: .faint
                }
            let word = TextStyle.padded(finding.weight.rawValue, to: 7)
            let text = word + "  " + (list.isEmpty ? "" : list + ": ") + finding.sentence
            var wrapped = style.lines(text, indent: 2, hanging: 11)
            wrapped[0] = "  " + style.text(word, colour) + wrapped[0].dropFirst(2 + word.count)
            lines += wrapped
        }
        return lines
    }

    private static func verification(_ inspection: DocumentInspection) -> String {
        let count = inspection.verificationRowCount
        guard count > 0 else { return "no verification rows" }
        let rows = Set(inspection.verificationFailures.map(\.row)).count
        let limit = DocumentInspection.failureCountMax
        let more = inspection.verificationFailures.count == limit ? " or more" : ""
        return rows == 0 ? "\(count) of \(count) rows pass" : "\(rows)\(more) of \(count) rows FAIL"
    }

    // MARK: For a program

    private static func json(_ checks: [Check]) -> String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("format", "limen-model-check/1")
        writer.name("models")
        writer.beginArray()
        for check in checks { write(check, to: &writer) }
        writer.endArray()
        writer.endObject()
        return writer.text
    }

    private static func write(_ check: Check, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("file", check.file.path)
        writer.member("profile", ifPresent: check.file.profile)
        writer.member("sha256", check.digest)
        writer.member("bytes", check.file.bytes.count)
        writer.member("loadMicroseconds", check.loadMicroseconds)
        switch check.result {
        case .failure(let error):
            writer.member("status", "refused")
            writer.name("refusal")
            writer.beginObject()
            writer.member("code", error.code.rawValue)
            writer.member("element", error.element)
            writer.member("line", error.line)
            writer.endObject()
        case .success(let inspection):
            writer.member("status", check.exitCode == .ok ? "sound" : "findings")
            write(inspection, to: &writer)
            writer.name("findings")
            writer.beginArray()
            for finding in check.review?.findings ?? [] {
                writer.beginObject()
                writer.member("weight", finding.weight.rawValue)
                writer.member("topic", finding.topic)
                writer.member("place", ifPresent: finding.place)
                if let line = finding.line { writer.member("line", line) }
                writer.member("sentence", finding.sentence)
                writer.endObject()
            }
            for fault in check.profileFaults {
                writer.beginObject()
                writer.member("weight", ModelReview.Weight.fault.rawValue)
                writer.member("topic", "profile")
                writer.member("sentence", fault)
                writer.endObject()
            }
            writer.endArray()
        }
        writer.endObject()
    }

    private static func write(_ inspection: DocumentInspection, to writer: inout JSONWriter) {
        let model = inspection.model
        writer.member("name", model.name)
        writer.member("kind", ModelPage.kind(inspection.definition.model))
        writer.member("function", model.function.rawValue)
        writer.member("target", ifPresent: model.target)
        writer.name("verification")
        writer.beginObject()
        writer.member("rows", inspection.verificationRowCount)
        writer.name("failures")
        writer.beginArray()
        for failure in inspection.verificationFailures {
            writer.beginObject()
            writer.member("row", failure.row)
            writer.member("output", failure.output)
            writer.member("line", failure.line)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        guard let page = try? ModelPage(inspection.definition, extent: .init(rows: nil)) else {
            return
        }
        for section in page.sections where ["inputs", "outputs"].contains(section.title) {
            writer.name(section.title)
            section.writeJSON(to: &writer)
        }
    }
}
