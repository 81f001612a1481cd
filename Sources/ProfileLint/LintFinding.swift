/// Something that is wrong with a profile, or looks so.
package struct LintFinding: Sendable, Equatable {
    /// How much it matters.
    package let severity: LintSeverity
    /// Which rule found it.
    package let rule: LintRule
    /// The file, below the folder of the profile; `Hooks/...` for a hook document.
    package let file: String
    /// The line, from one.
    package let line: Int
    /// The column in characters, from one.
    package let column: Int
    /// The path of the element, such as `inputs[2].from[0].code[1]`.
    package let path: String
    /// What is wrong, as a sentence.
    package let sentence: String
    /// What would be accepted; empty when the sentence says it.
    package let accepted: String

    /// Makes a finding.
    package init(
        severity: LintSeverity,
        rule: LintRule,
        file: String,
        line: Int,
        column: Int,
        path: String,
        sentence: String,
        accepted: String = ""
    ) {
        self.severity = severity
        self.rule = rule
        self.file = file
        self.line = line
        self.column = column
        self.path = path
        self.sentence = sentence
        self.accepted = accepted
    }
}
