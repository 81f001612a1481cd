import Foundation
import Support
import Testing

@testable import limen

@Suite("The forms of the command line")
struct CommandFormTests {
    static let all = CommandForm.all
    static let options = all.reduce(into: Set<String>()) { $0.formUnion($1.options) }

    /// A command line of a form, with words enough to be known by and one option.
    private static func line(_ form: CommandForm, _ option: String) -> [String] {
        let choice = form.choice.flatMap {
            $0 == option ? nil : ["--" + $0] + (form.values.contains($0) ? ["x"] : [])
        }
        return form.words + (choice ?? []) + ["--" + option]
    }

    @Test(
        "refuse every option that they do not take, and name it and what they take",
        arguments: all
    )
    func foreignOptions(form: CommandForm) async {
        let foreign = Self.options.subtracting(form.options).union(["no-such-option"])
        // With the option that chooses another form, that form is meant.
        let choices = Self.all.filter { $0.words == form.words }.compactMap(\.choice)
        for option in foreign.subtracting(choices).sorted() {
            let error = await #expect(throws: CommandError.self, "\(form.name) --\(option)") {
                let line = Self.line(form, option)
                _ = try await Limen.dispatch(line[0], Array(line.dropFirst()))
            }
            #expect(error?.exitCode == .usage)
            let sentence = error?.sentence ?? ""
            #expect(sentence.hasPrefix("\(form.name) does not take --\(option); "))
            #expect(form.options.allSatisfy { sentence.contains("--\($0)") })
        }
    }

    @Test("take each of their own options", arguments: all)
    func ownOptions(form: CommandForm) throws {
        let word = try #require(form.words.first)
        for option in form.options {
            let value = form.values.contains(option) ? ["1"] : []
            let line = Self.line(form, option) + value
            let parsed = try Arguments(line.dropFirst(), of: word)
            #expect(parsed.words == Array(form.words.dropFirst()))
            #expect(parsed.has(option) || parsed.value(option) == "1")
        }
    }

    @Test("take an option twice where it is a list, and nowhere else", arguments: all)
    func twice(form: CommandForm) throws {
        let word = try #require(form.words.first)
        for option in form.values {
            let line = Self.line(form, option) + ["1", "--\(option)=2"]
            guard !form.lists.contains(option) else {
                let parsed = try Arguments(line.dropFirst(), of: word)
                #expect(parsed.all(option) == ["1", "2"])
                continue
            }
            let error = #expect(throws: CommandError.self) {
                _ = try Arguments(line.dropFirst(), of: word)
            }
            #expect(error?.exitCode == .usage)
            #expect(error?.sentence == "--\(option) is given twice, and \(form.name) takes it once")
        }
    }

    @Test("agree within a command whether an option has a value")
    func kinds() {
        for word in Set(Self.all.compactMap(\.words.first)) {
            let forms = CommandForm.forms(of: word)
            let values = forms.reduce(into: Set<String>()) { $0.formUnion($1.values) }
            let switches = forms.reduce(into: Set<String>()) { $0.formUnion($1.switches) }
            #expect(values.isDisjoint(with: switches), "\(word)")
        }
    }

    @Test(
        "refuse an option of a sister command",
        arguments: [
            ["audit", "hold", "list", "--patient", "X"], ["audit", "hold", "list", "--reason=why"],
            ["audit", "hold", "lift", "H", "--all"], ["audit", "keys", "status", "--gone", "x"],
            ["audit", "spool", "retry", "--json"], ["audit", "signer", "--unvouched"],
            ["audit", "review", "run", "R", "--from", "2026-05-04T10:00:00Z"],
            ["audit", "erase", "--patient", "1", "--json"], ["jwt", "key", "K", "--issuer", "x"],
            ["audit", "verify", "--receipt", "r", "--since", "2026-05-04T10:00:00Z"],
            ["drill", "kill", "--count", "5"], ["unit", "check", "mm[Hg]", "--batch"],
            ["doctor", "--expectation", "--json"], ["version", "--json"], ["help", "--all"],
        ]
    )
    func sisters(line: [String]) async {
        let error = await #expect(throws: CommandError.self) {
            _ = try await Limen.dispatch(line[0], Array(line.dropFirst()))
        }
        #expect(error?.exitCode == .usage)
        #expect(error?.sentence.contains(" does not take --") == true)
    }

    @Test("say it of the whole command while no word says which form is meant")
    func withoutForm() {
        let error = #expect(throws: CommandError.self) {
            try Arguments(["--patience", "x"], of: "audit hold")
        }
        #expect(
            error?.sentence
                == "limen audit hold does not take --patience; did you mean --patient? "
                + "It takes --all, --json, --keys, --patient, --reason, --state, --tenant"
        )
    }

    // MARK: What is written down elsewhere

    @Test("are what commands read their options by, and nothing else")
    func sources() throws {
        let folder = Shared.checkout.appendingPathComponent("Sources/limen")
        var count = 0
        for path in try Self.files(below: folder) where path.hasSuffix(".swift") {
            let text = try String(contentsOfFile: path, encoding: .utf8)
            count += text.components(separatedBy: "try Arguments(").count - 1
            for call in text.components(separatedBy: "try Arguments(").dropFirst() {
                let head = call.prefix { $0 != ")" }
                #expect(head.contains("of: "), "\(path)")
            }
        }
        #expect(count > 50)
    }

    @Test("take every option that README, manual, scripts and help show with a command")
    func documents() throws {
        var lines: [(place: String, text: String)] = []
        for place in ["README.md", "Sources", "Deploy", "Profiles", "Hooks", "Tests", "limen"] {
            let url = Shared.checkout.appendingPathComponent(place)
            for path in try Self.files(below: url) where Self.isDocument(path) {
                guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
                    continue
                }
                lines += Self.commands(in: text).map { (path, $0) }
            }
        }
        for command in HelpCommand.commands {
            lines += Self.commands(in: HelpCommand.text(for: command)).map { ("help", $0) }
        }
        lines += Self.commands(in: HelpCommand.overview).map { ("help", $0) }
        var optionCount = 0
        for (place, text) in lines {
            let tokens = text.split(whereSeparator: { " \t[]()|,\"'`…".contains($0) })
                .map(String.init)
            let options = tokens.filter { $0.hasPrefix("--") }.compactMap { token in
                token.dropFirst(2).split(separator: "=").first.map(String.init)
            }.filter { $0.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "-" } }
            guard let command = tokens.first, !CommandForm.forms(of: command).isEmpty else {
                continue
            }
            // Usages name several forms in one line: rotate|new-epoch, signer | signer new.
            let words = Set(tokens)
            // The script in a checkout does these itself, without the program.
            let isScript = tokens.count > 1 && Self.measures.contains(tokens[1])
            guard command != "bench" || !isScript else { continue }
            let forms = CommandForm.forms(of: command).filter { words.isSuperset(of: $0.words) }
            let named = forms.isEmpty ? CommandForm.forms(of: command) : forms
            optionCount += options.count
            for option in options where option != "help" && option != "version" {
                #expect(
                    named.contains { $0.options.contains(option) },
                    "\(place): --\(option) in: limen \(text)"
                )
            }
        }
        #expect(optionCount > 400)
    }

    private static let measures: Set<String> = [
        "stages", "rows", "parts", "instructions", "compare", "peers",
    ]

    /// What follows `limen` in a text, command by command, with the lines that go on.
    private static func commands(in text: String) -> [String] {
        let joined = text.replacingOccurrences(of: "\\\n", with: " ")
        var found: [String] = []
        for line in joined.split(separator: "\n") {
            let continues = line.hasPrefix("        ") && line.drop { $0 == " " }.first == "["
            if continues, let last = found.popLast() {
                found.append(last + " " + line.drop { $0 == " " })
                continue
            }
            for part in line.components(separatedBy: "limen ").dropFirst() {
                let end = part.firstRange(of: #/ {2,}|`|&&|;|>|<|#|\. |: |\$\(| \| [a-z]+ -/#)
                found.append(String(part[..<(end?.lowerBound ?? part.endIndex)]))
            }
        }
        return found
    }

    private static func isDocument(_ path: String) -> Bool {
        let name = (path as NSString).lastPathComponent
        return ["md", "sh", "yml", "yaml", "service", "conf"].contains(
            (name as NSString).pathExtension
        ) || !name.contains(".")
    }

    private static func files(below url: URL) throws -> [String] {
        let manager = FileManager.default
        let kind = try? manager.attributesOfItem(atPath: url.path)[.type] as? FileAttributeType
        guard kind == .typeDirectory else { return kind == nil ? [] : [url.path] }
        return try manager.subpathsOfDirectory(atPath: url.path).map { url.path + "/" + $0 }
    }
}
