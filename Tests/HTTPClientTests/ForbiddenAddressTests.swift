import Basics
import Crypto
import HTTPMessages
import JSON
import Posix
import Support
import Testing

@testable import HTTPClient

@Suite("Forbidden addresses")
struct ForbiddenAddressTests {
    @Test(
        "Every scenario of the shared set about addresses and TLS ends as it says",
        .enabled(if: Shared.isPresent, "shared suites absent: set LIMEN_SHARED")
    )
    func sharedScenarios() async throws {
        var count = 0
        for line in try Shared.lines("conformance/ssrf/scenarios.jsonl") {
            let row = try JSONDocument(parsing: Array(line.utf8)).root
            let id = try #require(row["id"]?.stringValue)
            let expected = try #require(row["expect"]?.stringValue)
            let answers = (row["answers"]?.elements.map { $0 } ?? []).map { answer in
                answer.elements.compactMap(\.stringValue)
            }
            let networks = row["tenant_cidrs"]?.elements.compactMap(\.stringValue) ?? []
            let certificate = row["tls"]?.stringValue ?? "good"
            let identity = try #require(TLSIdentity(certificate))
            let status = row["response"]?["status"]?.integerValue ?? 200
            let location = row["response"]?["location"]?.stringValue
            let server = try ScriptedServer.start(identity: identity) { peer in
                while peer.readRequest() != nil {
                    peer.respond(status, "{}", fields: location.map { "Location: \($0)\r\n" } ?? "")
                }
            }
            defer { server.stop() }
            let fixture = try OutboundFixture(answers: answers, port: server.port)
            let outcome = try await fixture.outcome(
                OutboundFixture.request(bearer: Secret(Array("token-1".utf8))),
                to: OutboundFixture.destination(opening: networks)
            )
            let first = answers.first ?? []
            // Whatever is expected: what is dialled was an answer, and one that is permitted.
            #expect(fixture.addresses.allSatisfy(first.contains), "\(id)")
            #expect(fixture.resolver.askedCount == 1, "\(id)")
            #expect(server.heads.count <= 1, "\(id)")
            switch expected {
            case "connect", "connect-first":
                #expect(outcome == "200", "\(id)")
                #expect(fixture.addresses == [first[0]], "\(id)")
            case "no-follow":
                #expect(outcome == String(status), "\(id)")
                #expect(server.heads.count == 1, "\(id)")
                #expect(fixture.addresses.count == 1, "\(id)")
            case "deny", "deny-or-filter":
                #expect(outcome == "address-forbidden", "\(id)")
                #expect(fixture.addresses.isEmpty, "\(id)")
                #expect(server.heads.isEmpty, "\(id)")
            case "bounded":
                #expect(fixture.addresses.count <= Limits.outboundAttemptsMax, "\(id)")
            case "fail" where first.isEmpty:
                #expect(outcome == "name-unresolved", "\(id)")
            case "fail" where row["tls"] != nil:
                #expect(outcome.hasPrefix("tls-"), "\(id)")
                #expect(server.heads.isEmpty, "\(id)")
            case "fail":
                // A hostile body: these are told with the FHIR server of the gateway's tests.
                #expect(row["response"] != nil, "\(id)")
            default: Issue.record("\(id) expects what no test knows: \(expected)")
            }
            count += 1
        }
        #expect(count >= 25)
    }

    @Test(
        "One forbidden address among good ones is enough",
        arguments: [
            ["93.184.216.34", "127.0.0.1"], ["127.0.0.1", "93.184.216.34"],
            ["93.184.216.34", "::1"], ["93.184.216.34", "169.254.169.254"],
            ["2606:4700:4700::1111", "::ffff:10.0.0.1"], ["93.184.216.34", "64:ff9b::a00:1"],
        ]
    )
    func mixed(addresses: [String]) async throws {
        let server = try ScriptedServer.start { _ in }
        defer { server.stop() }
        let fixture = try OutboundFixture(answers: [addresses], port: server.port)
        let outcome = try await fixture.outcome(to: OutboundFixture.destination())
        #expect(outcome == "address-forbidden")
        #expect(fixture.addresses.isEmpty)
        #expect(server.acceptedCount == 0)
    }

    @Test("A name that answers otherwise on its second look-up is refused then")
    func secondAnswer() async throws {
        let identity = try #require(TLSIdentity("good"))
        let server = try ScriptedServer.start(identity: identity) { peer in
            guard peer.readRequest() != nil else { return }
            peer.respond(200, "{}", fields: "Connection: close\r\n")
        }
        defer { server.stop() }
        let fixture = try OutboundFixture(
            answers: [["93.184.216.34"], ["127.0.0.1"]],
            port: server.port
        )
        let destination = try OutboundFixture.destination()
        #expect(try await fixture.outcome(to: destination) == "200")
        #expect(try await fixture.outcome(to: destination) == "address-forbidden")
        #expect(fixture.addresses == ["93.184.216.34"])
    }

    @Test("More addresses than anybody has are none")
    func tooMany() async throws {
        let server = try ScriptedServer.start { _ in }
        defer { server.stop() }
        let addresses = (0...Limits.outboundAddressesMax).map { "8.8.\($0 >> 8).\($0 & 255)" }
        let fixture = try OutboundFixture(answers: [addresses], port: server.port)
        #expect(try await fixture.outcome(to: OutboundFixture.destination()) == "name-unresolved")
        #expect(fixture.addresses.isEmpty)
    }

    @Test("An address in the URL is checked like an answer")
    func literals() async throws {
        let server = try ScriptedServer.start { _ in }
        defer { server.stop() }
        let fixture = try OutboundFixture(port: server.port)
        for url in ["https://127.0.0.1/", "https://[::1]/", "https://169.254.169.254/"] {
            let destination = try OutboundFixture.destination(url, opening: ["10.0.0.0/8"])
            #expect(try await fixture.outcome(to: destination) == "address-forbidden")
        }
        #expect(fixture.addresses.isEmpty)
        #expect(fixture.resolver.askedCount == 0)
    }

    @Test("The resolver of the machine finds localhost and no name that is none")
    func systemResolver() async {
        let resolver = SystemResolver()
        for (name, isFound) in [("localhost", true), ("no-such-name.invalid", false)] {
            let found = await withCheckedContinuation { continuation in
                resolver.resolve(name) { continuation.resume(returning: $0) }
            }
            #expect(found.isEmpty != isFound)
            #expect(found.allSatisfy(AddressPolicy.isLoopback))
        }
    }
}
