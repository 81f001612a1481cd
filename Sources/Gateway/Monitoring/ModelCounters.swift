import Basics
package import Monitoring
import Synchronization

/// The counters of one model of one configuration, for all tenants, arms and days.
///
/// Counting costs a request a few hundred nanoseconds: the bins are looked up before, and the
/// counters are kept in several shards, of which a loop takes the first that no other loop is
/// writing to. Only when all are taken does it wait, for as long as a row of additions takes.
package final class ModelCounters: Sendable {
    /// The folder of the profile.
    let profile: String
    /// The version of the model's document; empty when it states none.
    let version: String
    /// The SHA-256 of the model's document in hexadecimal.
    let sha256: String
    /// What is counted and where.
    package let layout: CounterLayout
    private let shards: [Shard]

    /// One row of counters.
    private struct Row {
        let tenant: String
        let arm: String
        let day: Int32
        var counts: [Int]
    }

    private final class Shard: Sendable {
        let rows = Mutex<[Row]>([])
    }

    init(profile: String, version: String?, sha256: String, layout: CounterLayout) {
        self.profile = profile
        self.version = version ?? ""
        self.sha256 = sha256
        self.layout = layout
        shards = (0..<Limits.counterShardCount).map { _ in Shard() }
    }

    /// Adds one to each of these counters.
    func add(_ cells: [Int], tenant: String, arm: String, day: Int32) {
        for shard in shards {
            let isDone: Void? = shard.rows.withLockIfAvailable { rows in
                Self.add(cells, tenant, arm, day, layout.cellCount, to: &rows)
            }
            if isDone != nil { return }
        }
        shards[0].rows.withLock { rows in
            Self.add(cells, tenant, arm, day, layout.cellCount, to: &rows)
        }
    }

    /// Takes out what was counted since the last time.
    ///
    /// What is taken out and then lost is not counted again: see `CounterKeeper`.
    package func drain() -> [CountedSeries] {
        var taken: [Row] = []
        for shard in shards {
            let rows = shard.rows.withLock { rows in
                defer { rows = [] }
                return rows
            }
            for row in rows {
                let place = taken.firstIndex {
                    $0.day == row.day && $0.arm == row.arm && $0.tenant == row.tenant
                }
                guard let place else {
                    taken.append(row)
                    continue
                }
                for cell in row.counts.indices { taken[place].counts[cell] += row.counts[cell] }
            }
        }
        return taken.flatMap { row in
            layout.histograms(row.counts).map { series, histogram in
                CountedSeries(
                    tenant: row.tenant,
                    day: Int(row.day),
                    profile: profile,
                    version: version,
                    sha256: sha256,
                    arm: row.arm,
                    series: series,
                    histogram: histogram
                )
            }
        }
    }

    private static func add(
        _ cells: [Int],
        _ tenant: String,
        _ arm: String,
        _ day: Int32,
        _ cellCount: Int,
        to rows: inout [Row]
    ) {
        var place = rows.firstIndex { $0.day == day && $0.arm == arm && $0.tenant == tenant }
        if place == nil {
            rows.append(
                Row(
                    tenant: tenant,
                    arm: arm,
                    day: day,
                    counts: Array(repeating: 0, count: cellCount)
                )
            )
            place = rows.count - 1
        }
        guard let place else { return }
        for cell in cells { rows[place].counts[cell] += 1 }
    }
}
