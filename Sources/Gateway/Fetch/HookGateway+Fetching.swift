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
        var fetched = await fetcher.fetch(plan.keys)
        let whole: (call: HookRequest, prefetch: Prefetch)
        do throws(GatewayError) {
            whole = try combined(call, sent, service, &fetched)
        } catch {
            note(fetched, server, service, &exchange)
            throw error
        }
        note(fetched, server, service, &exchange)
        return (whole.call, try requireAll(whole.prefetch, service, &exchange))
    }

    /// The request with what was fetched, and its prefetch.
    ///
    /// Where what came cannot be used or is not whole, that is the failure of its key, and what the
    /// client sent stands all the same: an interaction that was found may not be lost by asking.
    private func combined(
        _ call: HookRequest,
        _ sent: Prefetch,
        _ service: LoadedService,
        _ fetched: inout [FetchedKey]
    ) throws(GatewayError) -> (call: HookRequest, prefetch: Prefetch) {
        let first = try read(merged(call, service, fetched), service)
        for place in fetched.indices where !fetched[place].pages.isEmpty {
            let name = fetched[place].name
            guard let before = sent.entries.first(where: { $0.key == name }),
                let now = first.prefetch.entries.first(where: { $0.key == name })
            else { continue }
            let isUsable = now.state == .resources || now.state == .empty
            if !isUsable || now.isPartial {
                fetched[place].failure = fetched[place].failure ?? .notWhole
            }
            if !isUsable {
                if before.state != .absent { fetched[place].sentPart = .alone }
            } else if now.isPartial || now.isPaged, before.state == .resources {
                if !fetched[place].continuesSent { fetched[place].sentPart = .added }
            }
        }
        guard fetched.contains(where: { $0.sentPart != .replaced }) else { return first }
        return try read(merged(call, service, fetched), service)
    }

    private func read(
        _ call: HookRequest,
        _ service: LoadedService
    ) throws(GatewayError) -> (call: HookRequest, prefetch: Prefetch) {
        do throws(HookRequestError) {
            return (
                call, try Prefetch(reading: call.prefetch, templates: service.hook.prefetch)
            )
        } catch {
            throw GatewayError(
                .prefetchMissing,
                "What was fetched is more than is taken: \(error.accepted)."
            )
        }
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
