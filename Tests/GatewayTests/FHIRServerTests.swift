import HTTPMessages
import JSON
import Support
import Testing

@testable import Gateway

@Suite("Registered FHIR servers")
struct FHIRServerTests {
    private static func servers(_ bases: [String]) throws -> [FHIRServer] {
        try bases.map { FHIRServer(base: try #require(FHIRBase($0))) }
    }

    @Test(
        "Every URL of the shared set is matched or refused as it says",
        .enabled(if: Shared.isPresent, "shared suites absent: set LIMEN_SHARED")
    )
    func sharedURLs() throws {
        let registered = try JSONDocument(parsing: Shared.bytes("conformance/ssrf/registered.json"))
        let servers = try Self.servers(registered.root.elements.compactMap(\.stringValue))
        #expect(servers.count == 2)
        var count = 0
        for line in try Shared.lines("conformance/ssrf/urls.jsonl") {
            let row = try JSONDocument(parsing: Array(line.utf8)).root
            let url = try #require(row["url"]?.stringValue)
            let expected = try #require(row["expect"]?.stringValue)
            let isMatched = FHIRServer.matching(url, in: servers) != nil
            #expect(isMatched == (expected == "allow"), "\(row["id"]?.stringValue ?? line)")
            count += 1
        }
        #expect(count >= 76)
    }

    @Test(
        "The same base is found however scheme, host and port are spelled",
        arguments: [
            "https://fhir.example.org/r4", "https://fhir.example.org/r4/",
            "HTTPS://FHIR.example.ORG/r4", "https://fhir.example.org:443/r4",
        ]
    )
    func spellings(text: String) throws {
        let servers = try Self.servers(["https://fhir.example.org/r4"])
        #expect(FHIRServer.matching(text, in: servers) == servers[0])
    }

    @Test(
        "Everything else is another base",
        arguments: [
            "https://fhir.example.org", "https://fhir.example.org/R4",
            "https://fhir.example.org/r4/Patient", "https://fhir.example.org/r4//",
            "https://fhir.example.org/r", "https://fhir.example.org/%72%34",
            "https://fhir.example.org/r4;v=1", "https://fhir.example.org/r4?",
            "https://fhir.example.org:8443/r4", "http://fhir.example.org:443/r4",
            "https://xn--fhir.example.org/r4", "https://fhir.example.org@evil.example/r4",
        ]
    )
    func otherBases(text: String) throws {
        let servers = try Self.servers(["https://fhir.example.org/r4"])
        #expect(FHIRServer.matching(text, in: servers) == nil)
    }

    @Test(
        "A target stays below the base",
        arguments: [
            ("Patient/1", "/r4/Patient/1"), ("Observation?patient=1", "/r4/Observation?patient=1"),
            ("Observation?x=a%2Cb&y=../..", "/r4/Observation?x=a%2Cb&y=../.."),
        ]
    )
    func targets(relative: String, target: String) throws {
        #expect(try #require(FHIRBase("https://a.example/r4")).target(relative) == target)
    }

    @Test(
        "What would lead out of the base is no target",
        arguments: [
            "", "/Patient", "Patient/..", "Patient/../../admin", "Patient/.", "Patient/%2e%2e",
            "?x=1", "Patient//1", "Patient/1#x", "Patient/a b", "//evil.example/x",
        ]
    )
    func badTargets(relative: String) throws {
        #expect(try #require(FHIRBase("https://a.example/r4")).target(relative) == nil)
    }

    @Test(
        "A link to the next page is followed below the same base",
        arguments: [
            ("https://a.example/r4?_getpages=7", "/r4?_getpages=7"),
            ("https://A.example:443/r4/Observation?p=2", "/r4/Observation?p=2"),
            ("/r4/Observation?p=2", "/r4/Observation?p=2"),
            ("Observation?p=2", "/r4/Observation?p=2"),
        ]
    )
    func links(link: String, target: String) throws {
        #expect(try #require(FHIRBase("https://a.example/r4")).target(ofLink: link) == target)
    }

    @Test(
        "A link that leads anywhere else is not followed",
        arguments: [
            "https://evil.example/?page=2", "http://a.example/r4?p=2", "https://a.example/r5?p=2",
            "https://a.example/r4x?p=2", "https://a.example:8443/r4?p=2", "//evil.example/r4?p=2",
            "/admin?p=2", "/r4/../admin", "https://a.example/r4/..;/admin", "", "?p=2",
            "https://a.example@evil.example/r4?p=2", "javascript:alert(1)", "urn:uuid:1",
        ]
    )
    func badLinks(link: String) throws {
        #expect(try #require(FHIRBase("https://a.example/r4")).target(ofLink: link) == nil)
    }

    @Test("A registration is read whole")
    func reading() throws {
        let servers = try #require(
            try Self.client(
                #"""
                [{"base":"https://fhir.hospital.example/r4/","allowNetworks":["10.1.0.0/16"],
                  "caFile":"ca.pem","search":"post","subject":"limen"},
                 {"base":"http://127.0.0.1:8080/fhir","allowNetworks":["127.0.0.0/8"],"open":true}]
                """#
            ).client?.fhirServers
        )
        #expect(servers.count == 2)
        #expect(servers[0].base.text == "https://fhir.hospital.example/r4")
        #expect(servers[0].allowNetworks.map(\.text) == ["10.1.0.0/16"])
        #expect(servers[0].caBundle == [0x21])
        #expect(servers[0].search == .post)
        #expect(servers[0].subject == "limen")
        #expect(!servers[0].isOpen)
        #expect(servers[1].search == .get)
        #expect(servers[1].isOpen)
    }

    @Test(
        "A registration with a mistake is refused at its place",
        arguments: [
            (#"[{"base":"http://fhir.example.org/r4"}]"#, "fhirServers[0].base"),
            (#"[{"base":"https://10.1.2.3/r4"}]"#, "fhirServers[0].base"),
            (#"[{"base":"https://127.1/r4"}]"#, "fhirServers[0].base"),
            (#"[{"base":"https://a.example/r4?x=1"}]"#, "fhirServers[0].base"),
            (#"[{"base":"https://a.example/%72"}]"#, "fhirServers[0].base"),
            (#"[{"base":"https://u@a.example/r4"}]"#, "fhirServers[0].base"),
            (
                #"[{"base":"http://10.1.2.3/r4","allowNetworks":["10.1.0.0/16"]}]"#,
                "fhirServers[0].base"
            ),
            (
                #"[{"base":"https://a.example","allowNetworks":["169.254.0.0/16"]}]"#,
                "fhirServers[0].allowNetworks[0]"
            ),
            (
                #"[{"base":"https://a.example","allowNetworks":["0.0.0.0/0"]}]"#,
                "fhirServers[0].allowNetworks[0]"
            ),
            (
                #"[{"base":"https://a.example","allowNetworks":["10.1.0.1/16"]}]"#,
                "fhirServers[0].allowNetworks[0]"
            ),
            (#"[{"base":"https://a.example","open":1}]"#, "fhirServers[0].open"),
            (#"[{"base":"https://a.example","token":"x"}]"#, "fhirServers[0].token"),
            (
                #"[{"base":"https://a.example"},{"base":"https://A.example:443/"}]"#,
                "fhirServers[1].base"
            ),
        ]
    )
    func mistakes(json: String, path: String) throws {
        let (client, findings) = try Self.client(json)
        #expect(client == nil)
        #expect(findings.map(\.path) == [path])
    }

    private static func client(
        _ servers: String
    ) throws -> (client: Client?, findings: [CatalogueFinding]) {
        let salt = String(repeating: "0", count: 64)
        let reader = ClientReader(
            file: "Hooks/clients/x.json",
            files: ["Hooks/clients/ca.pem": [0x21]],
            dialects: [:]
        )
        let document = try JSONDocument(
            parsing: #"""
                {"format":"limen-client/1","id":"x","tenant":"a","fhirServers":\#(servers),
                 "apiKey":{"salt":"\#(salt)","sha256":"\#(salt)"}}
                """#
        )
        return (reader.client(document), reader.faults.findings)
    }
}
