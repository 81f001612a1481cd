import Audit
import Basics
import Crypto
import HTTPClient
import HTTPMessages
import JSON
import Posix
import Support
import Testing

@testable import Gateway
@testable import limen

/// NEWS2 over real sockets, with a FHIR server that behaves in every way there is.
///
/// One after the other: each loads a catalogue, and many at once would starve the requests of all.
@Suite("A FHIR server that behaves well or badly", .serialized)
struct FHIRServerBehaviourTests {
    /// How the server answers a search for observations.
    enum Behaviour: String, Sendable, CaseIterable {
        case good
        case chunked
        case slow
        case silent
        case dripping
        case paging
        case pagingElsewhere
        case failingHalfWay
        case redirecting
        case redirectingHome
        case endingEarly
        case lyingLong
        case lyingShort
        case huge
        case endless
        case compressed
        case failing
        case aborting
        case anotherPatient
    }

    /// What must come of it.
    struct Expected {
        var status = 200
        var text = ""
        var code: String?
    }

    private static func expected(_ behaviour: Behaviour) -> Expected {
        switch behaviour {
        case .good, .chunked, .slow, .paging: Expected(text: "NEWS2 0: low risk")
        case .pagingElsewhere, .failingHalfWay: Expected(text: "may be incomplete")
        case .silent, .dripping: failed(.late)
        case .redirecting, .redirectingHome: failed(.redirected)
        case .endingEarly, .aborting, .lyingLong: failed(.unreachable)
        case .lyingShort, .huge, .endless, .compressed: failed(.malformed)
        case .failing: failed(.serverError)
        case .anotherPatient: Expected(status: 422, text: "another patient")
        }
    }

    private static func failed(_ failure: FetchFailure) -> Expected {
        Expected(status: 412, text: "because " + failure.reason, code: failure.rawValue)
    }

    private static func serve(_ peer: ScriptedPeer, _ behaviour: Behaviour, _ elsewhere: Int) {
        while let request = peer.readRequest() {
            guard request.target.contains("Observation") else {
                peer.respond(200, FetchFixture.patient)
                continue
            }
            answer(peer, request, behaviour, elsewhere)
        }
    }

    private static func answer(
        _ peer: ScriptedPeer,
        _ request: ScriptedPeer.Request,
        _ behaviour: Behaviour,
        _ elsewhere: Int
    ) {
        let bundle = FetchFixture.bundle()
        let isSecond = request.target.contains("page=2")
        let (first, rest) = (HookBody.vitals()[..<3], HookBody.vitals()[3...])
        switch behaviour {
        case .good: peer.respond(200, bundle)
        case .chunked:
            let half = bundle.utf8.count / 2
            let parts = [bundle.prefix(half), bundle.dropFirst(half)]
            peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            for part in parts {
                peer.write(String(part.utf8.count, radix: 16) + "\r\n\(part)\r\n")
            }
            peer.write("0\r\n\r\n")
        case .slow:
            peer.idle(milliseconds: 60)
            peer.respond(200, bundle)
        case .silent: peer.idle()
        case .dripping: peer.drip("HTTP/1.1 200 OK\r\n\r\n" + bundle, everyMilliseconds: 20)
        case .paging where !isSecond:
            peer.respond(200, FetchFixture.bundle(Array(first), next: "Observation?page=2"))
        case .paging: peer.respond(200, FetchFixture.bundle(Array(rest)))
        case .pagingElsewhere:
            let next = "http://127.0.0.1:\(elsewhere)/r4/Observation?page=2"
            peer.respond(200, FetchFixture.bundle(next: next))
        case .failingHalfWay where !isSecond:
            peer.respond(200, FetchFixture.bundle(next: "Observation?page=2"))
        case .failingHalfWay:
            peer.write("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n{\"resourceType\":")
            peer.abort()
        case .redirecting:
            let place = "http://127.0.0.1:\(elsewhere)/r4/Observation"
            peer.respond(302, "", fields: "Location: \(place)\r\n")
        case .redirectingHome: peer.respond(307, "", fields: "Location: /r4/Observation?x=1\r\n")
        case .endingEarly:
            peer.write(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\n{\"resourceTyp"
            )
            peer.cutOff()
        case .lyingLong:
            peer.write(
                "HTTP/1.1 200 OK\r\nContent-Length: \(bundle.utf8.count + 9)\r\n\r\n\(bundle)"
            )
            peer.cutOff()
        case .lyingShort:
            peer.write(
                "HTTP/1.1 200 OK\r\nContent-Length: \(bundle.utf8.count - 9)\r\n\r\n\(bundle)"
            )
        case .huge: peer.write("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n{")
        case .endless:
            peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            let chunk = "10000\r\n" + String(repeating: " ", count: 65_536) + "\r\n"
            while !peer.isOver { peer.write(chunk) }
        case .compressed: peer.respond(200, bundle, fields: "Content-Encoding: gzip\r\n")
        case .failing: peer.respond(500, "DOE JOHN MRN 123")
        case .aborting: peer.abort()
        case .anotherPatient: peer.respond(200, bundle.replacing("Patient/p1", with: "Patient/p2"))
        }
    }

    private static func fixture(
        _ port: Int,
        scheme: String = "http",
        deadline: String
    ) throws -> FetchFixture {
        try FetchFixture(
            FHIRFetcher(OutboundClient.start(idleMilliseconds: 600_000)),
            servers: #"""
                [{"base":"\#(scheme)://127.0.0.1:\#(port)/r4","allowNetworks":["127.0.0.0/8"],
                  "caFile":"authority.pem"}]
                """#,
            deadline: deadline
        )
    }

    @Test(
        "Each behaviour has its card or its 412, in time, and nobody else is asked",
        arguments: Behaviour.allCases,
        ["http", "https"]
    )
    func behaviour(_ behaviour: Behaviour, _ scheme: String) async throws {
        let elsewhere = try ScriptedServer.start { $0.idle() }
        let identity = scheme == "https" ? TLSIdentity("good") : nil
        let server = try ScriptedServer.start(identity: identity) {
            Self.serve($0, behaviour, elsewhere.port)
        }
        defer {
            server.stop()
            elsewhere.stop()
        }
        let expected = Self.expected(behaviour)
        let isLate = expected.code == FetchFailure.late.rawValue
        let fixture = try Self.fixture(
            server.port,
            scheme: scheme,
            deadline: isLate ? "PT2S" : "PT60S"
        )
        let response = await fixture.post(
            FetchFixture.call(server: "\(scheme)://127.0.0.1:\(server.port)/r4")
        )
        #expect(response.status == expected.status)
        #expect(response.text.contains(expected.text), "\(response.text.prefix(400))")
        #expect(elsewhere.acceptedCount == 0)
        let decision = try #require(fixture.gateway.sink.records.first { $0.kind == .decision })
        if let code = expected.code { #expect(decision.reasonCode == code) }
        let heads = server.heads
        #expect(isLate || heads.count >= 2)
        #expect(heads.allSatisfy { $0.contains("Bearer " + FetchFixture.token) })
        for text in [response.text, fixture.gateway.lines.text, "\(fixture.gateway.sink.records)"] {
            #expect(!text.contains("tok-0123456789"))
            #expect(!text.contains("DOE"))
        }
    }

    @Test(
        "A server that cannot prove who it is never sees the token",
        arguments: ["wrong-host", "expired", "untrusted", "self-signed"]
    )
    func badCertificates(certificate: String) async throws {
        let identity = try #require(TLSIdentity(certificate))
        let server = try ScriptedServer.start(identity: identity) { Self.serve($0, .good, 0) }
        defer { server.stop() }
        let fixture = try Self.fixture(server.port, scheme: "https", deadline: "PT60S")
        let response = await fixture.post(
            FetchFixture.call(server: "https://127.0.0.1:\(server.port)/r4")
        )
        #expect(response.status == 412)
        #expect(response.text.contains(FetchFailure.insecure.reason))
        #expect(server.heads.isEmpty)
    }

    @Test("A server that is not registered is not connected to")
    func notRegistered() async throws {
        let server = try ScriptedServer.start { $0.idle() }
        let other = try ScriptedServer.start { Self.serve($0, .good, 0) }
        defer {
            server.stop()
            other.stop()
        }
        let fixture = try Self.fixture(other.port, deadline: "PT60S")
        for base in [
            "http://127.0.0.1:\(server.port)/r4", "http://127.0.0.1:\(other.port)/r4/admin",
            "http://localhost:\(other.port)/r4", "http://127.1:\(other.port)/r4",
            "http://x@127.0.0.1:\(other.port)/r4", "http://[::ffff:127.0.0.1]:\(other.port)/r4",
        ] {
            let response = await fixture.post(FetchFixture.call(server: base))
            #expect(response.status == 412)
            #expect(response.text.contains(FetchFailure.serverNotRegistered.reason))
        }
        #expect(server.acceptedCount == 0)
        #expect(other.acceptedCount == 0)
    }

    @Test("A form is sent and answered over a real connection, which is used again")
    func formsAndReuse() async throws {
        let server = try ScriptedServer.start { Self.serve($0, .good, 0) }
        defer { server.stop() }
        let fixture = try FetchFixture(
            FHIRFetcher(OutboundClient.start(idleMilliseconds: 600_000)),
            servers: #"""
                [{"base":"http://127.0.0.1:\#(server.port)/r4","search":"post",
                  "allowNetworks":["127.0.0.0/8"]}]
                """#
        )
        for _ in 0..<5 {
            let call = FetchFixture.call(server: "http://127.0.0.1:\(server.port)/r4")
            #expect(await fixture.post(call).status == 200)
        }
        #expect(server.acceptedCount <= 2)
        #expect(server.heads.count { $0.hasPrefix("POST /r4/Observation/_search HTTP/1.1") } == 5)
    }
}
