import ClinicalEngine

/// Inputs as CSV: a header with the names of fields, then a row for each patient.
struct TableRows: InputRows {
    private let fields: [ClinicalModel.Field]
    private var reader = CSVReader()
    /// For each field its column, or -1; nothing before the header was read.
    private var columns: [Int]?
    private var columnCount = 0
    private var recordCount = 0
    private(set) var notes: [String] = []

    init(_ model: ClinicalModel) {
        fields = model.fields
    }

    mutating func consume(
        _ bytes: [UInt8],
        into results: inout EvaluationTable
    ) throws(CommandError) {
        var records: [[String]] = []
        try reader.consume(bytes) { record in records.append(record) }
        for record in records { try take(record, &results) }
    }

    mutating func finish(into results: inout EvaluationTable) throws(CommandError) {
        var records: [[String]] = []
        try reader.finish { record in records.append(record) }
        for record in records { try take(record, &results) }
        guard columns != nil else {
            throw CommandError(.badInput, "the table has no header with the names of fields")
        }
    }

    private mutating func take(
        _ record: [String],
        _ results: inout EvaluationTable
    ) throws(CommandError) {
        recordCount += 1
        guard let columns else { return try takeHeader(record) }
        guard record.count == columnCount else {
            throw CommandError(
                .badInput,
                "record \(recordCount) has \(record.count) cells and the header \(columnCount)"
            )
        }
        var inputs: [InputValue] = []
        inputs.reserveCapacity(fields.count)
        for (field, column) in zip(fields, columns) {
            inputs.append(
                column < 0 ? .missing : InputText.value(record[column], of: field.kind)
            )
        }
        try results.append(inputs)
    }

    private mutating func takeHeader(_ names: [String]) throws(CommandError) {
        var columns: [Int] = []
        for field in fields {
            let places = names.indices.filter { names[$0] == field.name }
            guard places.count <= 1 else {
                throw CommandError(.badInput, "the header names \(field.name) twice")
            }
            if places.isEmpty { notes.append("no column \(field.name); it counts as missing") }
            columns.append(places.first ?? -1)
        }
        let known = Set(fields.map(\.name))
        let unread = names.filter { !known.contains($0) }
        if !unread.isEmpty { notes.append(InputNotes.unread(unread, "columns")) }
        self.columns = columns
        columnCount = names.count
    }
}
