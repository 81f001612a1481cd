package import PostgreSQL

/// What becomes of the transactions of one pipeline flight, event by event.
///
/// A flight is a list of transactions, each a number of statements with a synchronisation point
/// behind them. A transaction is durable when every statement, the COMMIT included, has succeeded
/// and the synchronisation point was reached.
package struct FlightState {
    /// How one transaction ended.
    package enum Verdict: Equatable {
        case durable
        case failed(PostgreSQLError)
    }

    /// What to do next.
    package enum Action: Equatable {
        case wait
        case settle(transaction: Int, Verdict)
        case finish(lastTransaction: Int, Verdict)
    }

    private let statementCounts: [Int]
    private var transaction = 0
    private var answeredCount = 0
    private var problem: PostgreSQLError?
    /// Which statement of its transaction failed first, counted from 0, in the one that failed last.
    package private(set) var failedStatement: Int?

    /// A flight of transactions with so many statements each.
    package init(statementCounts: [Int]) {
        precondition(!statementCounts.isEmpty, "a flight holds at least one transaction")
        self.statementCounts = statementCounts
    }

    /// Takes what came back.
    ///
    /// - Throws: `unexpectedResult` when the answers do not fit what was sent.
    package mutating func received(_ event: PipelineEvent) throws(PostgreSQLError) -> Action {
        precondition(transaction < statementCounts.count, "the flight has ended")
        switch event {
        case .pending:
            return .wait
        case .completed:
            return try answered()
        case .skipped:
            // The statement was not run: whatever else is said, this is no commit.
            if problem == nil { problem = PostgreSQLError(code: .unexpectedResult) }
            return try answered()
        case .failed(let error):
            if problem == nil {
                problem = error
                failedStatement = answeredCount
            }
            return try answered()
        case .synchronized:
            return try synchronized()
        }
    }

    private mutating func answered() throws(PostgreSQLError) -> Action {
        answeredCount += 1
        guard answeredCount <= statementCounts[transaction] else {
            throw PostgreSQLError(code: .unexpectedResult)
        }
        return .wait
    }

    private mutating func synchronized() throws(PostgreSQLError) -> Action {
        let isComplete = answeredCount == statementCounts[transaction]
        guard isComplete || problem != nil else {
            throw PostgreSQLError(code: .unexpectedResult)
        }
        let verdict = problem.map { Verdict.failed($0) } ?? .durable
        let ended = transaction
        transaction += 1
        answeredCount = 0
        problem = nil
        if transaction == statementCounts.count {
            return .finish(lastTransaction: ended, verdict)
        }
        return .settle(transaction: ended, verdict)
    }
}
