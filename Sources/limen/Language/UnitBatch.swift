import Basics
import JSON
import Posix
import UCUM

/// `limen unit convert --batch`: one answer for each line, in their order.
///
///     {"id":1,"value":101.3,"from":"[degF]","to":"Cel"}
///     {"id":1,"value":38.5,"unit":"Cel","formula":"(value - 32) x 5/9","from":{...}}
enum UnitBatch {
    private static let lineBytesMax = 1 << 20

    /// Answers every line of a file, or of standard input for `-`.
    static func run(path: String) throws(CommandError) -> ExitCode {
        do throws(SystemError) {
            var reader = try LineReader.open(path: path, lineBytesMax: lineBytesMax)
            var number = 0
            while let line = try reader.next() {
                number += 1
                switch line {
                case .tooLong: Terminal.writeOutput(refusal(.lineTooLong, number, id: nil))
                case .bytes(let bytes):
                    guard bytes.contains(where: { $0 > 0x20 }) else { continue }
                    Terminal.writeOutput(answer(bytes, number))
                }
            }
            return .ok
        } catch {
            throw CommandError(.badInput, "the lines cannot be read: \(error.text)")
        }
    }

    /// The answer to one line, with its line break.
    static func answer(_ bytes: [UInt8], _ number: Int) -> [UInt8] {
        var writer = JSONWriter()
        do throws(JSONError) {
            let line = try JSONDocument(parsing: bytes).root
            let value = line["value"].flatMap { value in
                value.decimalValue ?? value.stringValue.flatMap { DecimalNumber(text: $0) }
            }
            guard let value, let source = line["from"]?.stringValue,
                let target = line["to"]?.stringValue
            else {
                return refusal(.lineShape, number, id: line["id"])
            }
            begin(&writer, id: line["id"])
            do throws(UnitFault) {
                try UnitAnswer(value, from: source, to: target).write(to: &writer)
            } catch {
                error.write(to: &writer)
            }
        } catch {
            begin(&writer, id: nil)
            let place = TextPlace(error.offset, in: bytes)
            place.write(error.code.rawValue, error.sentence, inputLine: number, to: &writer)
        }
        writer.endObject()
        return writer.bytes + [0x0A]
    }

    private static func begin(_ writer: inout JSONWriter, id: JSONValue?) {
        writer.beginObject()
        writer.name("id")
        if let id { writer.compactValue(id) } else { writer.null() }
    }

    private static func refusal(_ fault: BatchFault, _ number: Int, id: JSONValue?) -> [UInt8] {
        var writer = JSONWriter()
        begin(&writer, id: id)
        TextPlace(0, in: []).write(fault.rawValue, fault.sentence, inputLine: number, to: &writer)
        writer.endObject()
        return writer.bytes + [0x0A]
    }
}
