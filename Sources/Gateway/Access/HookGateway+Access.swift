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
        let whole = configuration.edge.wholeAddress(of: request)
        if let allowance = configuration.addressRate(of: whole) {
            try take(address, allowance, rates.addresses, .address, now, &exchange)
        }
        try checkTokens(request, address, now, &exchange)
        let isServed = route.methods.contains(request.method)
        let caller: CallerCheck.Caller
        do throws(CallerCheck.Refused) {
            caller = try identify(request, route, catalogue, now)
            if isServed, let token = caller.token {
                try checkUnused(token, of: caller.client)
            }
        } catch {
            throw try refusal(error, request, isServed, address, now, &exchange)
        }
        let client = caller.client
        var known = exchange
        known.client = client
        known.key = configuration.tenantKeys[client.tenant] ?? configuration.systemKey
        known.record.tenant = client.tenant
        known.record.client = client.id
        CallerProof(caller, key: known.key).write(to: &known.record)
        do throws(GatewayError) {
            try limit(client, address, now, &known)
        } catch {
            exchange = known
            throw error
        }
        // A token that is not going to be used is not used up: the client may send it again after
        // a call that came too often, or by a method that is served.
        if isServed, let token = caller.token {
            do throws(CallerCheck.Refused) {
                try await claim(token, of: client, now)
            } catch {
                throw try refusal(error, request, isServed, address, now, &exchange)
            }
        }
        exchange = known
        guard isServed else { throw GatewayError(.methodNotAllowed) }
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
            throw CallerCheck.Refused(
                refusal: .tenantWithoutKey,
                claimed: caller.client,
                isVerified: caller.token != nil
            )
        }
        return caller
    }

    /// What a caller is told who is not let in.
    ///
    /// - Throws: too many of them from one address are told that instead.
    private func refusal(
        _ refused: CallerCheck.Refused,
        _ request: HTTPRequest,
        _ isServed: Bool,
        _ address: String,
        _ now: Instant,
        _ exchange: inout Exchange
    ) throws(GatewayError) -> GatewayError {
        if refused.refusal == .token(.ledgerUnavailable) {
            return uncheckable(address, now, &exchange)
        }
        // A wrong method is answered as such to anybody, which says nothing about callers; its
        // token cost as much as any.
        guard isServed else {
            if case .token = refused.refusal {
                try take(
                    address,
                    configuration.failureRate,
                    rates.failures,
                    .failures,
                    now,
                    &exchange
                )
            }
            return GatewayError(.methodNotAllowed)
        }
        try countFailure(refused, request, address, now, &exchange)
        // The caller must not learn from the clock how far it came. Whoever fails too often was
        // refused above, so that nobody can make us work without end.
        if refused.isCheap { TokenVerifier.spendSignature() }
        return GatewayError(.unauthenticated)
    }

    /// Refuses a token before any work on it: where its use could not be remembered, and where too
    /// many logins of the address have failed.
    ///
    /// A signature costs thousands of times what it costs to send one, whatever it is worth. So the
    /// failures of an address bound the checks it gets; within the bound nothing differs for
    /// anybody. A client that shares its address with whoever guesses shares the bound.
    private func checkTokens(
        _ request: HTTPRequest,
        _ address: String,
        _ now: Instant,
        _ exchange: inout Exchange
    ) throws(GatewayError) {
        guard
            let tried = try? CallerCredentials(request, edge: configuration.edge),
            tried.token != nil
        else { return }
        let verdict = rates.failures.look(address, configuration.failureRate, now: now)
        try refuse(verdict, .failures, &exchange)
        guard configuration.tokenLedger.isAvailable else {
            throw uncheckable(address, now, &exchange)
        }
    }

    /// Nobody can tell whether a token was used, so none is let in: the failure is ours, and the
    /// answer is the same for every token.
    ///
    /// Few of them have a row, because as many may come as the clients send.
    private func uncheckable(
        _ address: String,
        _ now: Instant,
        _ exchange: inout Exchange
    ) -> GatewayError {
        let reason = CallerRefusal.token(.ledgerUnavailable).reason
        metrics.authenticationFailures.add(1, [reason])
        exchange.note(reason)
        var error = GatewayError(.callerUncheckable)
        switch rates.uncheckable.take(address, configuration.failureRate, now: now) {
        case .allowed: break
        case .refused(_, let unreported):
            error.hasRow = unreported != nil
            if let unreported { exchange.record.result = Self.refusedCount(unreported) }
        }
        return error
    }

    /// Refuses a token that this process knows to be used, before it counts as a call of its client:
    /// who has caught one must not use up what the client may send.
    private func checkUnused(
        _ token: VerifiedToken,
        of client: Client
    ) throws(CallerCheck.Refused) {
        guard !replays.isRemembered(token.use(tenant: client.tenant)) else {
            throw CallerCheck.Refused(refusal: .token(.replayed), claimed: client)
        }
    }

    /// Holds a client to the rates of its document.
    private func limit(
        _ client: Client,
        _ address: String,
        _ now: Instant,
        _ exchange: inout Exchange
    ) throws(GatewayError) {
        if let allowance = client.rate {
            try take(client.id, allowance, rates.clients, .client, now, &exchange)
        }
        if let allowance = client.addressRate {
            let key = client.id + " " + address
            try take(key, allowance, rates.clientAddresses, .clientAddress, now, &exchange)
        }
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
        try refuse(limiter.take(key, allowance, now: now), kind, &exchange)
    }

    private func refuse(
        _ verdict: TokenBuckets.Verdict,
        _ kind: RateKind,
        _ exchange: inout Exchange
    ) throws(GatewayError) {
        switch verdict {
        case .allowed:
            return
        case .refused(let seconds, let unreported):
            metrics.rateLimited.add(1, [kind.rawValue])
            var error = GatewayError(.rateLimited)
            error.retryAfterSeconds = seconds
            error.hasRow = unreported != nil
            if let unreported {
                exchange.note(kind.rawValue)
                exchange.record.result = Self.refusedCount(unreported)
            }
            throw error
        }
    }

    /// How many were refused and have no row of their own, as JSON text.
    private static func refusedCount(_ count: Int) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("refused", count)
        writer.endObject()
        return writer.bytes
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

extension HookGateway {
    /// The URLs that a token may name when one is called, for whoever explains tokens.
    ///
    /// What stands before the path of a route is taken for the public URL; a text without such a
    /// path is only itself.
    package static func audiences(calling url: String) -> [String] {
        var rest = url[(url.firstRange(of: "://")?.upperBound ?? url.startIndex)...]
        while let slash = rest.firstIndex(of: "/") {
            let route = Route(path: String(rest[slash...]))
            if route != .unknown {
                let named = route.audiences(below: [String(url[..<slash])])
                return named.contains(url) ? named : [url] + named
            }
            rest = rest[rest.index(after: slash)...]
        }
        return [url]
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
