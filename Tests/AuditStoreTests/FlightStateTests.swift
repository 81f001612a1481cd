import AuditStore
import PostgreSQL
import Testing

@Suite("FlightState")
struct FlightStateTests {
    private let refused = PostgreSQLError(code: .statementFailed, sqlState: "23514")
    private let skipped = PostgreSQLError(code: .statementFailed, sqlState: "25P02")

    @Test("A transaction whose statements all succeed is durable at its synchronisation")
    func durable() throws {
        var flight = FlightState(statementCounts: [3])
        #expect(try flight.received(.pending) == .wait)
        #expect(try flight.received(.completed(affectedCount: 0)) == .wait)
        #expect(try flight.received(.completed(affectedCount: 5)) == .wait)
        #expect(try flight.received(.completed(affectedCount: 0)) == .wait)
        #expect(try flight.received(.synchronized) == .finish(lastTransaction: 0, .durable))
    }

    @Test("A failed statement fails its transaction with the first error, and no other")
    func failed() throws {
        var flight = FlightState(statementCounts: [3, 2])
        #expect(try flight.received(.completed(affectedCount: 0)) == .wait)
        #expect(try flight.received(.failed(refused)) == .wait)
        #expect(try flight.received(.skipped) == .wait)
        #expect(
            try flight.received(.synchronized) == .settle(transaction: 0, .failed(refused))
        )
        #expect(try flight.received(.completed(affectedCount: 1)) == .wait)
        #expect(try flight.received(.completed(affectedCount: 1)) == .wait)
        #expect(try flight.received(.synchronized) == .finish(lastTransaction: 1, .durable))
    }

    @Test("The first of several errors counts")
    func firstError() throws {
        var flight = FlightState(statementCounts: [2])
        #expect(try flight.received(.failed(refused)) == .wait)
        #expect(try flight.received(.failed(skipped)) == .wait)
        #expect(
            try flight.received(.synchronized)
                == .finish(lastTransaction: 0, .failed(refused))
        )
    }

    @Test("Which statement failed first is told by its number")
    func failedStatement() throws {
        var flight = FlightState(statementCounts: [3])
        #expect(try flight.received(.completed(affectedCount: 0)) == .wait)
        #expect(flight.failedStatement == nil)
        #expect(try flight.received(.failed(refused)) == .wait)
        #expect(try flight.received(.failed(skipped)) == .wait)
        #expect(flight.failedStatement == 1)
    }

    @Test("A synchronisation before the last answer is never taken for a commit")
    func tooEarly() throws {
        var flight = FlightState(statementCounts: [2])
        #expect(try flight.received(.completed(affectedCount: 1)) == .wait)
        #expect(throws: PostgreSQLError(code: .unexpectedResult)) {
            try flight.received(.synchronized)
        }
    }

    @Test("A skipped statement without an error before it is never taken for a commit")
    func skippedAlone() throws {
        var flight = FlightState(statementCounts: [1])
        #expect(try flight.received(.skipped) == .wait)
        let last = try flight.received(.synchronized)
        #expect(last != .finish(lastTransaction: 0, .durable))
    }

    @Test("More answers than statements are refused")
    func tooMany() throws {
        var flight = FlightState(statementCounts: [1])
        #expect(try flight.received(.completed(affectedCount: 1)) == .wait)
        #expect(throws: PostgreSQLError(code: .unexpectedResult)) {
            try flight.received(.completed(affectedCount: 1))
        }
    }
}
