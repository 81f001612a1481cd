import Basics
import Gateway

/// Golden runs as the JUnit XML that build servers read.
///
///     <testsuites name="limen map test" tests="2" failures="1" errors="0" time="0.004">
///       <testsuite name="news2" tests="2" failures="1" errors="0" skipped="0" time="0.004">
///         <testcase classname="news2.units" name="a fever in Fahrenheit" time="0.002">
///           <failure type="difference" message="inputs.temperature">expected ...</failure>
struct JUnitReport {
    let runs: [GoldenRun]
    /// When the run began.
    let startedAt: Instant

    /// The document.
    var text: String {
        let tests = runs.reduce(0) { $0 + $1.results.count + $1.faults.count }
        let time = runs.reduce(0) { $0 + $1.microseconds }
        var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        text += "<testsuites name=\"limen map test\" tests=\"\(tests)\""
        text += " failures=\"\(runs.reduce(0) { $0 + failures($1) })\""
        text += " errors=\"\(runs.reduce(0) { $0 + errors($1) })\""
        text += " time=\"\(Self.seconds(time))\">\n"
        for run in runs { text += suite(run) }
        return text + "</testsuites>\n"
    }

    private func failures(_ run: GoldenRun) -> Int { run.failed.count { $0.fault == nil } }

    private func errors(_ run: GoldenRun) -> Int {
        run.failed.count { $0.fault != nil } + run.faults.count
    }

    private func suite(_ run: GoldenRun) -> String {
        var text = "  <testsuite name=\"\(Self.escaped(run.name))\""
        text += " tests=\"\(run.results.count + run.faults.count)\""
        text += " failures=\"\(failures(run))\" errors=\"\(errors(run))\" skipped=\"0\""
        text += " time=\"\(Self.seconds(run.microseconds))\""
        // The schema knows no zone and no fraction here; the time is UTC.
        text += " timestamp=\"\(startedAt.text.prefix(19))\">\n"
        for fault in run.faultTexts {
            text += "    <testcase classname=\"\(Self.escaped(run.name))\" name=\"it loads\""
            text += " time=\"0.000\">\n"
            text += "      <error type=\"configuration\" message=\"\(Self.escaped(fault))\"/>\n"
            text += "    </testcase>\n"
        }
        for (outcome, microseconds) in run.results {
            text += testCase(run, outcome, microseconds)
        }
        return text + "  </testsuite>\n"
    }

    private func testCase(
        _ run: GoldenRun,
        _ outcome: CaseOutcome,
        _ microseconds: Int64
    ) -> String {
        let file = outcome.golden.file.split(separator: "/").last ?? ""
        let name = run.name + "." + (file.hasSuffix(".json") ? file.dropLast(5) : file)
        var text = "    <testcase classname=\"\(Self.escaped(name))\""
        text += " name=\"\(Self.escaped(outcome.golden.name))\""
        text += " time=\"\(Self.seconds(microseconds))\""
        guard !outcome.isPassed else { return text + "/>\n" }
        text += ">\n"
        let place = run.place(outcome.golden)
        if let fault = outcome.fault {
            text += "      <error type=\"case\" message=\"\(Self.escaped(fault))\">"
            text += Self.escaped(place) + "</error>\n"
        } else {
            let members = outcome.differences.map(\.member).joined(separator: ", ")
            let lines = outcome.differences.map {
                "\($0.member): expected \($0.expected), got \($0.actual)"
            }
            text += "      <failure type=\"difference\" message=\"\(Self.escaped(members))\">"
            text += Self.escaped(([place] + lines).joined(separator: "\n")) + "</failure>\n"
        }
        return text + "    </testcase>\n"
    }

    private static func seconds(_ microseconds: Int64) -> String {
        let digits = String(microseconds % 1_000_000)
        let fraction = String(repeating: "0", count: 6 - digits.count) + digits
        return "\(microseconds / 1_000_000).\(fraction)"
    }

    /// The text with XML's own characters escaped; what XML 1.0 cannot hold (section 2.2) is
    /// written as `\u{7}`.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\n": result += "&#10;"
            case "\t": result += "&#9;"
            default:
                let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
                if isControl || scalar.value & 0xFFFE == 0xFFFE {
                    result += "\\u{" + String(scalar.value, radix: 16) + "}"
                } else {
                    result.unicodeScalars.append(scalar)
                }
            }
        }
        return result
    }
}
