import Basics
import CDSHooks
import FHIRPath
import JSON
import Posix

/// `limen fhirpath --batch`: one answer for each line, in their order.
///
///     {"id":1,"expression":"name.given","resource":{"resourceType":"Patient", ...}}
///     {"id":1,"results":[{"type":"FHIR.string","value":"Jim","path":"Patient.name[0].given[0]"}]}
///
/// A line may also have `variables`, an object of values by name, and `now`. A line that cannot be
/// read is answered with an `error` like any other.
struct FHIRPathBatch {
    let now: Instant
    let variables: [String: [FHIRPathValue]]
    /// Expressions that were read already, since a batch asks the same of many resources.
    private var known: [String: FHIRPathExpression] = [:]

    private static let lineBytesMax = 32 << 20
    private static let knownCountMax = 256

    init(now: Instant, variables: [String: [FHIRPathValue]]) {
        self.now = now
        self.variables = variables
    }

    /// Answers every line of a file, or of standard input for `-`.
    mutating func run(path: String) throws(CommandError) -> ExitCode {
        do throws(SystemError) {
            var reader = try LineReader.open(path: path, lineBytesMax: Self.lineBytesMax)
            var number = 0
            while let line = try reader.next() {
                number += 1
                switch line {
                case .tooLong:
                    Terminal.writeOutput(Self.refusal(.lineTooLong, number) + [0x0A])
                case .bytes(let bytes):
                    guard bytes.contains(where: { !Self.isSpace($0) }) else { continue }
                    Terminal.writeOutput(answer(bytes, number) + [0x0A])
                }
            }
            return .ok
        } catch {
            throw CommandError(.badInput, "the lines cannot be read: \(error.text)")
        }
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0D
    }

    /// The answer to one line.
    mutating func answer(_ bytes: [UInt8], _ number: Int) -> [UInt8] {
        let line: JSONValue
        do {
            line = try JSONDocument(parsing: bytes).root
        } catch {
            var writer = Self.begun(nil)
            let place = TextPlace(error.offset, in: bytes)
            place.write(error.code.rawValue, error.sentence, inputLine: number, to: &writer)
            writer.endObject()
            return writer.bytes
        }
        guard line.kind == .object, let text = line["expression"]?.stringValue else {
            return Self.refusal(.lineShape, number, id: line["id"])
        }
        var writer = Self.begun(line["id"])
        do throws(FHIRPathError) {
            let results = try evaluate(text, line)
            try ResultWriter.write(results, to: &writer)
        } catch {
            // Results may have been begun.
            writer = Self.begun(line["id"])
            let place = TextPlace(error.offset, in: Array(text.utf8))
            place.write(error.code.rawValue, error.sentence, to: &writer)
        }
        writer.endObject()
        return writer.bytes
    }

    /// An answer with its id.
    private static func begun(_ id: JSONValue?) -> JSONWriter {
        var writer = JSONWriter(reservingBytes: 512)
        writer.beginObject()
        writer.name("id")
        if let id { writer.compactValue(id) } else { writer.null() }
        return writer
    }

    private mutating func evaluate(
        _ text: String,
        _ line: JSONValue
    ) throws(FHIRPathError) -> [FHIRPathResult] {
        let resource = line["resource"].flatMap { $0.isNull ? nil : $0 }
        var environment = FHIRPathEnvironment(
            focus: resource.map { FHIRPathCommand.values($0) } ?? [],
            variables: variables,
            now: line["now"]?.stringValue.flatMap { Instant(rfc3339: $0) } ?? now
        )
        if let given = line["variables"] {
            for (name, value) in given.members {
                environment.variables[name.stringValue ?? ""] = FHIRPathCommand.values(value)
            }
        }
        let expression = try expression(
            text,
            Set(environment.variables.keys),
            resource?["resourceType"]?.stringValue
        )
        return try expression.results(in: environment)
    }

    private mutating func expression(
        _ text: String,
        _ variableNames: Set<String>,
        _ type: String?
    ) throws(FHIRPathError) -> FHIRPathExpression {
        let names = variableNames.sorted().joined(separator: " ")
        let key = (type ?? "") + "\u{0}" + names + "\u{0}" + text
        if let expression = known[key] { return expression }
        let expression = try FHIRPathExpression(
            parsing: text,
            allowedVariables: variableNames,
            rootType: type
        )
        if known.count >= Self.knownCountMax { known.removeAll(keepingCapacity: true) }
        known[key] = expression
        return expression
    }

    /// The answer to a line that is no question.
    private static func refusal(
        _ fault: BatchFault,
        _ number: Int,
        id: JSONValue? = nil
    ) -> [UInt8] {
        var writer = begun(id)
        let place = TextPlace(0, in: [])
        place.write(fault.rawValue, fault.sentence, inputLine: number, to: &writer)
        writer.endObject()
        return writer.bytes
    }
}
