import Basics
import JOSE
import PostgreSQL

/// The one statement of the token ledger.
///
/// The tenant is set and the row added in a single statement, which is a transaction of its own:
/// one message to the server and one back. ON CONFLICT names no target and nothing is returned,
/// because both would need the right to read; how many rows were added tells whether the use is the
/// first. Of two at the same moment, the server lets the second wait for the first.
enum TokenUseStatement {
    static let remember: StaticString = "limen_remember_token"
    static let alive: StaticString = "limen_alive"

    private static let text: StaticString = """
        INSERT INTO audit.used_token (tenant, issuer_digest, token_digest, forgotten_at)
        SELECT $1::pg_catalog.text, $2::pg_catalog.bytea, $3::pg_catalog.bytea,
            $4::pg_catalog.timestamptz
        FROM pg_catalog.set_config('limen.tenant', $1::pg_catalog.text, true)
        ON CONFLICT DO NOTHING
        """

    /// Makes a connection ready: checked as a writer's, without a wait for the disk.
    ///
    /// The row need not be flushed by its own commit. The answer to the request leaves only after
    /// its audit row is durable, whose commit lies behind this one in the same log and takes it
    /// along to the disk. If the server dies before, no answer has left.
    static func makeReady(
        _ connection: borrowing Connection,
        expecting migrations: [MigrationFile]
    ) throws(AuditStoreError) {
        try WriterConnection.check(connection, expecting: migrations)
        do throws(PostgreSQLError) {
            _ = try connection.execute("SET synchronous_commit = off")
            try connection.prepare(remember, text)
            try connection.prepare(alive, "SELECT 1")
            try connection.enterPipelineMode()
        } catch {
            throw AuditStoreError(error)
        }
    }

    static func parameters(_ use: TokenUse) -> Parameters {
        var values = Parameters()
        values.add(text: use.tenant)
        values.add(bytes: use.issuerDigest)
        values.add(bytes: use.tokenIDDigest)
        values.add(instant: use.forgottenAt)
        return values
    }
}
