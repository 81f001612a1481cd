/// How long the token ledger waits for what.
package struct TokenLedgerTiming: Sendable {
    /// How long an answer may take before the token is refused with `timeout`.
    package var answerMilliseconds = 2_000
    /// How long an idle ledger waits before it asks the server whether it is still there.
    package var heartbeatMilliseconds = 5_000
    /// The shortest wait between two attempts to connect; it doubles up to the longest.
    package var backOffMillisecondsMin = 50
    /// The longest wait between two attempts to connect.
    package var backOffMillisecondsMax = 1_000
    /// How long one attempt to connect may take.
    package var connectMilliseconds = 5_000

    /// The usual values.
    package init() {}
}
