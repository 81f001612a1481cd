import JSON
import Workload

/// What the stages of a call of one size cost, in microseconds of the processor.
struct StageFigures {
    let byteCount: Int
    /// The whole call.
    let microseconds: Double
    /// The mean of each stage, in their order.
    let stages: [(name: String, microseconds: Double)]

    /// What the call costs beside its stages.
    var rest: Double { stages.reduce(microseconds) { $0 - $1.microseconds } }
}

/// The processor time of a call by stage, beside the sum of its measured parts and what a signed
/// token adds.
struct StageReport {
    let sizes: [StageFigures]
    let figures: [Figure]

    /// Measures all of it.
    static func make() async throws -> StageReport {
        let path = try WholePath()
        var sizes: [StageFigures] = []
        for size in [20_000, 200_000] { sizes.append(try await path.stages(bytes: size)) }
        var figures: [Figure] = []
        for family in ["http.", "json.", "mapping.", "engine.", "card.", "crypto."] {
            figures += try await Parts(family).all.map {
                try Figure.measure($0.name, byteCount: $0.byteCount, $0.work)
            }
        }
        figures.append(await path.figure(bytes: 20_000))
        return StageReport(sizes: sizes, figures: figures)
    }

    private var tokens: [Figure] { figures.filter { $0.name.hasPrefix("crypto.token.") } }

    /// Lines for a reader.
    var text: String {
        var lines: [String] = []
        for size in sizes {
            let all = size.stages.map { "\($0.name) \(Self.tenths($0.microseconds))" }
            lines.append(
                "A call of \(size.byteCount) bytes costs \(Self.tenths(size.microseconds)) us: "
                    + all.joined(separator: ", ") + ", beside them \(Self.tenths(size.rest))"
            )
        }
        if let rest = Parts.rest(of: figures) { lines.append(rest) }
        for token in tokens {
            lines.append(
                "A token signed with \(Self.algorithm(token)) costs "
                    + "\(Self.tenths(token.nanoseconds / 1_000)) us in the place of an API key"
            )
        }
        return lines.joined(separator: "\n")
    }

    /// The same as one JSON object, in nanoseconds.
    var json: String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.name("sizes")
        writer.beginArray()
        for size in sizes {
            writer.beginObject()
            writer.member("bytes", size.byteCount)
            writer.member("nanoseconds", Self.whole(size.microseconds))
            writer.name("stages")
            writer.beginObject()
            for stage in size.stages { writer.member(stage.name, Self.whole(stage.microseconds)) }
            writer.endObject()
            writer.member("beside", Self.whole(size.rest))
            writer.endObject()
        }
        writer.endArray()
        if let sum = Parts.sum(of: figures) {
            writer.member("whole", Int(sum.whole.rounded()))
            writer.member("parts", Int(sum.parts.rounded()))
        }
        writer.name("tokens")
        writer.beginObject()
        for token in tokens {
            writer.member(Self.algorithm(token), Int(token.nanoseconds.rounded()))
        }
        writer.endObject()
        writer.endObject()
        return writer.text
    }

    private static func algorithm(_ token: Figure) -> String {
        token.name.dropFirst("crypto.token.".count).uppercased()
    }

    private static func whole(_ microseconds: Double) -> Int {
        Int((microseconds * 1_000).rounded())
    }

    private static func tenths(_ number: Double) -> String {
        let tenths = Int((number * 10).rounded())
        return (tenths < 0 ? "-" : "") + "\(tenths.magnitude / 10).\(tenths.magnitude % 10)"
    }
}
