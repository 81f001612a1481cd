import Basics
import Crypto
import HTTPClient
import HTTPMessages
import JOSE
import Posix

/// The JWK Set at the address that a client document names.
///
/// Only that address is asked, whatever a token says: the documents are the list of what is
/// allowed. Nothing is followed from there.
struct KeyAddressSource: KeySource {
    let address: String
    let client: OutboundClient
    let trust: TLSTrust
    /// The private networks that such addresses may lie in.
    let networks: [IPNetwork]
    /// How long one read may take in milliseconds.
    var patienceMilliseconds = KeyAddressSource.defaultPatienceMilliseconds

    /// Long enough for a server that wakes up; nobody waits for it.
    static let defaultPatienceMilliseconds: Int64 = 5_000

    func load() async throws(KeySourceError) -> [UInt8] {
        let url: WebURL
        do throws(WebURL.Fault) {
            url = try WebURL(parsing: address)
        } catch {
            throw .notAllowed
        }
        let response: HTTPResponse
        do throws(OutboundError) {
            response = try await client.send(
                OutboundRequest(
                    target: url.query.map { url.path + "?" + $0 } ?? url.path,
                    fields: [("Accept", "application/jwk-set+json, application/json")],
                    responseBytesMax: Limits.keySetBytesMax,
                    deadline: Clock.monotonicMilliseconds() + patienceMilliseconds
                ),
                to: OutboundDestination(
                    owner: "keys",
                    origin: url.origin,
                    policy: AddressPolicy(opening: networks + Self.ownNetworks(url.origin)),
                    trust: trust
                )
            )
        } catch {
            throw Self.reason(error)
        }
        guard response.status == 200 else { throw .badStatus }
        return response.body
    }

    /// An address of this machine, which the client document may name, opens the loopback.
    private static func ownNetworks(_ origin: WebURL.Origin) -> [IPNetwork] {
        let isOwn: Bool
        switch origin.host {
        case .name(let name): isOwn = name == "localhost"
        case .address(let address): isOwn = AddressPolicy.isLoopback(address)
        }
        return isOwn ? ["127.0.0.0/8", "::1/128"].compactMap { IPNetwork($0) } : []
    }

    private static func reason(_ error: OutboundError) -> KeySourceError {
        switch error {
        case .addressForbidden, .originForbidden: .notAllowed
        case .status: .badStatus
        case .timedOut, .busy: .timeout
        case .responseMalformed, .contentCoded: .unreadable
        case .nameUnresolved, .connectionRefused, .connectionLost, .tls: .unavailable
        }
    }
}
