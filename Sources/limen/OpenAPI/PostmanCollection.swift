import JSON

/// A Postman collection (format 2.1) made from an OpenAPI document.
///
///     limen openapi --postman > limen.postman_collection.json
///
/// Address and key are variables of the collection, so that no file holds a key.
struct PostmanCollection {
    /// The OpenAPI document.
    let document: JSONValue

    private static let schema =
        "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
    private static let methods = ["get", "post", "put", "patch", "delete"]

    /// The collection.
    var json: [UInt8] {
        var writer = JSONWriter(reservingBytes: 1 << 14)
        writer.beginObject()
        writer.name("info")
        writer.beginObject()
        writer.member("name", document["info"]?["title"]?.stringValue ?? "")
        writer.member("description", ifPresent: document["info"]?["description"]?.stringValue)
        writer.member("schema", Self.schema)
        writer.endObject()
        writer.name("auth")
        writer.rawValue(
            Array(
                #"{"type":"bearer","bearer":[{"key":"token","value":"{{apiKey}}","type":"string"}]}"#
                    .utf8
            )
        )
        writer.name("variable")
        writer.rawValue(
            Array(
                (#"[{"key":"baseUrl","value":"http://127.0.0.1:8080"},"#
                    + #"{"key":"apiKey","value":""}]"#).utf8
            )
        )
        writer.name("item")
        writer.beginArray()
        for (path, operations) in document["paths"]?.members.map({ $0 }) ?? [] {
            for method in Self.methods {
                guard let operation = operations[method] else { continue }
                write(operation, method, path.stringValue ?? "", to: &writer)
            }
        }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    private func write(
        _ operation: JSONValue,
        _ method: String,
        _ path: String,
        to writer: inout JSONWriter
    ) {
        writer.beginObject()
        writer.member("name", operation["summary"]?.stringValue ?? path)
        writer.name("request")
        writer.beginObject()
        writer.member("method", method.uppercased())
        let isOpen = operation["security"]?.elements.first { _ in true } == nil
        if operation["security"] != nil, isOpen {
            writer.name("auth")
            writer.rawValue(Array(#"{"type":"noauth"}"#.utf8))
        }
        writeURL(path, to: &writer)
        writer.name("header")
        writer.beginArray()
        let body = requestBody(of: operation)?["content"]?["application/json"]
        if body != nil {
            writer.rawValue(
                Array(#"{"key":"Content-Type","value":"application/json"}"#.utf8)
            )
        }
        writer.endArray()
        if body != nil {
            writer.name("body")
            writer.beginObject()
            writer.member("mode", "raw")
            var example = JSONWriter()
            if let value = body?["example"] {
                example.value(value)
            } else {
                // The reader fills it in; the description says what may stand there.
                example.beginObject()
                example.endObject()
            }
            writer.member("raw", example.text)
            writer.endObject()
        }
        writer.endObject()
        writer.name("response")
        writer.beginArray()
        writer.endArray()
        writer.endObject()
    }

    /// The description of a body, which may stand among the components.
    private func requestBody(of operation: JSONValue) -> JSONValue? {
        let body = operation["requestBody"]
        let prefix = "#/components/requestBodies/"
        guard let reference = body?["$ref"]?.stringValue, reference.hasPrefix(prefix) else {
            return body
        }
        return document["components"]?["requestBodies"]?[String(reference.dropFirst(prefix.count))]
    }

    /// A path `/a/{id}` is `{{baseUrl}}/a/:id` with a variable `id`.
    private func writeURL(_ path: String, to writer: inout JSONWriter) {
        let steps = path.split(separator: "/").map(String.init)
        let names = steps.filter { $0.hasPrefix("{") }.map { String($0.dropFirst().dropLast()) }
        let shown = steps.map { $0.hasPrefix("{") ? ":" + $0.dropFirst().dropLast() : $0 }
        writer.name("url")
        writer.beginObject()
        writer.member("raw", "{{baseUrl}}/" + shown.joined(separator: "/"))
        writer.name("host")
        writer.beginArray()
        writer.value("{{baseUrl}}")
        writer.endArray()
        writer.name("path")
        writer.beginArray()
        for step in shown { writer.value(step) }
        writer.endArray()
        if !names.isEmpty {
            writer.name("variable")
            writer.beginArray()
            for name in names {
                writer.beginObject()
                writer.member("key", name)
                writer.member("value", "news2")
                writer.endObject()
            }
            writer.endArray()
        }
        writer.endObject()
    }
}
