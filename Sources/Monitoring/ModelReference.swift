/// What the data of a model looked like when all was well: what later data is held against.
package struct ModelReference: Sendable, Equatable {
    /// The folder of the profile that it was made with.
    package var profile: String
    /// The version of the model's document, when it states one.
    package var version: String?
    /// The SHA-256 of the model's document in hexadecimal.
    package var sha256: String
    /// Where the data came from, in the words of who made it.
    package var source: String?
    /// The series, inputs first.
    package var series: [ReferenceSeries]

    /// Makes a reference.
    package init(
        profile: String,
        version: String?,
        sha256: String,
        source: String?,
        series: [ReferenceSeries]
    ) {
        self.profile = profile
        self.version = version
        self.sha256 = sha256
        self.source = source
        self.series = series
    }

    /// A series by its name.
    package subscript(name: SeriesName) -> ReferenceSeries? { series.first { $0.name == name } }
}
