import Crypto
import HTTPClient
import HTTPMessages
import Posix
import Support
import Synchronization

import struct Foundation.Data
import struct Foundation.URL

/// A client whose names are answered by a script and whose connections all go to one server of
/// the test's own.
final class OutboundFixture: Sendable {
    let client: OutboundClient
    let resolver: ScriptedResolver
    let dialled: Dialled

    /// Which addresses were dialled.
    final class Dialled: Sendable {
        let addresses = Mutex<[String]>([])
    }

    init(answers: [[String]] = [["93.184.216.34"]], port: Int) throws {
        let resolver = ScriptedResolver(answers)
        let dialled = Dialled()
        self.resolver = resolver
        self.dialled = dialled
        client = try OutboundClient.start(
            resolver: resolver,
            // What is kept is kept, however long the next request waits for its turn.
            idleMilliseconds: 600_000
        ) { address, _ in
            dialled.addresses.withLock { $0.append(address.text) }
            return SocketAddress(host: "127.0.0.1", port: port)
        }
    }

    deinit { client.stop() }

    /// What was dialled so far.
    var addresses: [String] { dialled.addresses.withLock { $0 } }

    /// The trust in the authority of the tests.
    static func trust() throws -> TLSTrust {
        let path = Shared.checkout.appendingPathComponent("Tests/Cases/tls/authority.pem")
        return try TLSTrust.bundle(Array(try Data(contentsOf: path)))
    }

    /// A destination for a URL.
    static func destination(
        _ url: String = "https://fhir.ehr-a.test/r4",
        opening networks: [String] = [],
        owner: String = "a",
        trust: TLSTrust? = nil
    ) throws -> OutboundDestination {
        OutboundDestination(
            owner: owner,
            origin: try WebURL(parsing: url).origin,
            policy: AddressPolicy(opening: networks.compactMap { IPNetwork($0) }),
            trust: try trust ?? Self.trust()
        )
    }

    /// A request with a deadline.
    static func request(
        _ target: String = "/r4/Patient/1",
        bearer: Secret? = nil,
        bytesMax: Int = 1 << 20,
        withinMilliseconds: Int = 20_000
    ) -> OutboundRequest {
        OutboundRequest(
            target: target,
            fields: [("Accept", "application/fhir+json")],
            bearer: bearer,
            responseBytesMax: bytesMax,
            deadline: Clock.monotonicMilliseconds() + Int64(withinMilliseconds)
        )
    }

    /// What comes of a request: a status, or the code of the error.
    func outcome(
        _ request: OutboundRequest = request(),
        to destination: OutboundDestination? = nil
    ) async throws -> String {
        let destination =
            try destination ?? Self.destination("http://127.0.0.1/r4", opening: ["127.0.0.0/8"])
        do throws(OutboundError) {
            return String(try await client.send(request, to: destination).status)
        } catch {
            return error.code
        }
    }
}

/// A resolver that gives one scripted answer after the other, and the last one again and again.
final class ScriptedResolver: NameResolver {
    private let state: Mutex<(answers: [[String]], asked: Int)>

    init(_ answers: [[String]]) { state = Mutex((answers, 0)) }

    var askedCount: Int { state.withLock { $0.asked } }

    func resolve(_ name: String, _ answer: @escaping @Sendable ([IPAddress]) -> Void) {
        let texts = state.withLock { state in
            state.asked += 1
            return state.answers[min(state.asked, state.answers.count) - 1]
        }
        answer(texts.compactMap { IPAddress($0) })
    }
}
