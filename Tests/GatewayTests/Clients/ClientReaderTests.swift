import CDSHooks
import HTTPMessages
import JOSE
import JSON
import Mapping
import Testing

@testable import Gateway

@Suite("Reading a client document")
struct ClientReaderTests {
    static let keySet = AccessFixture.keySet([AccessFixture.signer])
    static let salt = String(repeating: "0a", count: 16)
    static let digest = String(repeating: "0b", count: 32)

    static let full = #"""
        { "format": "limen-client/1", "id": "ward-ehr", "tenant": "hospital-a",
          "roles": ["clinician-system", "metrics-reader"], "scopes": ["hooks.call"],
          "note": "the ward",
          "apiKeys": [ { "salt": "\#(salt)", "sha256": "\#(digest)",
                         "until": "2027-01-31T12:00:00Z" } ],
          "jwt": { "issuer": "https://ehr.example", "keys": { "url": "https://ehr.example/jwks" },
                   "audience": ["https://limen.example/a"], "tenant": "ward-7",
                   "algorithms": ["ES384"], "lifetimeMax": "PT2M", "skew": "PT10S" },
          "certificate": { "subject": "CN=ward", "names": ["ward.example"] },
          "services": ["news2"], "hooks": ["patient-view"], "mayReplay": true,
          "corsOrigins": ["https://ehr.example"],
          "fhirServers": [ { "base": "https://fhir.example/r4",
                             "allowNetworks": ["10.20.0.0/16", "fd00::/8"],
                             "caFile": "ca.pem", "search": "post" } ],
          "dialect": { "base": "standard-2.0", "selectionBehavior": ["any"], "actionsMax": 1 },
          "deadline": "PT0.25S",
          "rate": { "client": { "perSecond": 20, "burst": 40 }, "address": { "perSecond": 5 } },
          "feedbackWithin": "P7D" }
        """#

    static func read(_ text: String) throws -> (client: Client?, findings: [CatalogueFinding]) {
        let reader = ClientReader(
            file: "Hooks/clients/ward-ehr.json",
            files: [
                "Hooks/clients/ca.pem": Array("CA".utf8),
                "Hooks/clients/ward.jwks.json": Array(keySet.utf8),
            ],
            dialects: DialectReader.standards
        )
        return (reader.client(try JSONDocument(parsing: text)), reader.faults.findings)
    }

    @Test("reads every member")
    func everyMember() throws {
        let (read, findings) = try Self.read(Self.full)
        #expect(findings.map(\.text) == [])
        let client = try #require(read)
        #expect(client.id == "ward-ehr" && client.tenant == "hospital-a" && client.isActive)
        #expect(client.roles == [.clinicianSystem, .metricsReader])
        #expect(client.scopes == [.callHooks])
        #expect(client.apiKeys.count == 1 && client.apiKeys[0].until != nil)
        let token = try #require(client.token)
        #expect(token.keys.address == "https://ehr.example/jwks")
        #expect(token.keyAddresses == ["https://ehr.example/jwks"])
        #expect(token.tenantClaim == "ward-7" && token.algorithms == [.es384])
        #expect(token.lifetimeSecondsMax == 120 && token.skewSeconds == 10)
        #expect(client.certificate?.names == ["ward.example"])
        #expect(client.certificate?.isEnough == false)
        #expect(client.services == ["news2"] && client.hooks == ["patient-view"])
        let server = try #require(client.fhirServers.first)
        #expect(server.allowNetworks.map(\.text) == ["10.20.0.0/16", "fd00::/8"])
        #expect(server.search == .post && server.base.text == "https://fhir.example/r4")
        #expect(server.caBundle == Array("CA".utf8))
        #expect(client.dialect.selectionBehaviors == [.any] && client.dialect.actionsMax == 1)
        #expect(client.dialect.name == "standard-2.0" && client.dialect.showsOverrideReasons)
        #expect(client.deadlineMicroseconds == 250_000)
        #expect(client.rate == RateAllowance(perSecond: 20, burst: 40))
        #expect(client.addressRate == RateAllowance(perSecond: 5, burst: 5))
        #expect(client.feedbackSeconds == 604_800)
    }

    @Test("has safe defaults for what is not said")
    func defaults() throws {
        let (read, findings) = try Self.read(
            #"""
            {"format":"limen-client/1","id":"a","tenant":"t",
             "jwt":{"issuer":"i","keys":{"file":"ward.jwks.json"}}}
            """#
        )
        #expect(findings.map(\.text) == [])
        let client = try #require(read)
        #expect(client.roles == [.clinicianSystem])
        #expect(!client.scopes.contains(.readMetrics))
        #expect(client.token?.algorithms == [.es384, .rs384])
        #expect(client.token?.lifetimeSecondsMax == 300)
        #expect(client.token?.keys.address == nil)
        #expect(client.dialect == .standard && !client.dialect.allowsSystemActions)
        #expect(!client.mayReplay && client.fhirServers.isEmpty && client.corsOrigins.isEmpty)
    }

    @Test(
        "names the place of a mistake and what is accepted there",
        arguments: [
            (#""id": "ward-ehr""#, #""id": "ward ehr""#, "id"),
            (#""tenant": "hospital-a""#, #""tenant": "system""#, "tenant"),
            (#""limen-client/1""#, #""limen-client/2""#, "format"),
            (#""note": "the ward""#, #""colour": "red""#, "colour"),
            (#""metrics-reader""#, #""root""#, "roles[1]"),
            (#"["hooks.call"]"#, #"["audit.read"]"#, "scopes"),
            (#""until": "2027-01-31T12:00:00Z""#, #""until": "2027""#, "apiKeys[0].until"),
            (#""keys": { "url": "https://ehr.example/jwks" },"#, "", "jwt.keys"),
            ("https://ehr.example/jwks", "http://ehr.example/jwks", "jwt.keys.url"),
            ("https://ehr.example/jwks", "https://u@ehr.example/jwks", "jwt.keys.url"),
            (#""url": "https://ehr.example/jwks""#, #""file": "none.jwks.json""#, "jwt.keys.file"),
            (#""url": "https://ehr.example/jwks""#, #""inline": []"#, "jwt.keys.inline"),
            (
                #""url": "https://ehr.example/jwks""#,
                #""url": "https://e.example", "inline": {}"#, "jwt.keys"
            ),
            (#"["ES384"]"#, #"["HS256"]"#, "jwt.algorithms[0]"),
            (#"["ES384"]"#, #"["none"]"#, "jwt.algorithms[0]"),
            (#"["ES384"]"#, #"[]"#, "jwt.algorithms"),
            ("PT2M", "PT2H", "jwt.lifetimeMax"),
            ("PT10S", "PT10M", "jwt.skew"),
            (#""subject": "CN=ward", "names": ["ward.example"]"#, #""alone": true"#, "certificate"),
            (#"["https://ehr.example"]"#, #"["https://ehr.example/x"]"#, "corsOrigins[0]"),
            (#"["https://ehr.example"]"#, #"["*"]"#, "corsOrigins[0]"),
            ("https://fhir.example/r4", "http://fhir.example/r4", "fhirServers[0].base"),
            ("https://fhir.example/r4", "https://fhir.example/r4?a=b", "fhirServers[0].base"),
            ("10.20.0.0/16", "10.20.0.0/33", "fhirServers[0].allowNetworks[0]"),
            ("10.20.0.0/16", "ward", "fhirServers[0].allowNetworks[0]"),
            ("ca.pem", "../ca.pem", "fhirServers[0].caFile"),
            (#""search": "post""#, #""search": "put""#, "fhirServers[0].search"),
            (#""base": "standard-2.0""#, #""base": "standard-9""#, "dialect.base"),
            (#""actionsMax": 1"#, #""actionsMax": 0"#, "dialect.actionsMax"),
            (#""actionsMax": 1"#, #""summaryMax": 140"#, "dialect.summaryMax"),
            (#""actionsMax": 1"#, #""suggestion": false"#, "dialect.suggestion"),
            (
                #""base": "standard-2.0""#, #""base": "standard-1.0", "systemActions": true"#,
                "dialect.systemActions"
            ),
            (
                #""base": "standard-2.0""#, #""base": "standard-1.0", "prefetchFHIRPath": true"#,
                "dialect.prefetchFHIRPath"
            ),
            (
                #""base": "standard-2.0""#, #""base": "standard-1.0", "autolaunchable": true"#,
                "dialect.autolaunchable"
            ),
            (
                #""base": "standard-2.0""#,
                #""base": "standard-1.0", "actionSelectionBehavior": true"#,
                "dialect.actionSelectionBehavior"
            ),
            (#""actionsMax": 1"#, #""prefetchInclude": "no""#, "dialect.prefetchInclude"),
            ("PT0.25S", "250 ms", "deadline"),
            (#""perSecond": 20"#, #""perSecond": 0"#, "rate.client.perSecond"),
            (#""perSecond": 5"#, #""burst": 5"#, "rate.address.perSecond"),
            ("P7D", "P1Y", "feedbackWithin"),
        ]
    )
    func mistakes(_ from: String, _ to: String, _ path: String) throws {
        let text = Self.full.replacing(from, with: to)
        #expect(text != Self.full, "the edit changes nothing")
        let (client, findings) = try Self.read(text)
        #expect(client == nil)
        #expect(findings.map(\.path) == [path], "\(findings.map(\.text))")
        #expect(findings.allSatisfy { $0.place != nil })
        // The servers are read by the stage that fetches; its sentences say what is accepted.
        #expect(path.hasPrefix("fhirServers") || findings.allSatisfy { $0.accepted != nil })
    }

    @Test("names everything that is wrong at once, each with line and column")
    func allAtOnce() throws {
        let (client, findings) = try Self.read(
            """
            { "format": "limen-client/1",
              "id": "a b",
              "tenant": "system",
              "mayReplay": "yes",
              "colour": 1 }
            """
        )
        #expect(client == nil)
        let places = findings.map { "\($0.path) \($0.place?.line ?? 0):\($0.place?.column ?? 0)" }
        #expect(
            Set(places) == ["id 2:9", "tenant 3:13", "mayReplay 4:16", "colour 5:3", " 1:1"]
        )
    }

    @Test("a certificate that is not enough needs something to come with it")
    func certificateAlone() throws {
        func findings(_ members: String) throws -> [String] {
            try Self.read(#"{"format":"limen-client/1","id":"a","tenant":"t",\#(members)}"#)
                .findings.map(\.path)
        }
        let names = #""certificate":{"names":["x.example"]}"#
        #expect(try findings(names) == ["certificate"])
        #expect(try findings(names.replacing("]}", with: #"],"alone":false}"#)) == ["certificate"])
        #expect(try findings(names.replacing("]}", with: #"],"alone":true}"#)) == [])
        let key = #""apiKey":{"salt":"\#(Self.salt)","sha256":"\#(Self.digest)"}"#
        #expect(try findings(names + "," + key) == [])
    }

    @Test(
        "an origin is what a browser sends, and nothing that none would",
        arguments: [
            ("https://ehr.example", true), ("http://localhost:3000", true),
            ("https://[::1]:3000", true), ("http://127.0.0.1:8080", true),
            ("https://ehr.example:443", false), ("http://ehr.example:80", false),
            ("https://ehr.example:80", true), ("http://ehr.example:443", true),
            ("https://:", false), ("https://...", false), ("https://a:b:c", false),
            ("https://EHR.example", false), ("https://ehr.example/", false),
            ("https://[0:0:0:0:0:0:0:1]", false), ("https://::1", false), ("https://", false),
            ("https://*.example", false), ("https://ehr.example:0", false), ("null", false),
        ]
    )
    func origins(_ text: String, _ isSent: Bool) {
        #expect(ClientReader.isOrigin(text) == isSent)
    }

    @Test("takes two keys at most, and none twice")
    func keys() throws {
        func document(_ keys: String) -> String {
            #"{"format":"limen-client/1","id":"a","tenant":"t","apiKeys":[\#(keys)]}"#
        }
        let one = #"{"salt":"\#(Self.salt)","sha256":"\#(Self.digest)"}"#
        let other = #"{"salt":"\#(Self.salt)","sha256":"\#(Self.salt)\#(Self.salt)"}"#
        #expect(try Self.read(document(one + "," + other)).client?.apiKeys.count == 2)
        #expect(try Self.read(document(one + "," + one)).findings.map(\.path) == ["apiKeys"])
        let three = [one, other, one].joined(separator: ",")
        #expect(try Self.read(document(three)).findings.map(\.path) == ["apiKeys"])
        let weak = #"{"salt":"00","sha256":"\#(Self.digest)"}"#
        #expect(try Self.read(document(weak)).findings.map(\.path) == ["apiKeys[0].salt"])
    }

    @Test("knows the dialects of this repository, and says which are not confirmed")
    func shippedDialects() throws {
        var loader = CatalogueLoader(files: try GatewayFixture.files(), now: GatewayFixture.now)
        loader.load()
        #expect(loader.findings.map(\.text) == [])
        #expect(
            loader.dialects.keys.sorted() == [
                "cds-hooks-sandbox", "epic-unconfirmed", "oracle-health-unconfirmed",
                "standard-1.0", "standard-2.0", "standard-3.0-ballot",
            ]
        )
        #expect(loader.dialects["cds-hooks-sandbox"]?.isDevelopmentOnly == true)
        #expect(loader.dialects["epic-unconfirmed"]?.isConfirmed == false)
        #expect(loader.dialects["epic-unconfirmed"]?.topic == .alphanumeric)
        #expect(loader.dialects["standard-1.0"]?.selectionBehaviors == [.atMostOne])
    }
}
