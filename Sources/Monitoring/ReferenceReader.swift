import Basics
import JSON

/// Reads a reference.
///
///     { "format": "limen-reference/1", "profile": "news2",
///       "model": { "version": "1.0.0", "sha256": "9f86..." },
///       "series": [
///         { "kind": "input", "name": "pulse",
///           "edges": [64, 69, 73], "counts": [39, 32, 41, 288], "range": [51, 121],
///           "notes": { "missing": 12, "below": 4, "above": 4 },
///           "standard": { "edges": [50, 100], "counts": [4, 380, 16] } } ] }
///
/// `counts` has one more than `edges` (a value equal to an edge counts above it) or `categories`
/// (the last counts all others). `notes` are the labels of `CounterNote`. `standard` has the same
/// values in the bins that a gateway counts in as long as it has no reference.
package enum ReferenceReader {
    /// The name of the file in the folder of a profile.
    package static var fileName: String { "reference.json" }
    /// What `format` says.
    package static var format: String { "limen-reference/1" }

    /// Reads the text of a reference.
    ///
    /// - Throws: `ReferenceError` with the path of the fault.
    package static func read(_ bytes: [UInt8]) throws(ReferenceError) -> ModelReference {
        let root: JSONValue
        do {
            root = try JSONDocument(parsing: bytes).root
        } catch {
            throw ReferenceError(.notJSON, "byte \(error.offset)")
        }
        guard root["format"]?.isString(format) ?? false else {
            throw ReferenceError(.format, "format")
        }
        guard let profile = root["profile"]?.stringValue else {
            throw ReferenceError(.member, "profile")
        }
        guard let digest = root["model"]?["sha256"]?.stringValue else {
            throw ReferenceError(.member, "model.sha256")
        }
        guard let list = root["series"], list.kind == .array else {
            throw ReferenceError(.member, "series")
        }
        var series: [ReferenceSeries] = []
        for (position, element) in list.elements.enumerated() {
            let path = "series[\(position)]"
            let next = try read(element, path)
            guard !series.contains(where: { $0.name == next.name }) else {
                throw ReferenceError(.member, path + ".name")
            }
            series.append(next)
        }
        return ModelReference(
            profile: profile,
            version: root["model"]?["version"]?.stringValue,
            sha256: digest,
            source: root["source"]?.stringValue,
            series: series
        )
    }

    private static func read(
        _ json: JSONValue,
        _ path: String
    ) throws(ReferenceError) -> ReferenceSeries {
        guard let kind = json["kind"]?.stringValue.flatMap(SeriesKind.init) else {
            throw ReferenceError(.member, path + ".kind")
        }
        guard let name = json["name"]?.stringValue else {
            throw ReferenceError(.member, path + ".name")
        }
        let bins = try bins(json, path)
        let notes = try notes(json["notes"], path + ".notes")
        let histogram = try histogram(json, bins, notes, path)
        var range: ClosedRange<Double>?
        if let ends = json["range"] {
            let numbers = try numbers(ends, path + ".range")
            guard numbers.count == 2, numbers[0] <= numbers[1] else {
                throw ReferenceError(.bins, path + ".range")
            }
            range = numbers[0]...numbers[1]
        }
        var standard: (SeriesBins, InputHistogram)?
        if let other = json["standard"] {
            let bins = try self.bins(other, path + ".standard")
            standard = (bins, try self.histogram(other, bins, notes, path + ".standard"))
        }
        return ReferenceSeries(
            name: SeriesName(kind, name),
            bins: bins,
            histogram: histogram,
            range: range,
            standard: standard.map { (bins: $0.0, histogram: $0.1) }
        )
    }

    private static func bins(
        _ json: JSONValue,
        _ path: String
    ) throws(ReferenceError) -> SeriesBins {
        if let edges = json["edges"] {
            guard let bins = ReferenceBins(edges: try numbers(edges, path + ".edges")) else {
                throw ReferenceError(.bins, path + ".edges")
            }
            return .numbers(bins)
        }
        guard let list = json["categories"], list.kind == .array else {
            throw ReferenceError(.member, path + ".edges")
        }
        var categories: [String] = []
        for element in list.elements {
            guard let text = element.stringValue, !categories.contains(text),
                categories.count < SeriesBins.categoriesMax
            else { throw ReferenceError(.bins, path + ".categories") }
            categories.append(text)
        }
        return .categories(categories)
    }

    private static func histogram(
        _ json: JSONValue,
        _ bins: SeriesBins,
        _ notes: [CounterNote: Int],
        _ path: String
    ) throws(ReferenceError) -> InputHistogram {
        guard let list = json["counts"], list.kind == .array else {
            throw ReferenceError(.member, path + ".counts")
        }
        var counts: [Int] = []
        for element in list.elements {
            guard let count = element.integerValue, (0...Limits.driftCountMax).contains(count)
            else { throw ReferenceError(.member, path + ".counts") }
            counts.append(count)
        }
        guard counts.count == bins.count, let histogram = InputHistogram(bins: counts, notes: notes)
        else { throw ReferenceError(.bins, path + ".counts") }
        return histogram
    }

    private static func notes(
        _ json: JSONValue?,
        _ path: String
    ) throws(ReferenceError) -> [CounterNote: Int] {
        guard let json else { return [:] }
        guard json.kind == .object else { throw ReferenceError(.member, path) }
        var notes: [CounterNote: Int] = [:]
        for member in json.members {
            guard let note = member.name.stringValue.flatMap(CounterNote.init(label:)),
                let count = member.value.integerValue, (0...Limits.driftCountMax).contains(count)
            else { throw ReferenceError(.member, path) }
            notes[note] = count
        }
        return notes
    }

    private static func numbers(
        _ json: JSONValue,
        _ path: String
    ) throws(ReferenceError) -> [Double] {
        guard json.kind == .array else { throw ReferenceError(.member, path) }
        var numbers: [Double] = []
        for element in json.elements {
            guard let number = element.decimalValue?.doubleValue, number.isFinite else {
                throw ReferenceError(.member, path)
            }
            numbers.append(number)
        }
        return numbers
    }
}
