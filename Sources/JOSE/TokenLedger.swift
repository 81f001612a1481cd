/// Where the uses of tokens are remembered beyond one process.
package protocol TokenLedger: Sendable {
    /// Remembers a use.
    ///
    /// - Returns: Whether this is the first one.
    /// - Throws: `TokenLedgerError` when that cannot be found out; the token is refused then.
    func remember(_ use: TokenUse) async throws(TokenLedgerError) -> Bool

    /// Whether a use could be remembered now, as far as is known.
    var isAvailable: Bool { get }
}

/// Why a ledger cannot tell whether a token was used.
package struct TokenLedgerError: Error, Equatable, Sendable {
    /// The kinds of fault.
    package enum Code: String, Sendable, CaseIterable {
        case unavailable = "LIMEN-JOSE-011"
        case overloaded = "LIMEN-JOSE-012"
        case timeout = "LIMEN-JOSE-013"
        case refused = "LIMEN-JOSE-014"
    }

    /// What is wrong.
    package let code: Code

    /// Makes an error.
    package init(_ code: Code) {
        self.code = code
    }
}
