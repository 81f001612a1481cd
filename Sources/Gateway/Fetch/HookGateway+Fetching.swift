import Audit
import Basics
import CDSHooks
import JSON
import Telemetry

/// The stage that completes the prefetch of a request.
extension HookGateway {
    /// Reads the prefetch, fetches what it lacks where that is allowed, and makes sure that nothing
    /// the service needs is left out.
    ///
    /// - Returns: the request as if everything had been sent with it, and its prefetch.
    func complete(
        _ call: HookRequest,
        _ service: LoadedService,
        _ caller: Client,
        _ exchange: inout Exchange
    ) async throws(GatewayError) -> (call: HookRequest, prefetch: Prefetch) {
        let sent = try readPrefetch(call, service)
        let plan = FetchPlan(call, sent, service.hook.prefetch, servers: caller.fhirServers)
        exchange.fetch.failures = plan.failures
        for entry in sent.entries where entry.state == .absent {
            exchange.fetch.wasAbsent.insert(entry.key)
        }
        guard !plan.keys.isEmpty, let server = plan.server, let source = configuration.fetcher
        else { return (call, try requireAll(sent, service, &exchange)) }
        let fetcher = KeyFetcher(
            source: source,
            server: server,
            token: plan.token,
            tenant: caller.tenant,
            deadline: fetchDeadline(service, plan, exchange),
            now: configuration.now
        )
        let fetched = await fetcher.fetch(plan.keys)
        note(fetched, server, service, &exchange)
        let whole = try merged(call, service, fetched)
        let prefetch: Prefetch
        do throws(HookRequestError) {
            prefetch = try Prefetch(
                reading: whole.prefetch,
                templates: service.hook.prefetch
            )
        } catch {
            throw GatewayError(
                .prefetchMissing,
                "What was fetched is more than is taken: \(error.accepted)."
            )
        }
        return (whole, try requireAll(prefetch, service, &exchange))
    }

    /// When fetching must be over: an eighth of the deadline stays for the computation.
    private func fetchDeadline(
        _ service: LoadedService,
        _ plan: FetchPlan,
        _ exchange: Exchange
    ) -> Instant {
        var microseconds = exchange.deadlineMicroseconds(of: service)
        microseconds -= microseconds / 8
        let start = exchange.record.startedAt
        let end = start.advanced(byMicroseconds: Int64(microseconds))
        guard let seconds = plan.tokenSeconds, seconds < 3_600 else { return end }
        return min(end, start.advanced(byMicroseconds: Int64(seconds) * 1_000_000))
    }

    private func note(
        _ fetched: [FetchedKey],
        _ server: FHIRServer,
        _ service: LoadedService,
        _ exchange: inout Exchange
    ) {
        exchange.fetch.base = server.base.text
        exchange.fetch.keys = fetched.map(\.summary)
        exchange.note("fetched-prefetch")
        for key in fetched {
            if key.isCut { exchange.note("fetch-cut") }
            if let failure = key.failure {
                exchange.fetch.failures[key.name] = failure
                exchange.note("fetch-failed")
            }
            metrics.fetches.add(1, [service.hook.id, key.name, key.failure?.rawValue ?? "ok"])
        }
    }

    /// The request with what was fetched in its prefetch, and without its authorization.
    private func merged(
        _ call: HookRequest,
        _ service: LoadedService,
        _ fetched: [FetchedKey]
    ) throws(GatewayError) -> HookRequest {
        var writer = JSONWriter(
            reservingBytes: fetched.reduce(4_096) { $0 + $1.byteCount }
        )
        writer.beginObject()
        for (name, value) in call.document.members {
            guard let name = name.stringValue, name != "prefetch", name != "fhirAuthorization"
            else { continue }
            writer.name(name)
            writer.value(value)
        }
        writer.name("prefetch")
        writer.beginObject()
        for (name, value) in call.prefetch?.members.map({ $0 }) ?? [] {
            guard let name = name.stringValue, !fetched.contains(where: { $0.name == name })
            else { continue }
            writer.name(name)
            writer.value(value)
        }
        for key in fetched {
            writer.name(key.name)
            key.write(sent: call.prefetch?[key.name], to: &writer)
        }
        writer.endObject()
        writer.endObject()
        do {
            return try HookRequest(reading: JSONDocument(parsing: writer.bytes)) { _ in
                service.hook.definition
            }
        } catch {
            throw GatewayError(.prefetchMissing, "What was fetched cannot be put together.")
        }
    }
}
