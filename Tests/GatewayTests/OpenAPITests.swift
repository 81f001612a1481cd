import CDSHooks
import Foundation
import HTTPMessages
import JSON
import Support
import Testing

@testable import Gateway

/// The served description against the routes that run.
@Suite("The description of the interface")
struct OpenAPITests {
    static let methods = ["get", "put", "post", "delete", "patch", "head", "options", "trace"]

    static func document() throws -> JSONValue {
        try JSONDocument(parsing: OpenAPIDocument.json).root
    }

    static func filled(_ template: String) -> String { template.replacing("{id}", with: "news2") }

    @Test("has the routes that run, and no others, each with its methods")
    func routes() throws {
        let paths = try #require(try Self.document()["paths"])
        for (path, operations) in paths.members {
            let template = path.stringValue ?? ""
            let route = Route(path: Self.filled(template))
            #expect(route != .unknown, "\(template)")
            #expect(route.template == template)
            let described = Self.methods.filter { operations[$0] != nil }
            // HEAD and OPTIONS follow from HTTP and from CORS.
            let answered = route.methods.filter { $0 != "HEAD" && $0 != "OPTIONS" }
            #expect(described.map { $0.uppercased() } == answered, "\(template)")
        }
        // The file of the routes names every template once; each must be described.
        let source = try String(
            contentsOf: Shared.checkout.appendingPathComponent("Sources/Gateway/Route.swift"),
            encoding: .utf8
        )
        let start = try #require(source.firstRange(of: "var template"))
        let templates = source[start.upperBound...].split(separator: "\"").filter {
            $0.hasPrefix("/")
        }.map(String.init)
        #expect(templates.count >= 7)
        for template in templates { #expect(paths[template] != nil, "\(template)") }
    }

    @Test("documents every status that a call of each kind gets, with its media type")
    func statuses() async throws {
        let fixture = try GatewayFixture()
        let paths = try #require(try Self.document()["paths"])
        let good = HookBody().text
        for (path, operations) in paths.members {
            let template = path.stringValue ?? ""
            for method in Self.methods {
                guard let operation = operations[method] else { continue }
                let upper = method.uppercased()
                for (body, key, fields) in [
                    (good, GatewayFixture.key, []), (good, nil, []), ("{", GatewayFixture.key, []),
                    ("[]", GatewayFixture.key, []), ("{}", GatewayFixture.key, []),
                    (good, GatewayFixture.plainKey, []), (good, "nobody.00", []),
                    (good, GatewayFixture.key, [("Content-Type", "text/plain")]),
                    (good, GatewayFixture.key, [("Accept", "image/png")]),
                    (#"{"feedback":[]}"#, GatewayFixture.key, []),
                ] as [(String, String?, [(String, String)])] {
                    let bytes = method == "post" ? Array(body.utf8) : []
                    for place in [Self.filled(template), template.replacing("{id}", with: "x")] {
                        let response = await fixture.send(
                            upper,
                            place,
                            bytes,
                            key: key,
                            fields: fields
                        )
                        try Self.check(response, operation, "\(upper) \(place) \(body.prefix(20))")
                    }
                }
            }
        }
    }

    private static func check(
        _ response: HTTPResponse,
        _ operation: JSONValue,
        _ what: String
    ) throws {
        var described = operation["responses"]?[String(response.status)]
        #expect(described != nil, "\(what): \(response.status) is not described")
        if let reference = described?["$ref"]?.stringValue {
            let name = String(reference.split(separator: "/").last ?? "")
            described = try document()["components"]?["responses"]?[name]
            #expect(described != nil, "\(reference) leads nowhere")
        }
        let type = response.fields["content-type"]?.prefix { $0 != ";" } ?? ""
        let types = described?["content"]?.members.map { $0.name.stringValue ?? "" } ?? []
        if response.body.isEmpty {
            #expect(types.isEmpty || response.status == 200, "\(what): \(response.status) is empty")
        } else {
            #expect(types.contains(String(type)), "\(what): \(response.status) is \(type)")
        }
    }

    @Test("describes the context of every hook of the library as it is checked")
    func contexts() throws {
        let schema = try #require(try Self.document()["components"]?["schemas"]?["HookRequest"])
        let described = try Array(#require(schema["anyOf"]).elements)
        #expect(described.count == HookDefinition.all.count + 1, "and an organisation's own")
        for (hook, alternative) in zip(HookDefinition.all, described) {
            let members = alternative["properties"]
            #expect(members?["hook"]?["const"]?.isString(hook.name) == true)
            let context = members?["context"]
            let names = context?["properties"]?.members.compactMap { $0.name.stringValue }
            #expect(names == hook.fields.map(\.name), "\(hook.name)")
            // A field that has other names in the field is not required under its own.
            let required = context?["required"]?.elements.compactMap(\.stringValue)
            let expected = hook.fields.filter { $0.isRequired && $0.others.isEmpty }
            #expect(required == expected.map(\.name), "\(hook.name)")
        }
    }

    @Test("refers only to what it defines")
    func references() throws {
        let document = try Self.document()
        let text = String(decoding: OpenAPIDocument.json, as: UTF8.self)
        var count = 0
        for piece in text.split(separator: "\"#/").dropFirst() {
            count += 1
            var value: JSONValue? = document
            for step in piece.prefix(while: { $0 != "\"" }).split(separator: "/") {
                value = value?[String(step)]
            }
            #expect(value != nil, "\(piece.prefix(40))")
        }
        #expect(count > 20)
    }
}
