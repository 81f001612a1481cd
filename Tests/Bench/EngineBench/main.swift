import ClinicalEngine
import Foundation
import PMML

// Measures the engine: the time to load a document, and the time of single evaluations one after
// the other, as percentiles, with and without missing inputs.
//
//     swift run -c release EngineBench [model.pmml inputs.csv] ...
//
// Without arguments it evaluates NEWS2 and, when the shared reference models are found through
// LIMEN_SHARED, those with their 1,000 patients.

let clock = ContinuousClock()

func nanoseconds(_ duration: Duration) -> Double {
    let parts = duration.components
    return Double(parts.seconds) * 1e9 + Double(parts.attoseconds) * 1e-9
}

/// The rows of a table as inputs of a model.
func rows(_ text: String, _ model: ClinicalModel) -> [[InputValue]] {
    let lines = text.split(whereSeparator: \.isNewline)
    let names = lines.first?.split(separator: ",", omittingEmptySubsequences: false) ?? []
    return lines.dropFirst().map { line in
        let cells = line.split(separator: ",", omittingEmptySubsequences: false)
        return model.fields.map { field in
            guard let column = names.firstIndex(where: { $0 == field.name }),
                !cells[column].isEmpty
            else { return .missing }
            if field.kind == .continuous, let number = Double(cells[column]) {
                return .number(number)
            }
            return .category(String(cells[column]))
        }
    }
}

func measure(_ name: String, _ bytes: [UInt8], _ inputs: (ClinicalModel) -> [[InputValue]]) throws {
    var load = Double.infinity
    for _ in 0..<5 {
        load = min(load, nanoseconds(try clock.measure { _ = try PMMLDocument.compile(bytes) }))
    }
    let model = try PMMLDocument.compile(bytes)
    let rows = inputs(model)
    var scratch = model.makeScratch()
    var times: [Double] = []
    var answers = 0
    for round in 0..<21 {
        for row in rows {
            var evaluation: Evaluation?
            let time = nanoseconds(clock.measure { evaluation = model.evaluate(row, &scratch) })
            // The first round warms the caches.
            if round > 0 { times.append(time) }
            if evaluation?.status == .complete { answers += 1 }
        }
    }
    times.sort()
    func percentile(_ share: Double) -> String {
        let time = times[min(times.count - 1, Int(Double(times.count) * share))]
        return String(format: "%.2f us", time / 1e3)
    }
    print(
        "\(name): loads in \(String(format: "%.1f", load / 1e6)) ms (best of 5);",
        "p50 \(percentile(0.5)), p95 \(percentile(0.95)), p99 \(percentile(0.99))",
        "of \(times.count) evaluations, \(answers / 21) of \(rows.count) answered"
    )
}

func read(_ path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: path)))
}

let arguments = Array(CommandLine.arguments.dropFirst())
if arguments.count >= 2 {
    for pair in stride(from: 0, to: arguments.count - 1, by: 2) {
        let table = String(decoding: try read(arguments[pair + 1]), as: UTF8.self)
        try measure(arguments[pair], try read(arguments[pair])) { rows(table, $0) }
    }
} else {
    let sick: [InputValue] = [
        .number(25), .number(97), .category("2"), .category("true"), .number(90), .number(131),
        .category("U"), .number(35),
    ]
    var open = sick
    open[1] = .missing
    let news2 = try read("Profiles/news2/model.pmml")
    try measure("news2", news2) { _ in [[InputValue]](repeating: sick, count: 1_000) }
    try measure("news2, one missing", news2) { _ in
        [[InputValue]](repeating: open, count: 1_000)
    }
    let shared = ProcessInfo.processInfo.environment["LIMEN_SHARED"] ?? "../shared"
    let folder = shared + "/models-reference/ml/"
    if FileManager.default.fileExists(atPath: folder) {
        let table = String(decoding: try read(folder + "inputs.csv"), as: UTF8.self)
        for name in ["kmeans", "logreg", "tree", "gb", "rf"] {
            try measure(name, try read(folder + name + ".pmml")) { rows(table, $0) }
        }
    } else {
        print("reference models absent: set LIMEN_SHARED")
    }
}
