/// What was adapted of an answer because the client cannot show it; for the audit row.
package enum DialectFlag: String, Sendable, CaseIterable {
    /// A `uuid` was left out: feedback cannot name the card.
    case uuid = "dialect-uuid"
    /// An indicator was replaced by another one; the text says which it was.
    case indicator = "dialect-indicator"
    /// A summary was shortened; the whole of it stands in the detail.
    case summary = "dialect-summary"
    /// Markdown was written as plain text.
    case plainDetail = "dialect-plain-detail"
    /// A detail goes on on further cards.
    case continued = "dialect-continued"
    /// Cards were put together on one.
    case joined = "dialect-joined"
    /// Text did not fit on all cards there may be; the last one says so.
    case cut = "dialect-cut"
    /// A suggestion is told in the text and cannot be taken with a click.
    case suggestion = "dialect-suggestion"
    /// Another `selectionBehavior` that comes to the same.
    case selection = "dialect-selection"
    /// Which suggestion is recommended is told in the text.
    case recommended = "dialect-recommended"
    /// An `actionSelectionBehavior` was left out that says what holds anyway.
    case actionSelection = "dialect-action-selection"
    /// The id of a delete stands where 1.0 had it.
    case resourceID = "dialect-resource-id"
    /// A link is told in the text.
    case link = "dialect-link"
    /// A link does not ask to be launched at once.
    case autolaunch = "dialect-autolaunch"
    /// Reasons for overriding were left out; a client has reasons of its own.
    case overrideReasons = "dialect-override-reasons"
    /// A topic was written in another way, or left out.
    case topic = "dialect-topic"
}
