/// One requirement of CDS Hooks 2.0 that binds a service.
struct ConformRequirement: Sendable {
    /// How binding it is.
    enum Level: String, Sendable, CaseIterable {
        case shall = "SHALL"
        case shallNot = "SHALL NOT"
        case should = "SHOULD"
        case shouldNot = "SHOULD NOT"
        case may = "MAY"
        case deprecated = "DEPRECATED"
    }

    /// Its number in the public requirement sheet.
    let id: Int
    /// How binding it is.
    let level: Level
    /// What it asks.
    let words: String
    /// Why it does not apply when nothing was seen that it is about.
    let reason: String
}
