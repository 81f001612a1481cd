/// Reads comma-separated values (RFC 4180) piece by piece.
///
///     age,ward\r\n            -> ["age", "ward"]
///     71,"cardiology, 2nd"    -> ["71", "cardiology, 2nd"]
///
/// It knows no file: bytes go in, whole records come out, and only the record that is not yet
/// complete is kept. A line may end in CRLF or LF; a quote within an unquoted cell is an error, as
/// is text behind a closing quote.
struct CSVReader {
    /// Why a text is no table.
    struct Fault: Error, Equatable {
        /// What is wrong.
        let sentence: String
        /// The record, from one; the header is record one.
        let record: Int
    }

    private enum State {
        case startOfCell
        case inCell
        case inQuotes
        /// A quote was read within quotes: it ends the cell or is the first of two.
        case afterQuote
        /// A carriage return was read: only a line feed may follow.
        case afterReturn
    }

    /// The largest record in bytes; far above any row of model inputs.
    static let recordBytesMax = 1 << 20

    private var state = State.startOfCell
    private var cell: [UInt8] = []
    private var record: [String] = []
    private var recordBytes = 0
    private var recordCount = 0
    private var isRecordOpen = false

    /// Takes the next bytes and hands over every record that they complete.
    mutating func consume(
        _ bytes: [UInt8],
        _ body: ([String]) throws(CommandError) -> Void
    ) throws(CommandError) {
        do {
            for byte in bytes {
                guard try take(byte) else { continue }
                try body(finishRecord())
            }
        } catch let fault as Fault {
            throw Self.error(fault)
        } catch let error as CommandError {
            throw error
        } catch {
            throw CommandError(.internalError, "reading the table failed")
        }
    }

    /// Ends the input, and hands over a last record without a line end.
    mutating func finish(_ body: ([String]) throws(CommandError) -> Void) throws(CommandError) {
        switch state {
        case .inQuotes, .afterReturn:
            throw Self.error(fault("ends within a cell"))
        case .startOfCell, .inCell, .afterQuote:
            guard isRecordOpen else { return }
            do {
                try endCell()
            } catch {
                throw Self.error(error)
            }
            try body(finishRecord())
        }
    }

    /// Takes one byte; whether a record is complete.
    private mutating func take(_ byte: UInt8) throws(Fault) -> Bool {
        recordBytes += 1
        guard recordBytes <= Self.recordBytesMax else { throw fault("is longer than 1 MiB") }
        if state == .afterReturn {
            guard byte == UInt8(ascii: "\n") else { throw fault("holds a carriage return") }
            return true
        }
        isRecordOpen = true
        switch (state, byte) {
        case (.inQuotes, UInt8(ascii: "\"")):
            state = .afterQuote
        case (.inQuotes, _):
            cell.append(byte)
        case (.startOfCell, UInt8(ascii: "\"")):
            state = .inQuotes
        case (.afterQuote, UInt8(ascii: "\"")):
            cell.append(byte)
            state = .inQuotes
        case (.inCell, UInt8(ascii: "\"")):
            throw fault("has a quote within a cell that does not start with one")
        case (_, UInt8(ascii: ",")):
            try endCell()
        case (_, UInt8(ascii: "\r")):
            try endCell()
            state = .afterReturn
        case (_, UInt8(ascii: "\n")):
            try endCell()
            return true
        case (.afterQuote, _):
            throw fault("has text behind a closing quote")
        case (.startOfCell, _), (.inCell, _), (.afterReturn, _):
            cell.append(byte)
            state = .inCell
        }
        return false
    }

    private mutating func endCell() throws(Fault) {
        guard let text = String(validating: cell, as: UTF8.self) else {
            throw fault("is not UTF-8")
        }
        cell.removeAll(keepingCapacity: true)
        state = .startOfCell
        // A byte order mark belongs to the file, not to the name of its first column.
        let isFirst = recordCount == 0 && record.isEmpty
        record.append(isFirst && text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text)
    }

    private mutating func finishRecord() -> [String] {
        let finished = record
        record.removeAll(keepingCapacity: true)
        state = .startOfCell
        recordBytes = 0
        recordCount += 1
        isRecordOpen = false
        return finished
    }

    private func fault(_ sentence: String) -> Fault {
        Fault(sentence: sentence, record: recordCount + 1)
    }

    private static func error(_ fault: Fault) -> CommandError {
        CommandError(.badInput, "the table is not CSV: record \(fault.record) \(fault.sentence)")
    }
}
