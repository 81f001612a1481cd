/// How often something may happen: a bucket of tokens that is filled at a steady rate.
package struct RateAllowance: Sendable, Equatable {
    /// How many requests a second in the long run.
    package let perSecond: Int
    /// How many at once.
    package let burst: Int

    /// Makes an allowance.
    package init(perSecond: Int, burst: Int) {
        precondition(perSecond > 0, "a rate of none would never let anything in")
        precondition(burst > 0, "a bucket without room would never let anything in")
        self.perSecond = perSecond
        self.burst = burst
    }
}
