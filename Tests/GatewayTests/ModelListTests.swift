import Audit
import Basics
import HTTPMessages
import JSON
import Support
import Testing

@testable import Gateway

@Suite("What models there are")
struct ModelListTests {
    private static func texts(_ value: JSONValue?) -> [String] {
        value.map { $0.elements.compactMap(\.stringValue) } ?? []
    }

    @Test("Each model is listed with version, digest, kind, inputs and services")
    func list() async throws {
        let fixture = try GatewayFixture()
        let response = await fixture.send("GET", "/models")
        #expect(response.status == 200)
        let models = try #require(try response.json["models"].map { Array($0.elements) })
        let ids = models.compactMap { $0["id"]?.stringValue }
        #expect(ids == ids.sorted())
        #expect(Set(["news2", "segments", "interactions-onc"]).isSubset(of: Set(ids)))
        for model in models {
            #expect(model["sha256"]?.stringValue?.utf8.count == 64)
            #expect(model["version"]?.stringValue?.isEmpty == false)
            #expect(model["services"].map { Array($0.elements).isEmpty } == false)
        }
        let segments = try #require(models.first { $0["id"]?.stringValue == "segments" })
        #expect(segments["kind"]?.stringValue == "clustering")
        #expect(
            Self.texts(segments["inputs"]) == ["age", "systolic", "diastolic", "bodyMassIndex"]
        )
        let knowledge = try #require(models.first { $0["kind"]?.stringValue == "interactions" })
        #expect(knowledge["evaluate"] == nil)
        // Reading about models is no event.
        #expect(fixture.sink.records.isEmpty)
    }

    @Test("A model tells its inputs with type, unit, range and policy, and its outputs")
    func model() async throws {
        let fixture = try GatewayFixture()
        let model = try await fixture.send("GET", "/models/news2").json
        let inputs = try #require(model["inputs"].map { Array($0.elements) })
        let temperature = try #require(inputs.first { $0["name"]?.stringValue == "temperature" })
        #expect(temperature["type"]?.stringValue == "quantity")
        #expect(temperature["unit"]?.stringValue == "Cel")
        #expect(temperature["plausible"].map { $0.elements.map(\.numberText) } == ["25", "45"])
        #expect(temperature["roundedTo"]?.numberText == "0.1")
        #expect(temperature["missing"]?["policy"]?.stringValue == "reject")
        let scale = try #require(inputs.first { $0["name"]?.stringValue == "spo2Scale" })
        #expect(Self.texts(scale["values"]) == ["1", "2"])
        #expect(scale["missing"]?["policy"]?.stringValue == "assume")
        #expect(scale["missing"]?["value"]?.stringValue == "1")
        #expect(Self.texts(model["facts"]) == ["pregnant"])
        #expect(model["outputs"].map { !Array($0.elements).isEmpty } == true)
        let rules = model["notChecked"].map { $0.elements.compactMap { $0["code"]?.stringValue } }
        #expect(rules?.contains("age-under-16") == true)
        let knowledge = await fixture.send("GET", "/models/interactions-onc")
        #expect(knowledge.status == 200)
    }

    @Test(
        "Segments come in the language that is asked for, or in both",
        arguments: [
            (nil, nil, nil), ("de", "de", "Jünger, niedriger Blutdruck"),
            ("de-AT,de;q=0.9,en;q=0.8", "de", "Jünger, niedriger Blutdruck"),
            ("en-GB", "en", "Younger, lower pressure"),
            ("fr, en;q=0.2, de;q=0.7", "de", "Jünger, niedriger Blutdruck"),
            ("fr", nil, nil), ("de;q=0", nil, nil), ("", nil, nil),
        ] as [(String?, String?, String?)]
    )
    func segments(header: String?, language: String?, name: String?) async throws {
        let fixture = try GatewayFixture()
        let response = await fixture.send(
            "GET",
            "/models/segments/segments",
            fields: header.map { [("Accept-Language", $0)] } ?? []
        )
        #expect(response.status == 200)
        #expect(response.fields["content-language"] == language)
        #expect(response.fields["vary"]?.contains("Accept-Language") == true)
        let body = try response.json
        #expect(body["uncertain"]?["marginBelow"]?.numberText == "0.1")
        let segments = try #require(body["segments"].map { Array($0.elements) })
        #expect(segments.count == 5)
        #expect(segments.compactMap { $0["size"]?.integerValue }.reduce(0, +) == 4_000)
        if let name {
            #expect(segments[0]["name"]?.stringValue == name)
            #expect(segments[0]["description"]?.stringValue?.isEmpty == false)
            #expect(segments[0]["texts"] == nil)
        } else {
            #expect(segments[0]["texts"]?["de"]?["name"] != nil)
            #expect(segments[0]["texts"]?["en"]?["description"] != nil)
        }
        let centre = try #require(segments[0]["centre"].map { Array($0.elements) })
        #expect(
            centre.compactMap { $0["unit"]?.stringValue } == ["a", "mm[Hg]", "mm[Hg]", "kg/m2"]
        )
        let age = try #require(centre[0]["value"]?.decimalValue)
        #expect((30.0...36.0).contains(age.doubleValue))
    }

    @Test(
        "What is not there, or not for this caller, is a problem with its audit row",
        arguments: [
            ("/models/nothing", true, 404), ("/models/news2/segments", true, 404),
            ("/models/interactions-onc/segments", true, 404), ("/models/segments", false, 403),
            ("/models/nothing", false, 404),
        ]
    )
    func refused(path: String, isFull: Bool, status: Int) async throws {
        let fixture = try GatewayFixture()
        let key = isFull ? GatewayFixture.key : GatewayFixture.plainKey
        let response = await fixture.send("GET", path, key: key)
        #expect(response.status == status)
        #expect(response.fields["content-type"] == "application/problem+json")
        #expect(fixture.sink.records.map(\.status) == [status])
    }

    @Test(
        "A caller with a list of services sees their models only, and nobody sees any without key"
    )
    func restricted() async throws {
        let fixture = try GatewayFixture()
        let list = try await fixture.send("GET", "/models", key: GatewayFixture.plainKey).json
        let ids = list["models"].map { $0.elements.compactMap { $0["id"]?.stringValue } }
        #expect(ids == ["news2"])
        #expect(await fixture.send("GET", "/models", key: nil).status == 401)
        #expect(await fixture.post("/models", "{}").status == 405)
        #expect(await fixture.send("GET", "/models/a/b/c").status == 404)
    }

    @Test("The API description has every path of the models")
    func described() async throws {
        let fixture = try GatewayFixture()
        let document = try await fixture.send("GET", "/openapi.json", key: nil).json
        let paths = document["paths"]
        #expect(paths?["/models"]?["get"] != nil)
        #expect(paths?["/models/{id}"]?["get"] != nil)
        #expect(paths?["/models/{id}/segments"]?["get"] != nil)
        #expect(paths?["/models/{id}/evaluate"]?["post"]?["responses"]?["422"] != nil)
    }
}
