/// How much worse than the live version a canary may be before it is taken back.
///
///     "bounds": { "refusal": 0.05, "error": 0.01, "slow": 0.05, "slowAfter": "PT0.1S",
///                 "minimum": 30, "alpha": 0.01 }
///
/// Each rate is a margin over the rate of the live arm in the same time.
package struct CanaryBounds: Sendable, Equatable {
    /// How much higher the share of cases may be that could not be computed.
    package var refusal: Double
    /// How much higher the share of faults may be.
    package var error: Double
    /// How much higher the share of slow cases may be.
    package var slow: Double
    /// From when on a case is slow, in microseconds; the commit of its audit row is not in it.
    package var slowAfterMicroseconds: Int
    /// How many cases each arm must have before anything is judged.
    package var minimum: Int
    /// How likely a canary that keeps its bounds may be taken back at any time, at most.
    package var alpha: Double

    /// The bounds of a canary that states none.
    package init() {
        refusal = 0.05
        error = 0.01
        slow = 0.05
        slowAfterMicroseconds = 100_000
        minimum = 30
        alpha = 0.01
    }
}
