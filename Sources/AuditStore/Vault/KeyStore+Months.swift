package import Basics
import PostgreSQL

/// Policies, and the end of months.
extension KeyStore {
    /// Puts the policy of a tenant in force; for the retention role.
    package func setPolicy(
        tenant: String,
        policy: ErasurePolicy,
        eventID: UUIDBytes
    ) throws(AuditStoreError) {
        var values = Parameters()
        values.add(text: tenant)
        values.add(int32: Int32(clamping: policy.keepMonths))
        values.add(json: policy.document)
        values.add(bytes: policy.digest)
        values.add(uuid: eventID)
        _ = try query("SELECT audit.set_erasure_policy($1, $2, $3, $4, $5)", values)
    }

    /// The months that lie wholly before a day and are past six years, as `YYYY-MM-01`.
    package func months(before day: CivilDate) throws(AuditStoreError) -> [String] {
        var values = Parameters()
        values.add(text: day.text)
        let rows = try query("SELECT m::text FROM audit.months_before($1::text::date) m", values)
        return try Self.reading { () throws(PostgreSQLError) -> [String] in
            var months: [String] = []
            for row in 0..<rows.rowCount { months.append(try rows.text(row, 0) ?? "") }
            return months
        }
    }

    /// What the tables of a month hold.
    package func content(ofMonth month: String) throws(AuditStoreError) -> [MonthContent] {
        var values = Parameters()
        values.add(text: month)
        let rows = try query(
            "SELECT relation, row_count, leaf_digest FROM audit.month_content($1::text::date)",
            values
        )
        return try Self.reading { () throws(PostgreSQLError) -> [MonthContent] in
            var content: [MonthContent] = []
            for row in 0..<rows.rowCount {
                content.append(
                    MonthContent(
                        relation: try rows.text(row, 0) ?? "",
                        rowCount: try rows.integer(row, 1) ?? 0,
                        leafDigest: rows.bytes(row, 2)
                    )
                )
            }
            return content
        }
    }

    /// The tenants whose policy keeps their rows of a month; none when it may go.
    package func keepers(ofMonth month: String) throws(AuditStoreError) -> [MonthKeeper] {
        var values = Parameters()
        values.add(text: month)
        let rows = try query(
            "SELECT tenant, keep_months, free_on::text FROM audit.month_keepers($1::text::date)",
            values
        )
        return try Self.reading { () throws(PostgreSQLError) -> [MonthKeeper] in
            var keepers: [MonthKeeper] = []
            for row in 0..<rows.rowCount {
                keepers.append(
                    MonthKeeper(
                        tenant: try rows.text(row, 0) ?? "",
                        keepMonths: try rows.integer(row, 1) ?? 0,
                        freeOn: try rows.text(row, 2) ?? ""
                    )
                )
            }
            return keepers
        }
    }

    /// Drops a month with its keys, leaves a tombstone, and tells each tenant what of its own ended.
    ///
    /// - Throws: `legalHold` when a hold keeps a row of it, `keptByPolicy` when the policy of a tenant
    ///   with rows in it does.
    package func dropMonth(
        _ month: String,
        eventID: UUIDBytes,
        reason: String
    ) throws(AuditStoreError) {
        var values = Parameters()
        values.add(text: month)
        values.add(uuid: eventID)
        values.add(text: reason)
        _ = try query("SELECT audit.drop_month($1::text::date, $2, $3)", values)
    }
}
