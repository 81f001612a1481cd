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
// --rounds N     that many rounds of each and no figures, for counting instructions
// --json         the figures as one JSON array
// --stages       the stages of the whole path as its audit rows have them, and nothing else
func option(_ name: String) -> String? {
    let words = CommandLine.arguments
    guard let place = words.firstIndex(of: name), place + 1 < words.count else { return nil }
    return words[place + 1]
}

let words = CommandLine.arguments.dropFirst()
let prefix = option("--only") ?? ""
let rounds = option("--rounds").flatMap { Int($0) }
let path = try WholePath()
let parts = try Parts(row: await path.sampleRecord())

if words.contains("--stages") {
    for size in [20_000, 200_000] { print(try await path.stages(bytes: size)) }
} else if let rounds {
    for part in parts.all where part.name.hasPrefix(prefix) {
        for _ in 0..<rounds { try part.work() }
    }
    if "path".hasPrefix(prefix) || prefix.hasPrefix("path") {
        for _ in 0..<rounds { await path.run(bytes: 20_000) }
    }
} else {
    var figures: [Figure] = []
    for part in parts.all where part.name.hasPrefix(prefix) {
        figures.append(
            try Figure.measure(part.name, byteCount: part.byteCount, part.work)
        )
    }
    let isWhole = prefix.isEmpty || prefix.hasPrefix("path")
    if isWhole {
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
