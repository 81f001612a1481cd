import CPostgreSQL

/// What came back in a pipeline (PostgreSQL manual, libpq, pipeline mode).
package enum PipelineEvent: Equatable, Sendable {
    /// Nothing yet: wait for input.
    case pending
    /// A statement was done and touched so many rows.
    case completed(affectedCount: Int)
    /// A statement failed; those behind it up to the next synchronisation are skipped.
    case failed(PostgreSQLError)
    /// A statement was skipped because an earlier one failed.
    case skipped
    /// The synchronisation point was reached.
    case synchronized
}

extension Connection {
    /// Enters pipeline mode: statements are sent without waiting for answers.
    package func enterPipelineMode() throws(PostgreSQLError) {
        guard unsafe PQenterPipelineMode(raw) == 1 else { throw failure() }
    }

    /// Queues a prepared statement with its values.
    package func sendPrepared(
        _ name: StaticString,
        _ parameters: Parameters
    ) throws(PostgreSQLError) {
        let isSent = unsafe parameters.withArrays { arrays in
            unsafe PQsendQueryPrepared(
                raw,
                Self.text(name),
                Int32(parameters.count),
                arrays.values,
                arrays.lengths,
                arrays.formats,
                1
            )
        }
        guard isSent == 1 else { throw failure() }
    }

    /// Queues a synchronisation point.
    package func sendSync() throws(PostgreSQLError) {
        guard unsafe PQpipelineSync(raw) == 1 else { throw failure() }
    }

    /// The next thing that came back.
    package func nextPipelineEvent() throws(PostgreSQLError) -> PipelineEvent {
        var endCount = 0
        while endCount < 2 {
            if unsafe PQisBusy(raw) == 1 { return .pending }
            guard let result = unsafe PQgetResult(raw) else {
                // The end of one statement's results; the next ones follow.
                endCount += 1
                continue
            }
            defer { unsafe PQclear(result) }
            switch unsafe PQresultStatus(result) {
            case PGRES_PIPELINE_SYNC: return .synchronized
            case PGRES_PIPELINE_ABORTED: return .skipped
            default: break
            }
            if let problem = unsafe Self.error(of: result) {
                if isBroken {
                    throw PostgreSQLError(code: .connectionLost, sqlState: problem.sqlState)
                }
                return .failed(problem)
            }
            let count = unsafe PQcmdTuples(result).map { unsafe String(cString: $0) }
            return .completed(affectedCount: count.flatMap { Int($0) } ?? 0)
        }
        throw failure()
    }
}
