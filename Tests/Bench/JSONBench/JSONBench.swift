import Foundation
import JSON

/// Measures the JSON scanner beside Foundation's readers in one run.
///
///     swift run -c release JSONBench FILE...
///     perf stat -e instructions:u,cycles:u JSONBench --scan ROUNDS FILE    (the scanner alone)
///
/// For each file: megabytes (10^6 bytes) a second as the median of seven rounds, and the ratio of
/// the scanner to each of the others. Ratios can be compared between machines, rates cannot.
@main
enum JSONBench {
    static func main() throws {
        let paths = CommandLine.arguments.dropFirst()
        if paths.first == "--scan", paths.count == 3, let rounds = Int(paths[2]) {
            try scan(paths[3], rounds: rounds)
            return
        }
        guard !paths.isEmpty else {
            print("usage: JSONBench FILE...")
            return
        }
        print("bytes scan(MB/s) scan+walk JSONSerialization JSONDecoder ratio ratio file")
        for path in paths {
            let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
            try report(bytes, name: URL(fileURLWithPath: path).lastPathComponent)
        }
    }

    /// Scans a file again and again and does nothing else, for counters of instructions and cycles.
    private static func scan(_ path: String, rounds: Int) throws {
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        var count = 0
        for _ in 0..<rounds { count &+= try JSONDocument(parsing: bytes).entryCount }
        print(bytes.count, "bytes", rounds, "rounds", count / max(rounds, 1), "entries")
    }

    private static func report(_ bytes: [UInt8], name: String) throws {
        let data = Data(bytes)
        let scan = try rate(bytes.count) {
            try JSONDocument(parsing: bytes).root.kind == .object ? 1 : 0
        }
        let walk = try rate(bytes.count) { count(in: try JSONDocument(parsing: bytes).root) }
        let serialization = try rate(bytes.count) {
            try JSONSerialization.jsonObject(with: data) is [String: Any] ? 1 : 0
        }
        let decoder = try rate(bytes.count) {
            // A document that is no Bundle has no entries, and was decoded all the same.
            try JSONDecoder().decode(Bundle.self, from: data).entry.map { $0.count + 1 } ?? 1
        }
        let figures = [
            scan, walk, serialization, decoder, scan / serialization, scan / decoder,
        ].map { String(format: "%.1f", $0) }
        print(bytes.count, figures.joined(separator: " "), name)
    }

    /// The median rate of seven rounds of about a fifth of a second.
    private static func rate(_ byteCount: Int, _ work: () throws -> Int) throws -> Double {
        var rates: [Double] = []
        var sink = 0
        for _ in 0..<7 {
            let clock = ContinuousClock()
            let start = clock.now
            var rounds = 0
            repeat {
                sink &+= try work()
                rounds += 1
            } while clock.now - start < .milliseconds(150)
            let seconds = (clock.now - start) / .seconds(1)
            rates.append(Double(rounds * byteCount) / seconds / 1e6)
        }
        precondition(sink > 0, "the work was done")
        return rates.sorted()[3]
    }

    /// Reads what a mapper reads: of each entry the kind, the codes and the value.
    private static func count(in root: JSONValue) -> Int {
        var count = 1
        for entry in root["entry"]?.elements ?? root.elements {
            guard let resource = entry["resource"] else { continue }
            count += resource["resourceType"]?.isString("Observation") == true ? 1 : 0
            for coding in resource["code"]?["coding"]?.elements ?? resource.elements
            where coding["code"]?.isString("8867-4") == true { count += 1 }
            count += resource["valueQuantity"]?["value"]?.decimalValue == nil ? 0 : 1
        }
        return count
    }

    private struct Bundle: Decodable {
        let entry: [Entry]?
    }

    private struct Entry: Decodable {
        let resource: Resource?
    }

    private struct Resource: Decodable {
        let resourceType: String
        let id: String?
        let status: String?
        let code: Concept?
        let valueQuantity: Quantity?
        let effectiveDateTime: String?

        private enum CodingKeys: String, CodingKey {
            case resourceType, id, status, code, valueQuantity, effectiveDateTime
        }

        /// Leaves out what is no CodeableConcept: `code` has other types in other resources.
        init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            resourceType = try values.decode(String.self, forKey: .resourceType)
            id = try values.decodeIfPresent(String.self, forKey: .id)
            status = try? values.decodeIfPresent(String.self, forKey: .status)
            code = try? values.decodeIfPresent(Concept.self, forKey: .code)
            valueQuantity = try values.decodeIfPresent(Quantity.self, forKey: .valueQuantity)
            effectiveDateTime = try values.decodeIfPresent(
                String.self,
                forKey: .effectiveDateTime
            )
        }
    }

    private struct Concept: Decodable {
        let coding: [Coding]?
    }

    private struct Coding: Decodable {
        let system: String?
        let code: String?
        let display: String?
    }

    private struct Quantity: Decodable {
        let value: Decimal?
        let unit: String?
        let code: String?
    }
}
