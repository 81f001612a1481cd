import Basics
import CDSHooks
import FHIRPath
import JSON
import Posix

/// `limen fhirpath`: evaluates an expression on a resource, or many on many.
enum FHIRPathCommand {
    /// Runs the command; exit code 3 when the expression or the resource is at fault.
    static func run(_ arguments: [String]) throws(CommandError) -> ExitCode {
        let parsed = try Arguments(arguments, of: "fhirpath")
        let now = try moment(parsed.value("now"))
        let variables = try variables(parsed.all("variable"))
        if parsed.has("batch") {
            guard parsed.words.count <= 1, !parsed.has("trace") else {
                throw CommandError(.usage, "say limen fhirpath --batch [FILE], with - for stdin")
            }
            var batch = FHIRPathBatch(now: now, variables: variables)
            return try batch.run(path: parsed.words.first ?? "-")
        }
        guard parsed.words.count == 2 else {
            throw CommandError(.usage, "say limen fhirpath EXPRESSION FILE, with - for stdin")
        }
        let text = parsed.words[0]
        let printer = FHIRPathPrinter(expression: text, isJSON: parsed.has("json"))
        let bytes = try ConfigurationFiles.input(parsed.words[1])
        let bundle = try parsed.value("bundle").map(Self.bundle)
        do throws(JSONError) {
            let root = try JSONDocument(parsing: bytes).root
            var environment = FHIRPathEnvironment(focus: [.element(root)], now: now)
            environment.variables = variables
            environment.bundle = bundle
            return answer(text, root, environment, printer, isTrace: parsed.has("trace"))
        } catch {
            printer.fail(code: error.code.rawValue, error.offset, error.sentence, in: bytes)
            return .badInput
        }
    }

    /// Reads the Bundle in which references are looked up; its faults are not the resource's.
    private static func bundle(_ path: String) throws(CommandError) -> JSONValue {
        let bytes = try ConfigurationFiles.input(path)
        do throws(JSONError) {
            return try JSONDocument(parsing: bytes).root
        } catch {
            throw CommandError(
                .badInput,
                "the Bundle of --bundle is not JSON: byte \(error.offset): \(error.sentence)"
            )
        }
    }

    private static func answer(
        _ text: String,
        _ root: JSONValue,
        _ environment: FHIRPathEnvironment,
        _ printer: FHIRPathPrinter,
        isTrace: Bool
    ) -> ExitCode {
        do throws(FHIRPathError) {
            let expression = try FHIRPathExpression(
                parsing: text,
                allowedVariables: Set(environment.variables.keys),
                rootType: root["resourceType"]?.stringValue
            )
            guard isTrace else {
                try printer.print(try expression.results(in: environment))
                return .ok
            }
            let trace = expression.trace(in: environment)
            switch trace.outcome {
            case .success(let results): try printer.print(results, trace: trace.steps)
            case .failure(let error):
                printer.fail(error, trace: trace.steps)
                return .badInput
            }
            return .ok
        } catch {
            printer.fail(error, trace: nil)
            return .badInput
        }
    }

    /// The moment of `--now`, or the clock's.
    static func moment(_ text: String?) throws(CommandError) -> Instant {
        guard let text else { return Clock.now() }
        guard let moment = Instant(rfc3339: text) else {
            throw CommandError(.usage, "--now takes a time such as 2026-05-04T10:00:00Z")
        }
        return moment
    }

    /// The values of `--variable NAME=JSON`; an array is a collection.
    private static func variables(
        _ texts: [String]
    ) throws(CommandError) -> [String: [FHIRPathValue]] {
        var variables: [String: [FHIRPathValue]] = [:]
        for text in texts {
            let parts = text.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, let document = try? JSONDocument(parsing: String(parts[1]))
            else {
                throw CommandError(.usage, "--variable takes NAME=JSON, such as weight=70.5")
            }
            variables[String(parts[0])] = Self.values(document.root)
        }
        return variables
    }

    /// A JSON value as a collection: an array's elements, nothing for null, otherwise one item.
    static func values(_ json: JSONValue) -> [FHIRPathValue] {
        switch json.kind {
        case .null: []
        case .array: json.elements.filter { !$0.isNull }.map { .element($0) }
        case .true, .false, .number, .string, .object: [.element(json)]
        }
    }
}
