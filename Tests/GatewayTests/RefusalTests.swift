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

@Suite("A bad request")
struct RefusalTests {
    struct Bad: Sendable, CustomTestStringConvertible {
        var name: String
        var method = "POST"
        var path = "/cds-services/news2"
        var body: [UInt8]
        var fields: [(String, String)] = []
        var key: String? = GatewayFixture.key
        var status: Int
        var code: String
        var words = ""
        var testDescription: String { name }
    }

    static let valid = Array(HookBody().text.utf8)

    static let all: [Bad] = [
        Bad(name: "empty", body: [], status: 400, code: "LIMEN-JSON", words: "Byte 0"),
        Bad(
            name: "truncated",
            body: Array(valid.prefix(200)),
            status: 400,
            code: "LIMEN-CDS-001",
            words: "Byte 200"
        ),
        Bad(
            name: "10 MB",
            body: [UInt8](repeating: 0x20, count: 10_000_000),
            status: 413,
            code: "LIMEN-GATE-005"
        ),
        Bad(
            name: "100,000 deep",
            body: [UInt8](repeating: UInt8(ascii: "["), count: 100_000),
            status: 400,
            code: "LIMEN-CDS-001",
            words: "Byte 64"
        ),
        Bad(
            name: "binary",
            body: (0..<4_096).map { UInt8(truncatingIfNeeded: $0 &* 167) },
            status: 400,
            code: "LIMEN-CDS-001",
            words: "Byte 0"
        ),
        Bad(
            name: "trailing bytes",
            body: valid + Array("x".utf8),
            status: 400,
            code: "LIMEN-CDS-001"
        ),
        Bad(
            name: "duplicate member",
            body: Array(#"{"hook":"a","hook":"b"}"#.utf8),
            status: 400,
            code: "LIMEN-CDS-001"
        ),
        Bad(
            name: "content type",
            body: valid,
            fields: [("Content-Type", "text/xml")],
            status: 415,
            code: "LIMEN-GATE-004"
        ),
        Bad(
            name: "two content types",
            body: valid,
            fields: [("Content-Type", "application/json"), ("Content-Type", "application/json")],
            status: 415,
            code: "LIMEN-GATE-004"
        ),
        Bad(
            name: "another charset",
            body: valid,
            fields: [("Content-Type", "application/json; a=b; Charset=\"ISO-8859-1\"")],
            status: 415,
            code: "LIMEN-GATE-004"
        ),
        Bad(
            name: "content coding",
            body: valid,
            fields: [("Content-Encoding", "gzip")],
            status: 415,
            code: "LIMEN-GATE-004"
        ),
        Bad(
            name: "accept",
            body: valid,
            fields: [("Accept", "text/html")],
            status: 406,
            code: "LIMEN-GATE-006"
        ),
        Bad(name: "GET", method: "GET", body: [], status: 405, code: "LIMEN-GATE-003"),
        Bad(name: "PUT", method: "PUT", body: valid, status: 405, code: "LIMEN-GATE-003"),
        Bad(
            name: "DELETE without a key",
            method: "DELETE",
            body: [],
            key: nil,
            status: 405,
            code: "LIMEN-GATE-003"
        ),
        Bad(
            name: "unknown service",
            path: "/cds-services/nothing",
            body: valid,
            status: 404,
            code: "LIMEN-GATE-002"
        ),
        Bad(
            name: "service of others",
            path: "/cds-services/qsofa",
            body: valid,
            key: GatewayFixture.plainKey,
            status: 403,
            code: "LIMEN-GATE-017"
        ),
        Bad(
            name: "another hook",
            body: Array(HookBody(hook: "encounter-start-x").text.utf8),
            status: 400,
            code: "LIMEN-GATE-008",
            words: "patient-view"
        ),
        Bad(
            name: "another hook whose context lacks what it needs",
            body: Array(
                HookBody(hook: "order-sign").text.replacing("hookInstance", with: "instance").utf8
            ),
            status: 400,
            code: "LIMEN-GATE-008",
            words: "patient-view"
        ),
        Bad(
            name: "replay as of the future",
            body: Array(
                HookBody(extensions: #""org.limen.replayAt":"2026-05-04T10:05:01Z""#).text.utf8
            ),
            status: 400,
            code: "LIMEN-GATE-007",
            words: "extension"
        ),
        Bad(
            name: "a wish for the grounds that is neither true nor false",
            body: Array(HookBody(extensions: #""org.limen.explain":{}"#).text.utf8),
            status: 400,
            code: "LIMEN-CDS-003",
            words: "/extension/org.limen.explain"
        ),
        Bad(
            name: "prefetch is a string",
            body: Array(PrefetchDecisionTests.body(#","prefetch":"text""#).utf8),
            status: 400,
            code: "LIMEN-CDS-003",
            words: "/prefetch"
        ),
        Bad(
            name: "a key of prefetch is a string",
            body: Array(PrefetchDecisionTests.body(#","prefetch":{"observations":"x"}"#).utf8),
            status: 400,
            code: "LIMEN-CDS-003",
            words: "/prefetch/observations"
        ),
        Bad(
            name: "no hookInstance",
            body: Array(#"{"hook":"patient-view","context":{}}"#.utf8),
            status: 400,
            code: "LIMEN-CDS-002",
            words: "/hookInstance"
        ),
        Bad(
            name: "feedback without array",
            path: "/cds-services/news2/feedback",
            body: Array(#"{"card":"x"}"#.utf8),
            status: 400,
            code: "LIMEN-CDS-002",
            words: "/feedback"
        ),
        Bad(
            name: "feedback to an unknown service",
            path: "/cds-services/nothing/feedback",
            body: Array(#"{"feedback":[]}"#.utf8),
            status: 404,
            code: "LIMEN-GATE-002"
        ),
    ]

    @Test(
        "is none when JSON is named in another spelling",
        arguments: [
            "application/json;charset=UTF-8", "application/json; charset=\"utf-8\"",
            "application/fhir+json; fhirVersion=4.0", "application/json ;charset=utf8", "text/json",
            "application/json;", "Application/JSON;;\t; Charset=\"UTF\\-8\" ;",
            "application/json; foo=\"a;charset=latin1\"", "application/vnd.example+json",
        ]
    )
    func spellings(_ type: String) async throws {
        let fixture = try GatewayFixture()
        let response = await fixture.post(
            "/cds-services/news2",
            HookBody().text,
            fields: [("Content-Type", type)]
        )
        #expect(response.status == 200)
    }

    @Test(
        "is one whose type is no media type, or one of another text",
        arguments: [
            "", "json", "application/", "/json", "appli cation/js on", "application /json",
            "application/+json", "application/a/b+json", "application/j\u{F6}son",
            "application/json; charset", "application/json; =x; ;;", "application/json; a=",
            "application/json; charset = utf-8", "application/json charset=utf-8",
            "application/json; charset=\"utf-8", "application/json; charset=\"\"",
            "application/json, application/json", "application/json; charset=utf-16",
            "application/json; charset=utf-8; charset=latin1", "application/jsonx", "*/*",
        ]
    )
    func noJSON(_ type: String) async throws {
        let fixture = try GatewayFixture()
        let response = await fixture.post(
            "/cds-services/news2",
            HookBody().text,
            fields: [("Content-Type", type)]
        )
        #expect(response.status == 415)
    }

    @Test(
        "is none when JSON is among what is accepted",
        arguments: [
            [], [""], [","], ["application/json"], ["APPLICATION/JSON"], ["*/*"], ["application/*"],
            ["text/html", "application/json"], ["text/html", "", "*/*;q=0.1"], ["text/json"],
            ["text/html, application/json;q=0.001"], ["application/json;Q=1.000;q=0"],
            ["application/fhir+json; fhirVersion=4.0"], ["application/json+fhir"],
            ["application/fhir+json;q=0, */*"], ["application/json, */*;q=0"],
            ["text/html;a=\"x,\\\"\", ,application/json"], ["what is this, application/json"],
            // What Java sends when nothing else is said.
            ["text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"],
        ] as [[String]]
    )
    func acceptable(_ accepted: [String]) async throws {
        let fixture = try GatewayFixture()
        let response = await fixture.post(
            "/cds-services/news2",
            HookBody().text,
            fields: accepted.map { ("Accept", $0) }
        )
        #expect(response.status == 200)
    }

    @Test(
        "is one that accepts no JSON, by the most specific of what it accepts",
        arguments: [
            ["text/html"], ["text/html", "image/png"], ["application/json;q=0"], ["*/*;q=0"],
            ["application/json;q=0, */*"], ["application/json;q=0.000", "*/*"],
            ["*/*, application/*; q=0."], ["application/fhir+json;q=0"],
            ["application/json;q=0, application/fhir+json"], ["application/json-seq"],
            ["text/html;a=\"application/json\""], ["text/html;a=\",*/*,\""], ["*"], ["json"],
            ["application/json;q"],
        ] as [[String]]
    )
    func notAcceptable(_ accepted: [String]) async throws {
        let fixture = try GatewayFixture()
        let response = await fixture.post(
            "/cds-services/news2",
            HookBody().text,
            fields: accepted.map { ("Accept", $0) }
        )
        #expect(response.status == 406)
    }

    @Test(
        "is one with any coding of its content, in whichever field",
        arguments: [
            (["identity", "gzip"], 415), (["gzip", "identity"], 415), (["identity, gzip"], 415),
            (["identity;q=1"], 415), (["identity", "Identity"], 200), (["identity,identity"], 200),
            ([","], 200),
        ] as [([String], Int)]
    )
    func codings(_ codings: [String], _ status: Int) async throws {
        let fixture = try GatewayFixture()
        let response = await fixture.post(
            "/cds-services/news2",
            HookBody().text,
            fields: codings.map { ("Content-Encoding", $0) }
        )
        #expect(response.status == status)
    }

    @Test(
        "is one whose scheme no key follows, and none when blanks stand between them",
        arguments: [
            ("Bearer  ", 200), ("BEARER    ", 200), ("Bearer\t", 401), ("Bearer \t", 401),
            ("Bearer", 401), ("Bearer,", 401),
        ]
    )
    func schemes(_ scheme: String, _ status: Int) async throws {
        let fixture = try GatewayFixture()
        let path = "/cds-services/news2"
        let served = await fixture.post(
            path,
            HookBody().text,
            key: nil,
            fields: [("Authorization", scheme + GatewayFixture.key)]
        )
        #expect(served.status == status)
        let bare = await fixture.post(
            path,
            HookBody().text,
            key: nil,
            fields: [("Authorization", scheme)]
        )
        #expect(bare.status == 401)
    }

    @Test("is answered with its place and one row, and the next one is served", arguments: all)
    func refuses(_ bad: Bad) async throws {
        let fixture = try GatewayFixture()
        let response = await fixture.send(
            bad.method,
            bad.path,
            bad.body,
            key: bad.key,
            fields: bad.fields
        )
        #expect(response.status == bad.status)
        #expect(response.fields["content-type"]?.contains("application/fhir+json") == true)
        let outcome = try response.json
        #expect(outcome["resourceType"]?.stringValue == "OperationOutcome")
        let issue = try #require(outcome["issue"]?.elements.first { _ in true })
        let coding = issue["details"]?["coding"]?.elements.first { _ in true }
        #expect(coding?["code"]?.stringValue?.hasPrefix("LIMEN-GATE-") == true)
        #expect(response.text.contains(bad.code.hasPrefix("LIMEN-JSON") ? "LIMEN-CDS" : bad.code))
        #expect(response.text.contains(bad.words), "\(response.text)")
        if bad.status == 405 { #expect(response.fields["allow"] == "POST, OPTIONS") }
        #expect(fixture.sink.records.count == 1)
        let record = fixture.sink.records[0]
        #expect(record.outcome == .rejected)
        #expect(record.status == bad.status)
        #expect(record.tenant == (bad.key == nil ? "system" : record.tenant))
        #expect((record.client == nil) == (bad.key == nil))
        let next = await fixture.post("/cds-services/news2", HookBody().text)
        #expect(next.status == 200)
    }

    @Test("that the server takes and the gateway does not leaves room for an audit row")
    func limits() {
        #expect(Limits.hookBodyBytesMax < Limits.httpBodyBytesMax)
        #expect(Limits.hookBodyBytesMax < 10_000_000)
        #expect(Limits.summaryNumberUnitsMax < Limits.summaryUnitsEnd)
    }

    @Test("cut at any byte is refused or answered, never with 5xx")
    func everyPrefix() async throws {
        let fixture = try GatewayFixture()
        var body = HookBody()
        body.observations = [HookBody.quantity("a", loinc: "8867-4", "70", "/min")]
        let bytes = Array(body.text.utf8)
        for count in 0..<bytes.count {
            let response = await fixture.send(
                "POST",
                "/cds-services/news2",
                Array(bytes.prefix(count))
            )
            #expect(response.status == 400)
        }
        #expect(fixture.sink.records.count == bytes.count)
    }

    @Test(
        "from an unknown caller gets a bare 401",
        arguments: [
            nil, "", "x", "ehr", "ehr.", "ehr.00", "none.07070707070707070707070707070707",
            GatewayFixture.key + "0", String(GatewayFixture.key.dropLast()), "example.x",
            String(repeating: "a", count: 100_000) + ".b",
        ] as [String?]
    )
    func unauthenticated(_ key: String?) async throws {
        let fixture = try GatewayFixture()
        let response = await fixture.post("/cds-services/news2", HookBody().text, key: key)
        #expect(response.status == 401)
        #expect(response.body.isEmpty)
        #expect(response.fields["www-authenticate"] == "Bearer")
        let record = fixture.sink.records[0]
        #expect(fixture.sink.records.count == 1)
        #expect(record.kind == .authenticationFailure)
        #expect(record.tenant == "system")
        #expect(record.client == nil)
        #expect(record.requestDigest == nil)
        #expect(!record.flags.isEmpty)
    }

    @Test(
        "with more than one key is a bare 401, even when they are the same",
        arguments: [
            ["Authorization", "Authorization"], ["authorization", "X-API-Key"],
            ["x-api-key", "X-API-Key"],
        ]
    )
    func manyKeys(_ names: [String]) async throws {
        let fixture = try GatewayFixture()
        let fields = names.map { name in
            (name, (name.lowercased() == "x-api-key" ? "" : "Bearer ") + GatewayFixture.key)
        }
        let path = "/cds-services/news2"
        let text = HookBody().text
        let refused = await fixture.post(path, text, key: nil, fields: fields)
        #expect(refused.status == 401)
        #expect(refused.body.isEmpty)
        #expect(fixture.sink.records[0].flags == ["malformed-credentials"])
        let served = await fixture.post(path, text, key: nil, fields: Array(fields.prefix(1)))
        #expect(served.status == 200)
    }

    @Test("with a key in X-API-Key is served, and with a Basic scheme is not")
    func otherHeaders() async throws {
        let fixture = try GatewayFixture()
        let text = HookBody().text
        let path = "/cds-services/news2"
        let key = GatewayFixture.key
        #expect(
            await fixture.post(path, text, key: nil, fields: [("X-API-Key", key)]).status == 200
        )
        #expect(
            await fixture.post(path, text, key: nil, fields: [("Authorization", "bearer " + key)])
                .status == 200
        )
        #expect(
            await fixture.post(path, text, key: nil, fields: [("Authorization", "Basic " + key)])
                .status == 401
        )
    }
}
