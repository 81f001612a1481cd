package import JOSE

/// A ledger for a gateway that has none: each token is used once as far as this process knows.
///
/// Enough for tests and for trying things out; a gateway that others share tenants with, or that
/// may be started anew, needs the one in PostgreSQL.
package struct ProcessLedger: TokenLedger {
    /// Makes a ledger.
    package init() {}

    /// The memory of the process has seen it for the first time, or it would not be asked here.
    package func remember(_ use: TokenUse) async throws(TokenLedgerError) -> Bool { true }

    /// It is never away.
    package var isAvailable: Bool { true }
}
