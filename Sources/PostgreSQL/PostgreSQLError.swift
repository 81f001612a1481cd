/// An error of the database or of the way to it.
///
/// The server's message is never kept: it can quote row data.
package struct PostgreSQLError: Error, Equatable, Sendable {
    /// The kinds of fault.
    package enum Code: String, Sendable, CaseIterable {
        /// No connection could be made.
        case connectionFailed = "LIMEN-PG-001"
        /// The connection broke; what was under way may or may not have happened.
        case connectionLost = "LIMEN-PG-002"
        /// The server refused a statement.
        case statementFailed = "LIMEN-PG-003"
        /// The server did not answer in time; the connection cannot be used further.
        case timeout = "LIMEN-PG-004"
        /// The server's answer has not the form that was asked for.
        case unexpectedResult = "LIMEN-PG-005"
        /// The connection settings cannot be read.
        case invalidSettings = "LIMEN-PG-006"
    }

    /// What is wrong.
    package let code: Code
    /// The SQLSTATE, when the server gave one.
    package let sqlState: String?

    /// Makes an error.
    package init(code: Code, sqlState: String? = nil) {
        self.code = code
        self.sqlState = sqlState
    }

    /// Whether the server could not write, whatever it was sent.
    ///
    /// SQLSTATE 25006 read-only transaction (a standby after a fail-over), 55P03 lock not available
    /// and 57014 cancelled (a time-out of the server's), 57P0x shutting down or starting, and the
    /// classes 53 resources (53100 disk full), 58 system, XX internal (PostgreSQL manual, appendix A).
    package var isWriteFailure: Bool {
        guard code == .statementFailed, let sqlState else { return false }
        return ["25006", "53", "55P03", "57014", "57P0", "58", "XX"].contains {
            sqlState.hasPrefix($0)
        }
    }

    /// Whether the fault lies with the server or the way to it, not with what was sent.
    ///
    /// Classes of SQLSTATE (PostgreSQL manual, appendix A): 08 connection, 25 read-only or
    /// aborted transaction, 40 rollback, 53 resources, 55 lock, 57 operator, 58 system, XX internal.
    package var isTransient: Bool {
        switch code {
        case .connectionFailed, .connectionLost, .timeout: true
        case .unexpectedResult, .invalidSettings: false
        case .statementFailed:
            ["08", "25", "40", "53", "55", "57", "58", "XX"].contains {
                sqlState?.hasPrefix($0) ?? false
            }
        }
    }
}
