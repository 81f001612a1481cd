import Crypto
import Gateway
import HTTPClient
import HTTPMessages
import Posix
import Synchronization

/// Fetches from registered FHIR servers with the client of this program.
final class FHIRFetcher: FHIRFetching {
    private let client: OutboundClient
    /// What each bundle of certificates came to; the machine's own under no bundle.
    private let trusts = Mutex<[[UInt8]?: TLSTrust]>([:])

    init(_ client: OutboundClient) {
        self.client = client
    }

    /// Fetches on an event loop of its own.
    static func start() throws(CommandError) -> FHIRFetcher {
        do throws(SystemError) {
            return FHIRFetcher(try OutboundClient.start())
        } catch {
            throw CommandError(
                .unavailable,
                "the loop for outgoing requests cannot be opened: \(error.text)"
            )
        }
    }

    deinit { client.stop() }

    func fetch(_ request: FHIRRequest) async -> Result<FHIRAnswer, FetchFailure> {
        do throws(TLSError) {
            let destination = OutboundDestination(
                owner: request.tenant,
                origin: request.server.base.origin,
                policy: request.server.policy,
                trust: try trust(request.server.caBundle)
            )
            do throws(OutboundError) {
                let response = try await client.send(Self.outbound(request), to: destination)
                return .success(FHIRAnswer(status: response.status, body: response.body))
            } catch {
                return .failure(Self.failure(error))
            }
        } catch {
            return .failure(.insecure)
        }
    }

    private static func outbound(_ request: FHIRRequest) -> OutboundRequest {
        var fields = [(name: "Accept", value: "application/fhir+json"), ("User-Agent", "limen")]
        if request.form != nil {
            fields.append(("Content-Type", "application/x-www-form-urlencoded"))
        }
        return OutboundRequest(
            method: request.form == nil ? .get : .post,
            target: request.target,
            fields: fields,
            body: request.form ?? [],
            bearer: request.token,
            responseBytesMax: request.bytesMax,
            deadline: Clock.monotonicMilliseconds() + Int64(request.microsecondsMax / 1_000)
        )
    }

    private static func failure(_ error: OutboundError) -> FetchFailure {
        switch error {
        case .timedOut: .late
        case .responseMalformed, .contentCoded: .malformed
        case .tls: .insecure
        case .nameUnresolved, .addressForbidden, .originForbidden, .connectionRefused, .busy,
            .connectionLost, .status:
            .unreachable
        }
    }

    private func trust(_ certificates: [UInt8]?) throws(TLSError) -> TLSTrust {
        if let known = trusts.withLock({ $0[certificates] }) { return known }
        let trust: TLSTrust
        if let certificates {
            trust = try TLSTrust.bundle(certificates)
        } else {
            trust = try TLSTrust.system()
        }
        return trusts.withLock { trusts in
            // Another request may have been faster; all must share one, or none shares connections.
            if let known = trusts[certificates] { return known }
            trusts[certificates] = trust
            return trust
        }
    }
}
