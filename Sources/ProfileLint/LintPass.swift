import Basics
import JSON
import Mapping

/// One look at a profile: gathers what every rule finds.
struct LintPass {
    let files: [String: [UInt8]]
    /// `profile.json`.
    let root: LintNode
    let inputs: [LintInput]
    let rules: [LintRuleNode]
    /// The ConceptMaps by file name.
    let maps: [String: LintNode]
    /// The model, when it can be read.
    var model: LintModel?
    var findings: [LintFinding] = []

    /// The bytes of every file that findings can stand in.
    private let texts: [String: [UInt8]]

    init(
        files: [String: [UInt8]],
        hooks: [String: [UInt8]],
        root: LintNode,
        maps: [String: LintNode]
    ) {
        self.files = files
        texts = files.merging(hooks) { file, _ in file }
        self.root = root
        self.maps = maps
        inputs =
            root.list("inputs").map { LintInput($0, isFact: false) }
            + root.list("facts").map { LintInput($0, isFact: true) }
        let defaults = root["defaults"]
        rules = inputs.flatMap { input in
            input.node.list("from").enumerated().map {
                LintRuleNode($1, input, $0, defaults: defaults)
            }
        }
    }

    /// The inputs that the model takes, without the facts.
    var modelInputs: [LintInput] { inputs.filter { !$0.isFact } }

    /// A member of an input, or of the defaults when it has none.
    func inherited(_ name: String, _ input: LintInput) -> LintNode? {
        input.node[name] ?? root["defaults"]?[name]
    }

    /// How far back an alternative looks: its own window, or that of its input.
    func window(of rule: LintRuleNode) -> LintNode? {
        rule.node["within"] ?? inherited("within", rule.input)
    }

    /// The longest window of an input in seconds.
    func longestWindow(of input: LintInput) -> Int? {
        rules.filter { $0.input.node.path == input.node.path }
            .compactMap { window(of: $0)?.seconds }.max() ?? inherited("within", input)?.seconds
    }

    /// Adds a finding at a value.
    ///
    /// `byteOffset` counts from the first character of a string's text.
    mutating func add(
        _ severity: LintSeverity,
        _ rule: LintRule,
        _ node: LintNode,
        _ sentence: String,
        accepted: String = "",
        byteOffset: Int? = nil
    ) {
        let inside = byteOffset.map { $0 + 1 } ?? 0
        let place = LintPosition(texts[node.file] ?? [], offset: node.json.byteOffset + inside)
        findings.append(
            LintFinding(
                severity: severity,
                rule: rule,
                file: node.file,
                line: place.line,
                column: place.column,
                path: node.path,
                sentence: sentence,
                accepted: accepted
            )
        )
    }

    /// Adds a finding about a file as a whole, or a line of it.
    mutating func add(
        _ severity: LintSeverity,
        _ rule: LintRule,
        file: String,
        line: Int = 1,
        column: Int = 1,
        path: String = "",
        _ sentence: String,
        accepted: String = ""
    ) {
        findings.append(
            LintFinding(
                severity: severity,
                rule: rule,
                file: file,
                line: line,
                column: column,
                path: path,
                sentence: sentence,
                accepted: accepted
            )
        )
    }
}

/// A line and column of a text.
struct LintPosition {
    let line: Int
    let column: Int

    /// Columns count characters as an editor does, so bytes that continue one are not counted.
    init(_ bytes: [UInt8], offset: Int) {
        var line = 1
        var column = 1
        for byte in bytes.prefix(offset) {
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        self.line = line
        self.column = column
    }
}
