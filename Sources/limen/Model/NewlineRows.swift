import ClinicalEngine
import JSON

/// Inputs as lines of JSON: an object for each patient, its members named like the fields.
struct NewlineRows: InputRows {
    /// The longest line in bytes.
    private static let lineBytesMax = 1 << 20
    /// More names than any model has fields.
    private static let namesMax = 10_000

    private let fields: [ClinicalModel.Field]
    private var line: [UInt8] = []
    private var lineCount = 0
    /// The names of members, as many as are worth remembering.
    private var seen: Set<String> = []

    init(_ model: ClinicalModel) {
        fields = model.fields
    }

    var notes: [String] {
        let known = Set(fields.map(\.name))
        var notes = fields.filter { !seen.contains($0.name) }.map {
            "no member \($0.name) in any line; it counts as missing"
        }
        let unread = seen.subtracting(known).sorted()
        if !unread.isEmpty { notes.append(InputNotes.unread(unread, "members")) }
        return lineCount == 0 ? [] : notes
    }

    mutating func consume(
        _ bytes: [UInt8],
        into results: inout EvaluationTable
    ) throws(CommandError) {
        var rest = bytes[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            line += rest[..<end]
            rest = rest[(end + 1)...]
            try take(&results)
        }
        line += rest
        guard line.count <= Self.lineBytesMax else {
            throw CommandError(.badInput, "line \(lineCount + 1) is longer than 1 MiB")
        }
    }

    mutating func finish(into results: inout EvaluationTable) throws(CommandError) {
        if !line.isEmpty { try take(&results) }
    }

    private mutating func take(_ results: inout EvaluationTable) throws(CommandError) {
        lineCount += 1
        let document: JSONDocument
        do {
            document = try JSONDocument(parsing: line)
        } catch {
            throw CommandError(.badInput, "line \(lineCount) is not JSON: \(error.sentence)")
        }
        line.removeAll(keepingCapacity: true)
        guard document.root.kind == .object else {
            throw CommandError(.badInput, "line \(lineCount) is no JSON object")
        }
        for (name, _) in document.root.members where seen.count < Self.namesMax {
            if let name = name.stringValue { seen.insert(name) }
        }
        var inputs: [InputValue] = []
        inputs.reserveCapacity(fields.count)
        for field in fields {
            inputs.append(try Self.value(document.root[field.name], field, lineCount))
        }
        try results.append(inputs)
    }

    private static func value(
        _ value: JSONValue?,
        _ field: ClinicalModel.Field,
        _ line: Int
    ) throws(CommandError) -> InputValue {
        guard let value else { return .missing }
        switch value.kind {
        case .null: return .missing
        case .true: return .category("true")
        case .false: return .category("false")
        case .string: return InputText.value(value.stringValue ?? "", of: field.kind)
        case .number: return InputText.value(value.numberText ?? "", of: field.kind)
        case .array, .object:
            throw CommandError(
                .badInput,
                "line \(line): \(field.name) is neither a number nor a text"
            )
        }
    }
}
