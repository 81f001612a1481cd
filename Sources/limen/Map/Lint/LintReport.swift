import JSON
import ProfileLint

/// What lint found in one profile.
///
///     Profiles/news2/profile.json:41:22  error  loinc-check-digit  inputs[0].from[0].code[0]
///         the check digit of this LOINC code would be 5: a digit is mistyped
///         accepted: 8310-5, if the rest is right
struct LintReport {
    let name: String
    let path: String
    let findings: [LintFinding]

    /// The reports for a reader, and a line that sums them up.
    static func text(_ reports: [LintReport]) -> String {
        var lines: [String] = []
        for report in reports {
            for finding in report.findings { lines += report.lines(finding) }
        }
        for report in reports {
            let counts = LintSeverity.allCases.map { severity in
                let count = report.findings.count { $0.severity == severity }
                return "\(count) \(severity.rawValue)" + (count == 1 ? "" : "s")
            }
            lines.append(report.name + ": " + counts.joined(separator: ", "))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The reports as JSON: one list of findings.
    static func json(_ reports: [LintReport]) -> String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("format", "limen-lint/1")
        writer.name("profiles")
        writer.beginArray()
        for report in reports {
            writer.beginObject()
            writer.member("name", report.name)
            for severity in LintSeverity.allCases {
                let count = report.findings.count { $0.severity == severity }
                writer.member(severity.rawValue + "s", count)
            }
            writer.name("findings")
            writer.beginArray()
            for finding in report.findings {
                writer.beginObject()
                writer.member("severity", finding.severity.rawValue)
                writer.member("rule", finding.rule.rawValue)
                writer.member("file", report.file(finding))
                writer.member("line", finding.line)
                writer.member("column", finding.column)
                writer.member("path", finding.path)
                writer.member("sentence", finding.sentence)
                if !finding.accepted.isEmpty { writer.member("accepted", finding.accepted) }
                writer.endObject()
            }
            writer.endArray()
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return writer.text + "\n"
    }

    private func file(_ finding: LintFinding) -> String {
        finding.file.hasPrefix("Hooks/") ? finding.file : path + "/" + finding.file
    }

    private func lines(_ finding: LintFinding) -> [String] {
        var lines = [
            file(finding) + ":\(finding.line):\(finding.column)  "
                + "\(finding.severity.rawValue)  \(finding.rule.rawValue)  " + finding.path,
            "    " + finding.sentence.printable(280),
        ]
        if !finding.accepted.isEmpty {
            lines.append("    accepted: " + finding.accepted.printable(280))
        }
        return lines
    }
}
