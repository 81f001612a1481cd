package import Audit
import Basics
import CDSHooks
import Lifecycle
import Telemetry

/// What the versions that show nothing need of a request, after it was answered.
struct ShadowWork: Sendable {
    let call: HookRequest
    let moment: Instant
    let services: [LoadedService]
}

/// Versions that compute beside the answer.
///
/// They begin when the answer's own row is durable, in a task that the response does not wait for
/// and that runs on no event loop: a shadow can neither delay nor fail an answer. At most
/// `Limits.shadowTasksMax` wait at a time; what comes beyond is left out and counted, since an
/// answer is worth more than an observation. Each has a row of its own, with the cards it would
/// have shown in its result, and none on any screen.
extension HookGateway {
    /// Lets the shadows of an answered request begin.
    func startShadows(_ exchange: Exchange) {
        guard let work = exchange.shadows else { return }
        let isTaken = inBackground { [self] in
            for service in work.services { await runShadow(service, work, exchange) }
        }
        guard !isTaken else { return }
        for service in work.services {
            metrics.shadowsLeftOut.add(1, [service.hook.id, service.computation.name])
        }
    }

    private func runShadow(
        _ service: LoadedService,
        _ work: ShadowWork,
        _ answered: Exchange
    ) async {
        guard case .profile(let profile) = service.computation else { return }
        var exchange = answered.shadow(of: service, eventID: makeEventID(configuration.now()))
        do throws(GatewayError) {
            // Nothing is fetched for what shows nothing: it sees what the answer was made from.
            let prefetch = try requireAll(readPrefetch(work.call, service), service, &exchange)
            _ = try score(work.call, service, profile, prefetch, work.moment, &exchange)
            exchange.record.status = 200
        } catch {
            exchange.record.outcome = error.code.outcome
            exchange.record.reasonCode = error.issues.first?.detailCode ?? error.code.rawValue
            if !error.missingInputs.isEmpty {
                exchange.record.missingInputs = error.missingInputs
            }
            exchange.record.status = error.code.status
        }
        // What it would have shown lies in the result; it showed nothing.
        exchange.record.cards = nil
        exchange.record.cardIDs = []
        exchange.record.indicator = nil
        exchange.record.stageMicroseconds = exchange.stagesJSON
        let microseconds = exchange.stageSumMicroseconds
        do throws(AuditError) {
            try await audit.append(exchange.record)
        } catch {
            metrics.auditFailures.add(1, [error.code.rawValue])
            return
        }
        countArm(exchange, microseconds: microseconds)
    }

    /// Runs work beside the requests; `false` when too much of it waits already.
    @discardableResult
    func inBackground(_ work: @escaping @Sendable () async -> Void) -> Bool {
        background.start(work)
    }

    /// Keeps the row of something that came to pass beside any request until it is durable.
    ///
    /// - Returns: `false` when as many are kept as may be.
    package func owe(_ row: AuditRecord) -> Bool { owed.add(row) }

    /// Waits until what was begun beside the answers is done, before the store is closed.
    package func finishBackground() async {
        await background.finish()
        settleOwedRows()
        await owed.finish()
    }
}
