import JOSE
import PostgreSQL

/// What becomes of the uses of one flight, event by event.
///
/// A use is a first one when its statement has added one row and its transaction was closed.
struct TokenAnswers {
    private let count: Int
    private var index = 0
    private var answer: Result<Bool, TokenLedgerError>?

    init(count: Int) {
        precondition(count > 0, "a flight holds at least one statement")
        self.count = count
    }

    var isComplete: Bool { index == count }

    /// Takes what came back.
    ///
    /// - Returns: A use that is decided, by its position.
    /// - Throws: `unexpectedResult` when the answers do not fit what was sent.
    mutating func received(
        _ event: PipelineEvent
    ) throws(PostgreSQLError) -> (Int, Result<Bool, TokenLedgerError>)? {
        precondition(!isComplete, "the flight has ended")
        switch event {
        case .pending:
            return nil
        case .completed(let affectedCount):
            guard answer == nil else { throw PostgreSQLError(code: .unexpectedResult) }
            answer = .success(affectedCount == 1)
            return nil
        case .failed:
            // A commit that fails comes behind a statement that succeeded: the failure counts.
            answer = .failure(TokenLedgerError(.refused))
            return nil
        case .skipped:
            answer = .failure(TokenLedgerError(.refused))
            return nil
        case .synchronized:
            guard let decided = answer else { throw PostgreSQLError(code: .unexpectedResult) }
            defer {
                index += 1
                answer = nil
            }
            return (index, decided)
        }
    }
}
