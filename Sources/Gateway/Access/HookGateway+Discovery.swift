import Basics
import CDSHooks
import HTTPMessages

/// Discovery: what is on offer, and for a client that says who it is, what it may call.
extension HookGateway {
    /// Answers `GET /cds-services`.
    ///
    /// A client sees the services and hooks it is registered for, with the members that its
    /// version of CDS Hooks knows. Credentials that do not hold are refused like anywhere else:
    /// an answer for anybody would hide the mistake until the first patient.
    func answerDiscovery(_ request: HTTPRequest, startedAt: Instant) async -> HTTPResponse {
        let route = Route.discovery
        guard route.methods.contains(request.method) else { return answerPlain(request, route) }
        let catalogue = catalogue
        guard configuration.guardsDiscovery || Self.showsCredentials(request) else {
            // A proxy reports the certificates of all who call, of clients and of others.
            guard let caller = try? identify(request, route, catalogue, startedAt),
                caller.client.scopes.contains(.callHooks)
            else { return answerPlain(request, route) }
            return Self.discovery(of: catalogue, for: caller.client)
        }
        var exchange = begin(request, startedAt)
        do throws(GatewayError) {
            let client = try await authenticate(request, route, catalogue, .callHooks, &exchange)
            return Self.discovery(of: catalogue, for: client)
        } catch {
            return await refuse(error, request, route, exchange)
        }
    }

    private static func showsCredentials(_ request: HTTPRequest) -> Bool {
        ["authorization", "x-api-key"].contains { !request.fields.values($0).isEmpty }
    }

    private static func discovery(of catalogue: Catalogue, for client: Client) -> HTTPResponse {
        let services = catalogue.services.filter(client.mayCall).map(\.hook)
        return response(
            "application/json; charset=utf-8",
            DiscoveryDocument.json(of: services, for: client.dialect)
        )
    }
}
