package import Monitoring

import Audit
import Basics
import CDSHooks
import ClinicalEngine
import Mapping
import Synchronization

/// The counters of every configuration that requests may still be counted in.
///
/// A reload replaces the profiles and their counters, but requests on their way keep the old ones;
/// these are looked at for a while yet, until nothing has come in.
final class CounterRegister: Sendable {
    private let entries = Mutex<[Entry]>([])

    private struct Entry {
        let counters: ModelCounters
        var isCurrent: Bool
        /// How many times in a row a replaced one was empty.
        var emptyCount = 0
    }

    /// Takes the counters of a new configuration in.
    func replace(with catalogue: Catalogue) {
        let current = catalogue.counters
        entries.withLock { entries in
            for place in entries.indices { entries[place].isCurrent = false }
            for counters in current {
                if let place = entries.firstIndex(where: { $0.counters === counters }) {
                    entries[place].isCurrent = true
                } else {
                    entries.append(Entry(counters: counters, isCurrent: true))
                }
            }
        }
    }

    /// Takes out what was counted since the last time.
    func drain() -> [CountedSeries] {
        entries.withLock { entries in
            var counted: [CountedSeries] = []
            for place in entries.indices {
                let taken = entries[place].counters.drain()
                counted += taken
                entries[place].emptyCount =
                    taken.isEmpty && !entries[place].isCurrent ? entries[place].emptyCount + 1 : 0
            }
            entries.removeAll { $0.emptyCount >= Limits.counterRetiredDrainsMax }
            return counted
        }
    }
}

extension Catalogue {
    /// The counters of its profiles.
    var counters: [ModelCounters] { profiles.values.map(\.counters) }
}

extension HookGateway {
    /// Takes out what was counted of the models since the last time, to be stored.
    package func drainCounters() -> [CountedSeries] { counters.drain() }

    /// Counts a case that was evaluated; a replay is no case of today and has an arm of its own.
    func count(
        _ report: MappingReport,
        _ evaluation: Evaluation?,
        _ profile: LoadedProfile,
        _ service: LoadedService,
        _ exchange: Exchange
    ) {
        let arm: String
        if exchange.record.replayedAt != nil {
            arm = "replay"
        } else if let known = exchange.record.arm {
            arm = known.rawValue
        } else {
            switch service.hook.mode {
            case .live: arm = "live"
            case .shadow: arm = "shadow"
            }
        }
        profile.count(
            report,
            evaluation,
            tenant: exchange.record.tenant,
            arm: arm,
            at: exchange.record.startedAt
        )
    }
}
