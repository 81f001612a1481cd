import ClinicalEngine
import Foundation
import PMML

// Measures the engine: evaluations of NEWS2 a second, complete and incomplete, and the time to
// load the document.
//
//     swift run -c release EngineBench [model.pmml]

let path = CommandLine.arguments.dropFirst().first ?? "Profiles/news2/model.pmml"
let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
let clock = ContinuousClock()

/// The seconds that a piece of work takes, at best of some runs.
func bestSeconds(runs: Int, _ work: () throws -> Void) rethrows -> Double {
    var best = Double.infinity
    for _ in 0..<runs {
        let duration = try clock.measure(work)
        let parts = duration.components
        best = min(best, Double(parts.seconds) + Double(parts.attoseconds) * 1e-18)
    }
    return best
}

let load = try bestSeconds(runs: 20) { _ = try PMMLDocument.compile(bytes) }
let model = try PMMLDocument.compile(bytes)
let healthy: [InputValue] = [
    .number(16), .number(97), .category("1"), .category("false"), .number(120), .number(70),
    .category("A"), .number(37),
]
let sick: [InputValue] = [
    .number(25), .number(97), .category("2"), .category("true"), .number(90), .number(131),
    .category("U"), .number(35),
]
var open = sick
open[1] = .missing
let unknown = [InputValue](repeating: .missing, count: 8)

print("\(model.name): \(bytes.count) bytes load and verify in \(load * 1e3) ms (best of 20)")
let cases = [("healthy", healthy), ("sick", sick), ("one missing", open), ("all missing", unknown)]
for (name, inputs) in cases {
    let count = 200_000
    var sum = 0.0
    let seconds = bestSeconds(runs: 5) {
        for _ in 0..<count { sum += model.evaluate(inputs).upper ?? 0 }
    }
    precondition(sum > 0 || name == "healthy", "the work must not be optimised away")
    let nanoseconds = seconds / Double(count) * 1e9
    let rate = Int(Double(count) / seconds)
    print("\(name): \(rate) evaluations/s, \(nanoseconds.rounded()) ns each (best of 5)")
}
