/// What a cluster is called and means, in one language.
public struct SegmentText: Sendable, Equatable {
    /// The language, such as `en` or `de`.
    public var language: String
    /// Its name.
    public var name: String
    /// What its members have in common.
    public var description: String

    /// Makes a text.
    public init(language: String, name: String, description: String) {
        self.language = language
        self.name = name
        self.description = description
    }
}
