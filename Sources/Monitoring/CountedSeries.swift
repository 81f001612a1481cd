/// What was counted of one series in one tenant, arm and UTC day, to be added to what is stored.
package struct CountedSeries: Sendable, Equatable {
    /// The tenant whose patients it was.
    package var tenant: String
    /// The days from 1970-01-01 to the UTC day.
    package var day: Int
    /// The folder of the profile.
    package var profile: String
    /// The version of the model's document; empty when it states none.
    package var version: String
    /// The SHA-256 of the model's document in hexadecimal.
    package var sha256: String
    /// `live`, `canary`, `shadow`, or `replay` for requests as of another moment.
    package var arm: String
    /// What was counted, and in which bins.
    package var series: CounterSeries
    /// The counts.
    package var histogram: InputHistogram

    /// Makes counts.
    package init(
        tenant: String,
        day: Int,
        profile: String,
        version: String,
        sha256: String,
        arm: String,
        series: CounterSeries,
        histogram: InputHistogram
    ) {
        self.tenant = tenant
        self.day = day
        self.profile = profile
        self.version = version
        self.sha256 = sha256
        self.arm = arm
        self.series = series
        self.histogram = histogram
    }

    /// Whether the counts of another may be added to these.
    package func isSame(as other: CountedSeries) -> Bool {
        series == other.series && day == other.day && arm == other.arm
            && sha256 == other.sha256 && tenant == other.tenant && profile == other.profile
            && version == other.version
    }
}
