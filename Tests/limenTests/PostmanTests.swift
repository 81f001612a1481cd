import Gateway
import JSON
import Testing

@testable import limen

@Suite("The Postman collection")
struct PostmanTests {
    @Test("has one request for every operation of the interface, and no key")
    func whole() throws {
        let document = try JSONDocument(parsing: OpenAPIDocument.json).root
        let collection = try JSONDocument(parsing: PostmanCollection(document: document).json).root
        let items = try Array(#require(collection["item"]).elements)
        var expected: [String] = []
        for (path, operations) in try #require(document["paths"]).members {
            for method in ["get", "post"] where operations[method] != nil {
                let shown = (path.stringValue ?? "").replacing("{id}", with: ":id")
                expected.append(method.uppercased() + " {{baseUrl}}" + shown)
            }
        }
        let found = items.map { item in
            let request = item["request"]
            return (request?["method"]?.stringValue ?? "") + " "
                + (request?["url"]?["raw"]?.stringValue ?? "")
        }
        #expect(found == expected)
        #expect(
            collection["variable"]?.elements.map { $0["key"]?.stringValue }
                == ["baseUrl", "apiKey"]
        )
        // The one POST without a body runs a review that was saved before.
        let posts = items.filter { $0["request"]?["method"]?.isString("POST") ?? false }
        let bare = posts.filter { $0["request"]?["body"] == nil }
        #expect(
            bare.map { $0["request"]?["url"]?["raw"]?.stringValue }
                == ["{{baseUrl}}/audit/reviews/:id/runs"]
        )
        for item in posts where item["request"]?["body"] != nil {
            let raw = try #require(item["request"]?["body"]?["raw"]?.stringValue)
            #expect(try JSONDocument(parsing: raw).root.kind == .object)
        }
    }
}
