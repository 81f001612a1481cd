import Basics
import Crypto
package import Monitoring
package import PostgreSQL

/// Keeps the counters of the models in PostgreSQL, as the writer: rows are only ever added.
///
/// **How sure the counts are.** A batch is one transaction and has a key, so that sending it again
/// adds nothing: what was flushed is counted exactly once. What a gateway had counted and not yet
/// flushed when it was killed is lost; counters may miss the last seconds of a process, and never
/// count a case twice. They are no audit trail.
package final class PostgreSQLCounterStore: CounterStore {
    private let settings: ConnectionSettings

    /// Makes a store that logs in as `limen_writer` for each batch.
    package init(_ settings: ConnectionSettings) {
        self.settings = settings
    }

    /// Adds a batch in one transaction; row security wants the tenant set for its rows.
    package func add(_ batch: CounterBatch) throws(CounterStoreError) {
        guard !batch.items.isEmpty else { return }
        do throws(PostgreSQLError) {
            let connection = try Connection.openForTrail(settings)
            _ = try connection.execute("BEGIN")
            var item: Int32 = 0
            for tenant in Set(batch.items.map(\.tenant)).sorted() {
                var values = Parameters()
                values.add(text: tenant)
                _ = try connection.execute(
                    "SELECT pg_catalog.set_config('limen.tenant', $1, true)",
                    values
                )
                var rows: [Parameters] = []
                for series in batch.items where series.tenant == tenant {
                    rows.append(Self.row(series, batch.id, item))
                    item += 1
                    if rows.count == Limits.counterRowsPerStatementMax {
                        _ = try connection.execute(Self.insert, Parameters(transposing: rows))
                        rows = []
                    }
                }
                if !rows.isEmpty {
                    _ = try connection.execute(Self.insert, Parameters(transposing: rows))
                }
            }
            _ = try connection.execute("COMMIT")
        } catch {
            throw CounterStoreError(
                code: error.code.rawValue,
                isRefused: error.code == .statementFailed && Self.isRefusal(error.sqlState)
            )
        }
    }

    /// Whether the server does not take these rows at all: data (22), integrity (23), rights (42).
    private static func isRefusal(_ state: String?) -> Bool {
        guard let state else { return false }
        return ["22", "23", "42"].contains { state.hasPrefix($0) }
    }

    private static func row(
        _ counted: CountedSeries,
        _ flush: UUIDBytes,
        _ item: Int32
    ) -> Parameters {
        var row = Parameters()
        row.add(text: counted.tenant)
        row.add(text: CivilDate(daysSinceEpoch: counted.day).text)
        row.add(uuid: flush)
        row.add(int32: item)
        row.add(text: counted.profile)
        row.add(text: counted.version)
        row.add(bytes: Hexadecimal.bytes(counted.sha256) ?? [])
        row.add(text: counted.arm)
        row.add(text: counted.series.name.kind.rawValue)
        row.add(text: counted.series.name.name)
        switch counted.series.bins {
        case .numbers(let bins):
            row.add(arrayText: bins.edges.map(\.description))
            row.add(text: nil)
        case .categories(let categories):
            row.add(text: nil)
            row.add(arrayText: categories)
        }
        row.add(text: counted.series.range?.lowerBound.description)
        row.add(text: counted.series.range?.upperBound.description)
        let cells = counted.histogram.cells
        row.add(arrayText: cells.map(\.label))
        row.add(arrayText: cells.map { String($0.count) })
        return row
    }

    /// ON CONFLICT names no target and nothing is returned: both would need the right to read.
    private static let insert: StaticString = """
        INSERT INTO audit.model_count (
            tenant, day, flush_id, item, profile, version, sha256, arm, kind, name, edges,
            categories, low, high, cells, counts)
        SELECT
            tenant, day::pg_catalog.date, flush_id, item, profile, version, sha256, arm, kind,
            name, edges::pg_catalog.float8[], categories::pg_catalog.text[],
            low::pg_catalog.float8, high::pg_catalog.float8, cells::pg_catalog.text[],
            counts::pg_catalog.int8[]
        FROM unnest(
            $1::pg_catalog.text[], $2::pg_catalog.text[], $3::pg_catalog.uuid[],
            $4::pg_catalog.int4[], $5::pg_catalog.text[], $6::pg_catalog.text[],
            $7::pg_catalog.bytea[], $8::pg_catalog.text[], $9::pg_catalog.text[],
            $10::pg_catalog.text[], $11::pg_catalog.text[], $12::pg_catalog.text[],
            $13::pg_catalog.text[], $14::pg_catalog.text[], $15::pg_catalog.text[],
            $16::pg_catalog.text[]
        ) AS sent (
            tenant, day, flush_id, item, profile, version, sha256, arm, kind, name, edges,
            categories, low, high, cells, counts)
        ON CONFLICT DO NOTHING
        """
}
