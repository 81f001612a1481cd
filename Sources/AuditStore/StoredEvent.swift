package import Audit
package import Basics
package import JSON

/// An event as it lies in the audit trail.
package struct StoredEvent: Sendable {
    /// What was recorded.
    package var record: AuditRecord
    /// When the database wrote it.
    package var recordedAt: Instant
    /// The feedback on its cards that has arrived since, in the order of its arrival.
    package var answers: [StoredFeedback]

    /// Writes the event as one JSON object, for `limen audit show --json`.
    package func write(to writer: inout JSONWriter) {
        writer.beginObject()
        record.writeMembers(to: &writer)
        writer.member("recordedAt", recordedAt.text)
        if !answers.isEmpty {
            writer.name("answers")
            writer.beginArray()
            for answer in answers { answer.write(to: &writer) }
            writer.endArray()
        }
        writer.endObject()
    }
}

/// Feedback on a card, with the event that brought it.
package struct StoredFeedback: Sendable {
    /// What was said about the card.
    package var feedback: AuditFeedback
    /// The event that brought it.
    package var eventID: UUIDBytes
    /// When it came.
    package var receivedAt: Instant

    /// Writes the feedback as one JSON object.
    package func write(to writer: inout JSONWriter) {
        writer.beginObject()
        feedback.writeMembers(to: &writer)
        writer.member("eventId", eventID.text)
        writer.member("receivedAt", receivedAt.text)
        writer.endObject()
    }
}

/// Some events, newest first, and where the next ones begin.
package struct AuditPage: Sendable {
    /// The events, without their documents (inputs, cards and the like).
    package var events: [StoredEvent]
    /// Where the next page begins; `nil` when this was the last.
    package var next: AuditCursor?
}
