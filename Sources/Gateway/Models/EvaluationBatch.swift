import Basics
import CDSHooks
import JSON

/// The rows of one call of `POST /models/{id}/evaluate`.
///
///     { "age": 61, "systolic": 142 }                                one row
///     { "rows": [ { "age": 61 }, { "age": 48 } ] }                  several
///     [ { "age": 61 }, { "age": 48 } ]                              the same
struct EvaluationBatch {
    /// A row with its place.
    struct Row {
        let json: JSONValue
        /// The place of the row as a JSON Pointer; empty for the body as a whole.
        let pointer: String
    }

    /// The rows in their order.
    let rows: [Row]
    /// Whether the body is the row itself.
    let isSingle: Bool

    /// Reads a body.
    init(reading body: [UInt8]) throws(GatewayError) {
        let document: JSONDocument
        do {
            document = try HookGateway.document(body)
        } catch {
            throw GatewayError(malformed: error)
        }
        let root = document.root
        guard root.kind == .object || root.kind == .array else {
            throw Self.malformed(root, "a row as an object, or a list of rows")
        }
        if root.kind == .object, root["rows"] == nil {
            rows = [Row(json: root, pointer: "")]
            isSingle = true
            return
        }
        var list = root
        var prefix = ""
        if root.kind == .object, let rows = root["rows"] {
            for (name, _) in root.members where !name.isString("rows") {
                throw Self.malformed(name, "nothing beside rows")
            }
            (list, prefix) = (rows, "/rows")
        }
        guard list.kind == .array else { throw Self.malformed(list, "a list of rows") }
        var rows: [Row] = []
        for (position, json) in list.elements.enumerated() {
            guard position < Limits.evaluationRowsMax else {
                throw GatewayError(
                    .tooManyRows,
                    "There are more than \(Limits.evaluationRowsMax) rows; limen batch takes any number."
                )
            }
            rows.append(Row(json: json, pointer: prefix + "/\(position)"))
        }
        guard !rows.isEmpty else { throw Self.malformed(list, "at least one row") }
        self.rows = rows
        isSingle = false
    }

    private static func malformed(_ value: JSONValue, _ accepted: String) -> GatewayError {
        GatewayError(
            .malformedBody,
            issues: [
                .init(
                    offset: value.byteOffset,
                    sentence: "The body has another shape; accepted is \(accepted)."
                )
            ]
        )
    }
}
