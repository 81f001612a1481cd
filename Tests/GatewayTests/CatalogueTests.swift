import Audit
import Basics
import CDSHooks
import HTTPMessages
import JSON
import Support
import Synchronization
import Telemetry
import Testing

@testable import Gateway

@Suite("Loading the configuration")
struct CatalogueTests {
    static func findings(_ file: String, _ edit: (String) -> String) throws -> [CatalogueFinding] {
        var files = try GatewayFixture.files()
        let text = String(decoding: try #require(files[file]), as: UTF8.self)
        let edited = edit(text)
        #expect(edited != text, "the edit changes nothing")
        files[file] = Array(edited.utf8)
        do {
            _ = try Catalogue(files: files, now: GatewayFixture.now)
            return []
        } catch {
            return error.findings
        }
    }

    @Test("accepts what this repository ships")
    func ships() throws {
        let catalogue = try Catalogue(files: GatewayFixture.files(), now: GatewayFixture.now)
        #expect(catalogue.services.map(\.hook.id) == GatewayFixture.shippedServices())
        #expect(catalogue.services.count >= 8)
        #expect(catalogue.clients.clients["example"]?.isActive == false)
        let news2 = catalogue.services.first { $0.hook.id == "news2" }
        let keys = try #require(news2).hook.prefetch.map(\.key)
        #expect(keys.prefix(2) == ["patient", "observations"])
    }

    @Test(
        "names the file and the element of a fault in a hook document",
        arguments: [
            (#""id": "news2""#, #""id": "a/b""#, "id"),
            (#""id": "news2""#, #""id": "news2", "colour": 1"#, "colour"),
            (#""mode": "live""#, #""mode": "loud""#, "limen.mode"),
            (#""deadline": "PT0.4S""#, #""deadline": "1 s""#, "limen.deadline"),
            (#""profile": "news2""#, #""profile": "none""#, "limen.profile"),
            (#""format": "limen-hook/1""#, #""format": "limen-hook/9""#, "limen.format"),
            (
                #""indicator": "critical""#, #""indicator": "hard-stop""#,
                "limen.cards[3].card.indicator"
            ),
            (#"%result.score >= 7"#, #"%result.score >= "#, "limen.cards[11].when"),
            (#"%result.score >= 7"#, #"%result.scor >= 7"#, "limen.cards[11].when"),
            (#"%result.score >= 7"#, #"%patient.name.exists()"#, "limen.cards[11].when"),
            ("high risk, emergency", "{{ %explain.table }}", "limen.cards[11].card.summary"),
            ("high risk, emergency", "{{ %result.score ", "limen.cards[11].card.summary"),
            ("high risk, emergency", String(repeating: "x", count: 130), "limen.cards[11]"),
            (#""spo2": "SpO2""#, #""spo3": "SpO2""#, "limen.labels"),
            (#""prefetch": "auto""#, #""prefetch": {"a": "{{today()}}"}"#, "prefetch.a"),
            (#""name": "medium""#, #""name": "high""#, "limen.cards[12].name"),
            (#""label": "Royal"#, #""x": "Royal"#, "limen.cards[0]"),
        ]
    )
    func faults(_ from: String, _ to: String, _ path: String) throws {
        let findings = try Self.findings("Hooks/news2.json") { text in
            guard let range = text.firstRange(of: from) else { return text }
            return text.replacingCharacters(in: range, with: to)
        }
        #expect(findings.first?.file == "Hooks/news2.json")
        #expect(findings.first?.path.hasPrefix(path) == true, "\(findings.map(\.text))")
    }

    @Test("finds faults in profiles, models and clients, and all at once")
    func others() throws {
        let model = try Self.findings("Profiles/news2/model.pmml") {
            $0.split(separator: "<PMML ").joined(separator: "<!DOCTYPE x><PMML ")
        }
        #expect(model.first?.file == "Profiles/news2/model.pmml")
        #expect(model.first?.path.contains("line") == true)
        let profile = try Self.findings("Profiles/qsofa/profile.json") {
            $0.split(separator: #""systolic""#).joined(separator: #""pressure""#)
        }
        #expect(profile.contains { $0.code == .fieldsDiffer && $0.path == "inputs" })
        let client = try Self.findings("Hooks/clients/ehr.json") {
            $0.split(separator: "hospital-a").joined(separator: "system")
        }
        #expect(client.map(\.path) == ["tenant"])
        let syntax = try Self.findings("Hooks/qsofa.json") { $0 + "}" }
        #expect(syntax.first?.path.hasPrefix("byte ") == true)
    }

    @Test("needs a key for the tenant of every client")
    func tenantKeys() throws {
        let other = GatewayFixture.self
        #expect(throws: CatalogueError.self) {
            var files = try other.files()
            let text = String(decoding: files["Hooks/clients/ehr.json"] ?? [], as: UTF8.self)
            files["Hooks/clients/ehr.json"] = Array(
                text.split(separator: "hospital-a").joined(separator: "hospital-z").utf8
            )
            _ = try GatewayFixture(extraFiles: files)
        }
    }

    @Test("keeps the old one in force when the new one is bad")
    func reload() async throws {
        let fixture = try GatewayFixture()
        var files = try GatewayFixture.files()
        files["Hooks/qsofa.json"] = nil
        #expect(throws: CatalogueError.self) {
            try fixture.gateway.reload(Catalogue(files: files, now: GatewayFixture.now))
        }
        #expect(await fixture.post("/cds-services/qsofa", HookBody().text).status == 200)
        files["Hooks/clients/example.json"] = nil
        try fixture.gateway.reload(Catalogue(files: files, now: GatewayFixture.now))
        #expect(await fixture.post("/cds-services/qsofa", HookBody().text).status == 404)
        #expect(await fixture.post("/cds-services/news2", HookBody().text).status == 200)
    }

    @Test("keeps the loaded model when its document has changed, and takes none that fails")
    func changedModel() async throws {
        let fixture = try GatewayFixture()
        func digest() -> String? { fixture.gateway.catalogue.profiles["news2"]?.modelDigest }
        let loaded = try #require(digest())
        let body = HookBody(observations: HookBody.vitals()).text
        let before = await fixture.post("/cds-services/news2", body)
        #expect(before.status == 200)
        let path = "Profiles/news2/model.pmml"
        var files = try GatewayFixture.files()
        let text = String(decoding: try #require(files[path]), as: UTF8.self)

        // A band that was moved: the document's own rows do not agree with it any more.
        let moved = text.replacing(
            #"operator="lessOrEqual" value="8""#,
            with: #"operator="lessOrEqual" value="9""#
        )
        #expect(moved != text)
        files[path] = Array(moved.utf8)
        let error = #expect(throws: CatalogueError.self) {
            try fixture.gateway.reload(Catalogue(files: files, now: GatewayFixture.now))
        }
        #expect(error?.findings.first?.file == path)
        #expect(digest() == loaded)
        let after = await fixture.post("/cds-services/news2", body)
        #expect(after.body == before.body)

        // One that agrees with its rows goes into force, under its own hash.
        files[path] = Array((text + "<!-- reviewed -->\n").utf8)
        try fixture.gateway.reload(Catalogue(files: files, now: GatewayFixture.now))
        #expect(digest() != loaded)
        #expect(await fixture.post("/cds-services/news2", body).status == 200)
    }
}

extension String {
    fileprivate func replacingCharacters(in range: Range<Index>, with text: String) -> String {
        String(self[..<range.lowerBound]) + text + String(self[range.upperBound...])
    }
}
