extension Limits {
    /// The fewest characters of a password that a person's login is given.
    ///
    /// NIST SP 800-63B, 5.1.1.2, asks for eight.
    @inlinable public static var loginPasswordCharactersMin: Int { 8 }

    /// The longest password of a login in bytes, its line end included.
    ///
    /// PostgreSQL takes up to 1,024 bytes from a client.
    @inlinable public static var loginPasswordBytesMax: Int { 1_000 }

    /// The most audit rows in one transaction.
    ///
    /// Measured: above 100 rows the latency grows and the throughput hardly does.
    @inlinable public static var auditBatchRowsMax: Int { 100 }

    /// The most bytes in one transaction, unless a single row is larger.
    ///
    /// Keeps a batch of large rows from holding up the small ones behind it.
    @inlinable public static var auditBatchBytesMax: Int { 4 << 20 }

    /// The largest audit row in bytes.
    ///
    /// The cards and inputs of one decision take some 10 KB; this leaves room for 800 times that.
    @inlinable public static var auditRowBytesMax: Int { 8 << 20 }

    /// The most rows that wait to become durable.
    ///
    /// At 20,000 rows a second this is half a second of work; more would only time out.
    @inlinable public static var auditQueueRowsMax: Int { 10_000 }

    /// The most bytes that wait to become durable.
    @inlinable public static var auditQueueBytesMax: Int { 64 << 20 }

    /// The most writer connections of one process.
    ///
    /// Two already saturate two cores.
    @inlinable public static var auditWritersMax: Int { 8 }

    /// The most rows that one query of the audit trail gives.
    @inlinable public static var auditListRowsMax: Int { 1_000 }

    /// The most tenants that one auditor may read.
    @inlinable public static var auditTenantsPerAuditorMax: Int { 256 }

    /// How many uses of tokens wait for the ledger at most; further ones are refused.
    @inlinable public static var tokenUsesWaitingMax: Int { 10_000 }

    /// How many uses of tokens go to the server in one flight.
    @inlinable public static var tokenUsesInFlightMax: Int { 100 }
}
