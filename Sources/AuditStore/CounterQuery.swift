package import Basics
package import Monitoring
package import PostgreSQL

/// Reads the counters of models as a monitor or an auditor; row security decides which tenants.
package struct CounterQuery: ~Copyable {
    private let connection: Connection

    /// What is asked for.
    package struct Filter: Sendable {
        /// The tenant.
        package var tenant: String
        /// The folder of the profile.
        package var profile: String
        /// The first UTC day.
        package var from: CivilDate
        /// The last UTC day.
        package var to: CivilDate

        /// Makes a filter.
        package init(tenant: String, profile: String, from: CivilDate, to: CivilDate) {
            self.tenant = tenant
            self.profile = profile
            self.from = from
            self.to = to
        }
    }

    /// Logs in.
    package static func open(_ settings: ConnectionSettings) throws(AuditStoreError) -> CounterQuery
    {
        do throws(PostgreSQLError) {
            return CounterQuery(connection: try Connection.open(settings))
        } catch {
            throw AuditStoreError(error)
        }
    }

    private init(connection: consuming Connection) {
        self.connection = connection
    }

    /// The counters of every day, version, arm and series, in no particular order.
    ///
    /// A tenant that the login may not read has none, just as one that does not exist.
    ///
    /// - Throws: `AuditStoreError`; `unreadableRow` for counters of a form that this program does
    ///   not know, which are never left out silently.
    package func counted(_ filter: Filter) throws(AuditStoreError) -> [CountedSeries] {
        do throws(PostgreSQLError) {
            var values = Parameters()
            values.add(text: filter.tenant)
            values.add(text: filter.profile)
            values.add(text: filter.from.text)
            values.add(text: filter.to.text)
            let rows = try connection.execute(Self.statement, values)
            var counted: [CountedSeries] = []
            var places: [CounterKey: Int] = [:]
            for row in 0..<rows.rowCount {
                let key = try Self.key(rows, row)
                guard let cell = try rows.text(row, 11), let count = try rows.integer(row, 12)
                else { throw PostgreSQLError(code: .unexpectedResult) }
                let place = places[key] ?? counted.count
                if place == counted.count {
                    places[key] = place
                    counted.append(key.empty(tenant: filter.tenant, profile: filter.profile))
                }
                guard counted[place].histogram.add(cell: cell, count) else {
                    throw PostgreSQLError(code: .unexpectedResult)
                }
            }
            return counted
        } catch {
            if error.code == .unexpectedResult { throw AuditStoreError(code: .unreadableRow) }
            throw AuditStoreError(error)
        }
    }

    private static func key(
        _ rows: borrowing QueryResult,
        _ row: Int
    ) throws(PostgreSQLError) -> CounterKey {
        guard let day = try rows.integer(row, 0), let version = try rows.text(row, 1),
            let sha256 = try rows.text(row, 2), let arm = try rows.text(row, 3),
            let kind = try rows.text(row, 4).flatMap(SeriesKind.init),
            let name = try rows.text(row, 5)
        else { throw PostgreSQLError(code: .unexpectedResult) }
        let bins: SeriesBins
        if let categories = try rows.texts(row, 7) {
            bins = .categories(categories)
        } else {
            let texts = try rows.texts(row, 6) ?? []
            let edges = texts.compactMap(Double.init)
            guard edges.count == texts.count, let cut = ReferenceBins(edges: edges) else {
                throw PostgreSQLError(code: .unexpectedResult)
            }
            bins = .numbers(cut)
        }
        var range: ClosedRange<Double>?
        if let low = try rows.text(row, 8).flatMap(Double.init),
            let high = try rows.text(row, 9).flatMap(Double.init), low <= high
        {
            range = low...high
        }
        return CounterKey(
            day: day,
            version: version,
            sha256: sha256,
            arm: arm,
            series: CounterSeries(name: SeriesName(kind, name), bins: bins, range: range)
        )
    }

    /// Numbers come as text, which PostgreSQL writes so that they are read back to the last bit.
    private static let statement: StaticString = """
        SELECT (day - '1970-01-01'::pg_catalog.date)::pg_catalog.int4, version, sha256, arm, kind,
               name, edges::pg_catalog.text[], categories, low::pg_catalog.text,
               high::pg_catalog.text, day, cell, count
        FROM audit.model_counter
        WHERE tenant = $1 AND profile = $2 AND day >= $3::pg_catalog.date
          AND day <= $4::pg_catalog.date
        ORDER BY day, version, sha256, arm, kind, name, cell
        """
}

/// What makes counters add up.
private struct CounterKey: Hashable {
    let day: Int
    let version: String
    let sha256: String
    let arm: String
    let series: CounterSeries

    func empty(tenant: String, profile: String) -> CountedSeries {
        CountedSeries(
            tenant: tenant,
            day: day,
            profile: profile,
            version: version,
            sha256: sha256,
            arm: arm,
            series: series,
            histogram: InputHistogram(binCount: series.bins.count)
        )
    }
}
