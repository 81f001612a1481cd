/// A tenant whose policy keeps its rows of a month longer than until today.
package struct MonthKeeper: Sendable, Equatable {
    /// The tenant.
    package let tenant: String
    /// How many months it keeps.
    package let keepMonths: Int
    /// From which day on its policy lets the month go, such as `2029-02-01`.
    package let freeOn: String
}
