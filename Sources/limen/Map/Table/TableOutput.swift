import Posix
import SQLOnFHIR

/// Where the rows of a table go: in a format for programs, or set in columns for the eye.
struct TableOutput {
    /// The formats of the command.
    enum Format {
        case file(ViewTableWriter.Format)
        case text
    }

    private static let pieceBytes = 1 << 16
    private var writer: ViewTableWriter?
    private var text: TableText?
    private let file: PendingFile?

    init(format: Format, columns: [ViewColumn], file: PendingFile?) {
        self.file = file
        switch format {
        case .file(let format): writer = ViewTableWriter(format: format, columns: columns)
        case .text: text = TableText(columns: columns.map(\.name))
        }
    }

    mutating func append(_ rows: ViewRows) throws(CommandError) {
        for row in rows {
            writer?.append(row)
            text?.append(row.map(TableText.text))
        }
        if let bytes = writer?.bytes, bytes.count >= Self.pieceBytes { try flush() }
        if let bytes = text?.bytes, bytes.count >= Self.pieceBytes { try flush() }
    }

    /// Ends the table; only now does a file have its name.
    mutating func end() throws(CommandError) {
        writer?.end()
        text?.end()
        try flush()
        do {
            try file?.commit()
        } catch {
            throw CommandError(.unavailable, "the output cannot be written: \(error.text)")
        }
    }

    private mutating func flush() throws(CommandError) {
        let bytes = (writer?.take() ?? []) + (text?.take() ?? [])
        guard let file else {
            Terminal.writeOutput(bytes)
            return
        }
        do {
            try file.write(bytes)
        } catch {
            throw CommandError(.unavailable, "the output cannot be written: \(error.text)")
        }
    }
}
