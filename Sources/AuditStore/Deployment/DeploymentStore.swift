import Audit
package import Basics
package import Lifecycle
package import PostgreSQL

/// Which versions are in force, in PostgreSQL, so that several gateways agree.
///
/// A gateway logs in as `limen_gateway`, which can start and end a canary and nothing more; an
/// operator as `limen_operator`. The audit row of a change is written with it by the database.
package struct DeploymentStore: ~Copyable {
    /// How long one statement may take: a gateway asks every half second.
    private static let statementMilliseconds = 3_000

    private let connection: Connection

    /// Logs in.
    package static func open(
        _ settings: ConnectionSettings
    ) throws(AuditStoreError) -> DeploymentStore {
        do throws(PostgreSQLError) {
            return DeploymentStore(connection: try Connection.openForTrail(settings))
        } catch {
            throw AuditStoreError(error)
        }
    }

    private init(connection: consuming Connection) {
        self.connection = connection
    }

    /// What is in force now, and the counts of the changes that are.
    package func book() throws(AuditStoreError) -> DeploymentBook {
        var book = DeploymentBook()
        do throws(PostgreSQLError) {
            let rows = try run(DeploymentStatements.newest)
            for row in 0..<rows.rowCount {
                let deployment = try Self.deployment(rows, row)
                book.deployments[deployment.service] = deployment
            }
            let counts = try run(DeploymentStatements.totals)
            for row in 0..<counts.rowCount {
                let (key, totals) = try Self.totals(counts, row)
                book.totals[key] = totals
            }
        } catch {
            throw AuditStoreError(error)
        }
        return book
    }

    /// The changes of a service, newest first.
    package func history(
        of service: String,
        limit: Int = 50
    ) throws(AuditStoreError) -> [Deployment] {
        var values = Parameters()
        values.add(text: service)
        values.add(int32: Int32(clamping: limit))
        var changes: [Deployment] = []
        do throws(PostgreSQLError) {
            let rows = try run(DeploymentStatements.history, values)
            for row in 0..<rows.rowCount { changes.append(try Self.deployment(rows, row)) }
        } catch {
            throw AuditStoreError(error)
        }
        return changes
    }

    /// Starts the canary that a document names; `false` when it was started before.
    package func startCanary(
        of service: String,
        _ version: ModelVersion
    ) throws(AuditStoreError) -> Bool {
        var values = Parameters()
        values.add(text: service)
        values.add(text: version.profile)
        values.add(text: version.digest)
        return try answer("SELECT model.start_canary($1, $2, $3)", values)
    }

    /// Ends a canary that has left its bounds; `false` when somebody else was first.
    package func rollBackCanary(
        of service: String,
        change: Int,
        _ breach: CanaryJudge.Breach
    ) throws(AuditStoreError) -> Bool {
        var values = Parameters()
        values.add(text: service)
        values.add(int32: Int32(clamping: change))
        values.add(text: breach.sentence)
        values.add(json: Array(breach.json.utf8))
        return try answer("SELECT model.roll_back_canary($1, $2, $3, $4)", values)
    }

    /// Sends what a gateway has counted so far.
    package func send(
        _ totals: ArmTotals,
        of key: ArmKey,
        gateway: UUIDBytes
    ) throws(AuditStoreError) {
        var values = Parameters()
        values.add(uuid: gateway)
        values.add(text: key.service)
        values.add(int32: Int32(clamping: key.number))
        values.add(text: key.arm.rawValue)
        values.add(text: key.profile)
        for count in [totals.cases, totals.refused, totals.failed, totals.slow] {
            values.add(int64: Int64(count))
        }
        do throws(PostgreSQLError) {
            _ = try run("SELECT model.count_arm($1, $2, $3, $4, $5, $6, $7, $8, $9)", values)
        } catch {
            throw AuditStoreError(error)
        }
    }

    /// Writes a change as an operator, as the next one of its service.
    ///
    /// - Throws: `AuditStoreError` whose cause has the SQLSTATE 23505 or 40001 when another change
    ///   came first.
    package func append(_ change: Deployment) throws(AuditStoreError) {
        var values = Parameters()
        values.add(text: change.service)
        values.add(int32: Int32(clamping: change.number))
        values.add(text: change.kind.rawValue)
        values.add(text: change.reason)
        values.add(text: change.live?.profile)
        values.add(text: change.live?.digest)
        values.add(text: change.canary?.profile)
        values.add(text: change.canary?.digest)
        values.add(bool: change.isCanaryActive)
        do throws(PostgreSQLError) {
            _ = try run(DeploymentStatements.append, values)
        } catch {
            throw AuditStoreError(error)
        }
    }

    // MARK: Rows

    private func run(
        _ statement: StaticString,
        _ values: Parameters = Parameters()
    ) throws(PostgreSQLError) -> QueryResult {
        try connection.execute(
            statement,
            values,
            timeoutMilliseconds: Self.statementMilliseconds
        )
    }

    private func answer(
        _ statement: StaticString,
        _ values: Parameters
    ) throws(AuditStoreError) -> Bool {
        do throws(PostgreSQLError) {
            return try run(statement, values).bool(0, 0) ?? false
        } catch {
            throw AuditStoreError(error)
        }
    }

    private static func deployment(
        _ rows: borrowing QueryResult,
        _ row: Int
    ) throws(PostgreSQLError) -> Deployment {
        guard let service = try rows.text(row, 0), let number = try rows.integer(row, 1),
            let kind = Deployment.Kind(rawValue: try rows.text(row, 2) ?? ""),
            let reason = try rows.text(row, 5), let isActive = try rows.bool(row, 10)
        else { throw PostgreSQLError(code: .unexpectedResult) }
        var deployment = Deployment(
            service: service,
            number: number,
            kind: kind,
            reason: reason,
            live: try version(rows, row, 6),
            canary: try version(rows, row, 8),
            isCanaryActive: isActive
        )
        deployment.madeAt = try rows.instant(row, 3)
        deployment.madeBy = try rows.text(row, 4) ?? ""
        deployment.evidence = try rows.text(row, 11)
        return deployment
    }

    private static func version(
        _ rows: borrowing QueryResult,
        _ row: Int,
        _ column: Int
    ) throws(PostgreSQLError) -> ModelVersion? {
        guard let profile = try rows.text(row, column),
            let digest = try rows.text(row, column + 1)
        else { return nil }
        return ModelVersion(profile: profile, digest: digest)
    }

    private static func totals(
        _ rows: borrowing QueryResult,
        _ row: Int
    ) throws(PostgreSQLError) -> (ArmKey, ArmTotals) {
        guard let service = try rows.text(row, 0), let number = try rows.integer(row, 1),
            let arm = AuditRecord.Arm(rawValue: try rows.text(row, 2) ?? ""),
            let profile = try rows.text(row, 3), let cases = try rows.integer(row, 4),
            let refused = try rows.integer(row, 5), let failed = try rows.integer(row, 6),
            let slow = try rows.integer(row, 7)
        else { throw PostgreSQLError(code: .unexpectedResult) }
        return (
            ArmKey(service: service, number: number, arm: arm, profile: profile),
            ArmTotals(cases: cases, refused: refused, failed: failed, slow: slow)
        )
    }
}
