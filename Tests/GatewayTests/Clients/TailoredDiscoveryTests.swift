import Audit
import HTTPMessages
import JSON
import Support
import Testing

@testable import Gateway

@Suite("Discovery for a client")
struct TailoredDiscoveryTests {
    /// A service with what only some clients understand.
    static let service = #"""
        {"id":"pulse","hook":"patient-view","title":"T","description":"D",
         "usageRequirements":"U",
         "prefetch":{"patient":"Patient/{{context.patientId}}",
           "observations":"Observation?patient={{context.patientId}}",
           "who":"Practitioner/{{userPractitionerId}}"},
         "limen":{"format":"limen-hook/1","version":"1.0.0","profile":"news2","mode":"live",
          "deadline":"PT0.4S","alsoOn":["order-sign"],
          "prefetchFHIRPath":{
           "observations":"Observation?patient={{%patient.id}}&date=ge{{today() - 2 days}}"},
          "cards":[{"name":"any","card":{"summary":"S","indicator":"info"}}],
          "defaults":{"source":{"label":"L"}}}}
        """#

    static func fixture(
        _ members: String = "",
        configure: (inout GatewayConfiguration) -> Void = { _ in }
    ) throws -> (fixture: GatewayFixture, key: String) {
        let key = AccessFixture.apiKey("a")
        let fixture = try GatewayFixture(
            extraFiles: [
                "Hooks/pulse.json": Array(service.utf8),
                "Hooks/clients/a.json": AccessFixture.client("a", key.member + members),
            ],
            configure: configure
        )
        return (fixture, key.key)
    }

    static func services(_ response: HTTPResponse) throws -> [JSONValue] {
        #expect(response.status == 200)
        return try Array(#require(try response.json["services"]).elements)
    }

    @Test("shows the services and hooks it may call, and whoever shows nothing sees all")
    func allowed() async throws {
        let (fixture, key) = try Self.fixture(
            #","services":["pulse","news2"],"hooks":["order-sign"]"#
        )
        let own = try Self.services(await fixture.send("GET", "/cds-services", key: key))
        #expect(own.map { $0["id"]?.stringValue } == ["pulse"])
        #expect(own.map { $0["hook"]?.stringValue } == ["order-sign"])
        let all = try Self.services(await fixture.send("GET", "/cds-services", key: nil))
        #expect(all.count == GatewayFixture.shippedServices().count + 2)
        #expect(fixture.sink.records.isEmpty, "discovery is about nobody")
    }

    @Test(
        "has the members that its version of CDS Hooks knows",
        arguments: [
            ("standard-1.0", false, false, ["patient", "observations"]),
            ("standard-2.0", true, false, ["patient", "observations", "who"]),
            ("standard-3.0-ballot", true, true, ["patient", "observations", "who"]),
        ]
    )
    func versions(_ dialect: String, _ usage: Bool, _ version: Bool, _ keys: [String]) async throws
    {
        let (fixture, key) = try Self.fixture(#","services":["pulse"],"dialect":"\#(dialect)""#)
        let services = try Self.services(await fixture.send("GET", "/cds-services", key: key))
        #expect(services.count == 2)
        for service in services {
            #expect((service["usageRequirements"] != nil) == usage)
            #expect((service["version"] != nil) == version)
            #expect((service["hookVersion"] != nil) == version)
            let prefetch = try #require(service["prefetch"])
            #expect(prefetch.members.map { $0.name.stringValue ?? "" } == keys)
            #expect(
                prefetch["observations"]?.stringValue == "Observation?patient={{context.patientId}}"
            )
        }
    }

    @Test("has FHIRPath tokens and _include only where the client fills them")
    func templates() async throws {
        let path = #","dialect":{"base":"standard-2.0","prefetchFHIRPath":true}"#
        let (fixture, key) = try Self.fixture(path)
        let services = try Self.services(await fixture.send("GET", "/cds-services", key: key))
        let own = try #require(services.first { $0["id"]?.isString("pulse") ?? false })
        #expect(
            own["prefetch"]?["observations"]?.stringValue
                == "Observation?patient={{%patient.id}}&date=ge{{today() - 2 days}}"
        )
        func medications(_ services: [JSONValue]) -> String? {
            services.first { $0["id"]?.isString("interactions") ?? false }?["prefetch"]?[
                "medicationRequests"
            ]?.stringValue
        }
        #expect(medications(services)?.contains("&_include=MedicationRequest:medication") == true)
        let plain = #","dialect":{"base":"standard-2.0","prefetchInclude":false}"#
        let (other, otherKey) = try Self.fixture(plain)
        let others = try Self.services(await other.send("GET", "/cds-services", key: otherKey))
        let template = try #require(medications(others))
        #expect(!template.contains("_include"))
        #expect(template.hasPrefix("MedicationRequest?patient={{context.patientId}}&"))
    }

    @Test("refuses credentials that do not hold, and has a row for it")
    func refused() async throws {
        let (fixture, key) = try Self.fixture()
        let wrong = await fixture.send("GET", "/cds-services", key: key + "x")
        #expect(wrong.status == 401 && wrong.body.isEmpty)
        #expect(fixture.sink.records.map(\.kind) == [.authenticationFailure])
        let basic = await fixture.send(
            "GET",
            "/cds-services",
            key: nil,
            fields: [("Authorization", "Basic YTpi")]
        )
        #expect(basic.status == 401)
        // A wrong method is told to anybody.
        #expect(await fixture.send("DELETE", "/cds-services", key: key).status == 405)
    }

    @Test("is for clients with the right to call hooks")
    func scope() async throws {
        let (fixture, key) = try Self.fixture(#","roles":["metrics-reader"]"#)
        let response = await fixture.send("GET", "/cds-services", key: key)
        #expect(response.status == 403)
        #expect(fixture.sink.records.last?.flags == ["scope-missing"])
    }

    @Test("can be closed to everybody else")
    func closed() async throws {
        let (fixture, key) = try Self.fixture { $0.guardsDiscovery = true }
        #expect(await fixture.send("GET", "/cds-services", key: nil).status == 401)
        #expect(fixture.sink.records.last?.flags == ["no-credentials"])
        #expect(await fixture.send("GET", "/cds-services", key: key).status == 200)
        #expect(await fixture.send("OPTIONS", "/cds-services", key: nil).status == 204)
    }

    @Test("is for whom a certificate stands that is enough; another one opens nothing")
    func certificate() async throws {
        let digest = String(repeating: "ab", count: 32)
        let (fixture, _) = try Self.fixture(
            #","services":["pulse"],"certificate":{"sha256":"\#(digest)","alone":true}"#
        ) {
            $0.edge = CallerAccessTests.edge
        }
        func ask(_ hash: String) async throws -> Int {
            try Self.services(
                await fixture.send(
                    "GET",
                    "/cds-services",
                    key: nil,
                    fields: [("x-forwarded-client-cert", "Hash=\(hash)")],
                    peer: "10.0.0.7"
                )
            ).count
        }
        #expect(try await ask(digest) == 2)
        let all = GatewayFixture.shippedServices().count + 2
        #expect(try await ask(String(repeating: "cd", count: 32)) == all)
    }

    @Test("and feedback go together: who may not see a card says nothing of it")
    func feedback() async throws {
        let (fixture, key) = try Self.fixture(#","hooks":["order-sign"]"#)
        let body = #"{"feedback":[]}"#
        #expect(await fixture.post("/cds-services/pulse/feedback", body, key: key).status == 200)
        #expect(await fixture.post("/cds-services/news2/feedback", body, key: key).status == 403)
    }
}
