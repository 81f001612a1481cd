import Audit
import Basics
import Crypto
import HTTPMessages
import JOSE
import JSON
import Telemetry

/// Who calls, whether they may, and not too often.
extension HookGateway {
    /// Finds out who calls; the reason of a refusal goes to row, metrics and log, not to the caller.
    func authenticate(
        _ request: HTTPRequest,
        _ route: Route,
        _ catalogue: Catalogue,
        _ scope: ClientScope,
        _ exchange: inout Exchange
    ) async throws(GatewayError) -> Client {
        let now = exchange.record.startedAt
        let address = configuration.edge.address(of: request)
        if let allowance = configuration.addressRate {
            try take(address, allowance, rates.addresses, .address, now, &exchange)
        }
        let caller: CallerCheck.Caller
        do throws(CallerCheck.Refused) {
            caller = try identify(request, route, catalogue, now)
            // A token that is not going to be used is not used up.
            if route.methods.contains(request.method), let token = caller.token {
                try await claim(token, of: caller.client, now)
            }
        } catch {
            // A wrong method is answered as such to anybody: it says nothing about callers.
            guard route.methods.contains(request.method) else {
                throw GatewayError(.methodNotAllowed)
            }
            try countFailure(error, request, address, now, &exchange)
            // The caller must not learn from the clock how far it came. Whoever fails too often was
            // refused above, so that nobody can make us work without end.
            if error.refusal.isCheap { TokenVerifier.spendSignature() }
            throw GatewayError(.unauthenticated)
        }
        let client = caller.client
        exchange.client = client
        exchange.key = configuration.tenantKeys[client.tenant] ?? configuration.systemKey
        exchange.record.tenant = client.tenant
        exchange.record.client = client.id
        CallerProof(caller, key: exchange.key).write(to: &exchange.record)
        if let allowance = client.rate {
            try take(client.id, allowance, rates.clients, .client, now, &exchange)
        }
        if let allowance = client.addressRate {
            let key = client.id + " " + address
            try take(key, allowance, rates.clientAddresses, .clientAddress, now, &exchange)
        }
        guard route.methods.contains(request.method) else { throw GatewayError(.methodNotAllowed) }
        guard client.scopes.contains(scope) else {
            exchange.note("scope-missing")
            throw GatewayError(.scopeMissing)
        }
        // A page of one client that calls with the credentials of another is not theirs.
        if let origin = request.fields["origin"], catalogue.clients.allows(origin: origin),
            !catalogue.clients.allows(origin: origin, for: client)
        {
            throw GatewayError(.originNotAllowed)
        }
        return client
    }

    /// Finds the client of the credentials that a request shows.
    func identify(
        _ request: HTTPRequest,
        _ route: Route,
        _ catalogue: Catalogue,
        _ now: Instant
    ) throws(CallerCheck.Refused) -> CallerCheck.Caller {
        let credentials: CallerCredentials
        do throws(CallerRefusal) {
            credentials = try CallerCredentials(request, edge: configuration.edge)
        } catch {
            throw CallerCheck.Refused(refusal: error)
        }
        let check = CallerCheck(
            registry: catalogue.clients,
            keys: keys,
            audiences: route.audiences(below: publicURLs),
            now: now
        )
        let caller = try check.caller(credentials)
        guard configuration.tenantKeys[caller.client.tenant] != nil else {
            throw CallerCheck.Refused(refusal: .tenantWithoutKey, claimed: caller.client)
        }
        return caller
    }

    /// Takes the single use of a token (CDS Hooks 2.0, `jti`).
    private func claim(
        _ token: VerifiedToken,
        of client: Client,
        _ now: Instant
    ) async throws(CallerCheck.Refused) {
        do throws(TokenRejection) {
            try await replays.claim(token.use(tenant: client.tenant), now: now)
        } catch {
            throw CallerCheck.Refused(refusal: .token(error), claimed: client)
        }
    }

    /// Notes a failed login; too many of them from one address have no row each.
    private func countFailure(
        _ refused: CallerCheck.Refused,
        _ request: HTTPRequest,
        _ address: String,
        _ now: Instant,
        _ exchange: inout Exchange
    ) throws(GatewayError) {
        let reason = refused.refusal.reason
        metrics.authenticationFailures.add(1, [reason])
        exchange.record.flags.append(reason)
        let tried = try? CallerCredentials(request, edge: configuration.edge)
        exchange.record.details = CallerProof.refusal(refused, tried: tried?.kinds ?? "unreadable")
        var attributes: [(LogEvent.Attribute, LogEvent.Value)] = [
            (.errorType, .text(reason)), (.peer, .text(address)),
        ]
        if let claimed = refused.claimed {
            // The id is ours and not the caller's; whether it is theirs is what failed.
            exchange.record.flags.append("claimed-" + claimed.id)
            attributes.append((.client, .text(claimed.id)))
        }
        try take(address, configuration.failureRate, rates.failures, .failures, now, &exchange)
        log.log(
            LogEvent(.warning, "caller refused", attributes, traceID: exchange.record.traceID)
        )
    }

    // MARK: Rates

    /// The kinds of limits, as flags and metrics name them.
    enum RateKind: String, Sendable, CaseIterable {
        case address = "rate-address"
        case failures = "rate-failures"
        case client = "rate-client"
        case clientAddress = "rate-client-address"
    }

    /// Takes one from a bucket.
    ///
    /// Of what is refused, the first has a row, and then one every while that counts the others: a
    /// flood must not fill the audit trail.
    private func take(
        _ key: String,
        _ allowance: RateAllowance,
        _ limiter: RateLimiter,
        _ kind: RateKind,
        _ now: Instant,
        _ exchange: inout Exchange
    ) throws(GatewayError) {
        switch limiter.take(key, allowance, now: now) {
        case .allowed:
            return
        case .refused(let seconds, let unreported):
            metrics.rateLimited.add(1, [kind.rawValue])
            var error = GatewayError(.rateLimited)
            error.retryAfterSeconds = seconds
            error.hasRow = unreported != nil
            if let unreported {
                exchange.note(kind.rawValue)
                var writer = JSONWriter()
                writer.beginObject()
                writer.member("refused", unreported)
                writer.endObject()
                exchange.record.result = writer.bytes
            }
            throw error
        }
    }

    // MARK: Guarded routes

    /// Lets a route be answered only for callers with a scope; a refusal has its row.
    ///
    /// - Returns: the response of a refusal; `nil` when the caller may go on.
    func refusal(
        of request: HTTPRequest,
        _ route: Route,
        needing scope: ClientScope,
        _ startedAt: Instant
    ) async -> HTTPResponse? {
        var exchange = begin(request, startedAt)
        do throws(GatewayError) {
            _ = try await authenticate(request, route, catalogue, scope, &exchange)
            return nil
        } catch {
            return await refuse(error, request, route, exchange)
        }
    }
}

extension Route {
    /// The URLs that a token for this route may name (CDS Hooks 2.0, `aud`: the URL called).
    ///
    /// Feedback has no URL of its own in the specification, so that of its service counts too.
    func audiences(below bases: [String]) -> [String] {
        var paths: [String]
        switch self {
        case .hook(let id):
            paths = ["/cds-services/" + id]
        case .feedback(let id):
            paths = ["/cds-services/" + id + "/feedback", "/cds-services/" + id]
        case .model(let id): paths = ["/models/" + id]
        case .segments(let id): paths = ["/models/" + id + "/segments"]
        case .evaluation(let id): paths = ["/models/" + id + "/evaluate"]
        case .audit(let part): paths = [part.path]
        case .discovery, .models, .livez, .readyz, .metrics, .openAPI, .unknown:
            paths = [template]
        }
        return bases.flatMap { base in paths.flatMap { [base + $0, base + $0 + "/"] } }
    }
}
