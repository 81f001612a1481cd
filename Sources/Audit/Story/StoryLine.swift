package import Basics

/// One sentence of a story: when it happened, which event says so, and what happened.
package struct StoryLine: Sendable, Equatable {
    /// When it happened.
    package let moment: Instant
    /// The event that says so.
    package let eventID: UUIDBytes
    /// What happened, in plain English.
    package let sentences: [String]

    /// Makes a line.
    package init(moment: Instant, eventID: UUIDBytes, sentences: [String]) {
        self.moment = moment
        self.eventID = eventID
        self.sentences = sentences
    }
}
