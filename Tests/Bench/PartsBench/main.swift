import Audit
import Basics
import Gateway
import HTTPMessages
import JSON
import Support
import Workload

// Measures the parts of one audited `patient-view` and the whole of it, without network and
// database: what each costs of the processor, and what the whole costs above their sum.
//
//     swift run -c release PartsBench [--only PREFIX] [--rounds N] [--json] [--stages]
//
// --only PREFIX  the parts whose names begin so, such as json or crypto
// --rounds N     that many rounds of each, and no figures, for counting instructions
// --json         the figures as one JSON array
// --names        the names of the parts
// --stages       the stages of the whole path as its audit rows have them, what is left above the sum
//                of the parts, and what a signed token costs
func option(_ name: String) -> String? {
    let words = CommandLine.arguments
    guard let place = words.firstIndex(of: name), place + 1 < words.count else { return nil }
    return words[place + 1]
}

let words = CommandLine.arguments.dropFirst()
let prefix = option("--only") ?? ""
let rounds = option("--rounds").flatMap { Int($0) }
let isWhole = prefix.isEmpty || prefix.hasPrefix("path")

if words.contains("--stages") {
    let report = try await StageReport.make()
    print(words.contains("--json") ? report.json : report.text)
} else if words.contains("--names") {
    for part in try await Parts(prefix).all { print(part.name) }
    if isWhole { print("path.20KB") }
} else if let rounds {
    for part in try await Parts(prefix).all { try part.run(rounds: rounds) }
    // One call after the other: it is counted as what two runs differ by.
    if isWhole {
        let path = try WholePath(isCounted: true)
        for _ in 0..<rounds { await path.run(bytes: 20_000) }
    }
} else {
    var figures = try await Parts(prefix).all.map {
        try Figure.measure($0.name, byteCount: $0.byteCount, $0.work)
    }
    if isWhole {
        let path = try WholePath()
        for size in [2_000, 20_000, 200_000, 2_000_000] {
            figures.append(await path.figure(bytes: size))
        }
    }
    if words.contains("--json") {
        print(Figure.json(figures))
    } else {
        for figure in figures { print(figure.line) }
        if prefix.isEmpty, let rest = Parts.rest(of: figures) { print(rest) }
    }
}
