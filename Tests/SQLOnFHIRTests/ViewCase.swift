import Basics
import JSON
import Testing

@testable import SQLOnFHIR

/// A case of a view: the resources, the view, and the table or the refusal that is expected.
///
/// Both the public suite and the project's own cases are written so. Ours may also say
/// `"error": {"code": ..., "pointer": ...}` and `"column"` for the fault of one resource.
struct ViewCase: CustomTestStringConvertible {
    let file: String
    let title: String
    let tags: [String]
    let resources: [JSONValue]
    let json: JSONValue

    static let now = Instant(microseconds: 1_772_366_400_000_000)

    var testDescription: String { "\(file): \(title)" }

    /// Every case of a file.
    static func cases(file: String, _ document: JSONDocument) -> [ViewCase] {
        let resources = document.root["resources"].map { Array($0.elements) } ?? []
        return (document.root["tests"].map { Array($0.elements) } ?? []).map { test in
            ViewCase(
                file: file,
                title: test["title"]?.stringValue ?? "",
                tags: test["tags"].map { $0.elements.compactMap(\.stringValue) } ?? [],
                resources: resources,
                json: test
            )
        }
    }

    /// How the case comes out.
    enum Outcome {
        case table(columns: [String], rows: [String])
        case refused(ViewError)
        case failed(ViewRowError)
    }

    func run() throws -> Outcome {
        let view = try #require(json["view"])
        do {
            let document = try JSONDocument(parsing: Array(view.rawBytes))
            let definition = try ViewDefinition(parsing: document)
            var rows: [String] = []
            var writer = ViewTableWriter(format: .ndjson, columns: definition.columns)
            for resource in resources {
                for row in try definition.rows(of: resource, now: Self.now) { writer.append(row) }
            }
            for line in writer.take().split(separator: UInt8(ascii: "\n")) {
                rows.append(Self.canonical(try JSONDocument(parsing: Array(line)).root))
            }
            return .table(columns: definition.columns.map(\.name), rows: rows)
        } catch let error as ViewError {
            return .refused(error)
        } catch let error as ViewRowError {
            return .failed(error)
        }
    }

    /// What differs from what is expected; `nil` when nothing does.
    func difference() throws -> String? {
        let outcome = try run()
        if json["expectError"]?.boolValue == true {
            switch outcome {
            case .table: return "a table instead of an error"
            case .refused(let error): return differs(error.code.rawValue, error.pointer, nil)
            case .failed(let error):
                return differs(error.code.rawValue, error.pointer, error.column)
            }
        }
        switch outcome {
        case .refused(let error): return "refused: \(error.sentence)"
        case .failed(let error): return "failed: \(error.sentence)"
        case .table(let columns, let rows):
            if let expected = json["expectColumns"] {
                let names = expected.elements.compactMap(\.stringValue)
                guard names == columns else { return "columns \(columns)" }
            }
            if let count = json["expectCount"]?.integerValue {
                return rows.count == count ? nil : "\(rows.count) rows"
            }
            let expected = try #require(json["expect"]).elements.map { Self.canonical($0) }
            guard rows.sorted() == expected.sorted() else {
                return "rows \(rows.sorted()), expected \(expected.sorted())"
            }
            return nil
        }
    }

    private func differs(_ code: String, _ pointer: String, _ column: String?) -> String? {
        guard let error = json["error"] else { return nil }
        let isSame =
            error["code"]?.stringValue == code && error["pointer"]?.stringValue == pointer
            && error["column"]?.stringValue == column
        return isSame ? nil : "\(code) at \(pointer) \(column ?? "")"
    }

    /// A value as text that is equal for equal values: members sorted, nulls left out of objects.
    static func canonical(_ json: JSONValue) -> String {
        switch json.kind {
        case .null: return "null"
        case .true: return "true"
        case .false: return "false"
        case .number:
            guard var text = json.decimalValue?.text else { return json.numberText ?? "" }
            guard text.contains(".") else { return text }
            while text.hasSuffix("0") { text.removeLast() }
            if text.hasSuffix(".") { text.removeLast() }
            return text
        case .string: return "\"\(json.stringValue ?? "")\""
        case .array: return "[\(json.elements.map { canonical($0) }.joined(separator: ","))]"
        case .object:
            let members = json.members.filter { !$0.value.isNull }
                .map { "\($0.name.stringValue ?? ""):\(canonical($0.value))" }
            return "{\(members.sorted().joined(separator: ","))}"
        }
    }
}
