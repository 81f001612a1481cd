package import Basics
package import JSON

/// An event as it lies in the audit trail.
package struct StoredEvent: Sendable {
    /// Whether what speaks of a patient could be read.
    package enum Sealing: String, Sendable, CaseIterable {
        /// Nothing of it is sealed: a row of version 1, or one about nobody.
        case plain
        /// It was sealed, and was opened with the tenant's key.
        case opened
        /// It is sealed, and this reader has not the key.
        case sealed
        /// Its key was destroyed: nobody can read it any more.
        case erased
        /// It does not open with the key that it names: it was altered, or the key is another.
        case unreadable
        /// Its key is not in the database: the transaction that brings it may wait in a spool.
        case keyMissing = "key-missing"
    }

    /// When and by which event the key of a row was destroyed.
    package struct Erasure: Sendable, Equatable {
        /// The event.
        package let eventID: UUIDBytes
        /// The moment.
        package let erasedAt: Instant

        /// Names an erasure.
        package init(eventID: UUIDBytes, erasedAt: Instant) {
            self.eventID = eventID
            self.erasedAt = erasedAt
        }

        /// Writes it as members of an object.
        func writeMembers(to writer: inout JSONWriter) {
            writer.member("erasedBy", eventID.text)
            writer.member("erasedAt", erasedAt.text)
        }
    }

    /// What was recorded.
    package var record: AuditRecord
    /// When the database wrote it.
    package var recordedAt: Instant
    /// The feedback on its cards that has arrived since, in the order of its arrival.
    package var answers: [StoredFeedback]
    /// Whether what speaks of a patient could be read.
    package var sealing = Sealing.plain
    /// How it was erased, when it was.
    package var erasure: Erasure?
    /// The version of the row's form.
    package var schemaVersion = 1
    /// Its place in the log of its writer.
    package var place: LogPlace?
    /// How many other rows bear its id, which is to name one event: none in a sound trail.
    package var namesakeCount = 0
    /// What of it is sealed, until it is opened; `nil` when nothing is, or it was opened.
    package var parts: SealedParts?
    /// The resources that its inputs came from, once people are hidden; `nil` before.
    package private(set) var hiddenSources: [HiddenSource]?
    /// Whether there were such resources, and no key to make their pseudonyms with.
    package private(set) var hasWithheldSources = false

    /// Makes an event of which nothing is sealed.
    package init(record: AuditRecord, recordedAt: Instant, answers: [StoredFeedback] = []) {
        self.record = record
        self.recordedAt = recordedAt
        self.answers = answers
    }

    /// Whether it holds what speaks of a patient, so that showing it needs a reason.
    package var speaksOfPatient: Bool {
        switch record.kind {
        case .decision, .evaluation, .feedback, .fetch, .rejectedRequest: true
        case .authenticationFailure, .configurationChange, .start, .stop, .auditRead,
            .modelChange, .auditExport, .auditReview, .erasure, .legalHold, .keyChange,
            .retention:
            record.patientPseudonym != nil || parts != nil || sealing == .opened
        }
    }

    /// Leaves only pseudonyms, of people and of the EHR's resources, and no document with a value.
    ///
    /// An id of a resource often is the patient's number, or leads to it. What an export needs of the
    /// documents is taken out of them before they go, so that no writer can print the rest.
    ///
    /// - Parameter pseudonym: The keyed pseudonym of a reference under the key of an epoch; `nil`
    ///   when that key is not at hand: the resources are then left out.
    package mutating func hidePeople(
        pseudonym: (_ reference: String, _ epoch: Int) -> [UInt8]?
    ) {
        let epoch = record.pseudonymEpoch ?? 1
        let names = EventFacts.sources(of: record)
        let hidden = names.compactMap { HiddenSource($0) { pseudonym($0, epoch) } }
        hiddenSources = hidden
        hasWithheldSources = hidden.count < names.count
        record.patientReference = nil
        record.userReference = nil
        record.encounterReference = nil
        record.inputs = nil
        record.rejections = nil
        record.result = nil
        record.cards = nil
        record.feedback = []
        answers = []
        parts = nil
    }

    /// Writes the event as one JSON object, for `limen audit show --json`.
    package func write(to writer: inout JSONWriter) {
        writer.beginObject()
        record.writeMembers(to: &writer)
        writer.member("recordedAt", recordedAt.text)
        if sealing != .plain { writer.member("sealing", sealing.rawValue) }
        erasure?.writeMembers(to: &writer)
        if namesakeCount > 0 { writer.member("othersOfThisId", namesakeCount) }
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
    /// Whether the comment could be read.
    package var sealing = StoredEvent.Sealing.plain
    /// How it was erased, when it was.
    package var erasure: StoredEvent.Erasure?
    /// The comment as it is sealed, until it is opened.
    package var comment: SealedComment?

    /// Makes feedback.
    package init(feedback: AuditFeedback, eventID: UUIDBytes, receivedAt: Instant) {
        self.feedback = feedback
        self.eventID = eventID
        self.receivedAt = receivedAt
    }

    /// Writes the feedback as one JSON object.
    package func write(to writer: inout JSONWriter) {
        writer.beginObject()
        feedback.writeMembers(to: &writer)
        writer.member("eventId", eventID.text)
        writer.member("receivedAt", receivedAt.text)
        if sealing != .plain { writer.member("sealing", sealing.rawValue) }
        erasure?.writeMembers(to: &writer)
        writer.endObject()
    }
}

/// Some events, newest first, and where the next ones begin.
package struct AuditPage: Sendable {
    /// The events, with their documents where these were asked for.
    package var events: [StoredEvent]
    /// Where the next page begins; `nil` when this was the last.
    package var next: AuditCursor?

    /// Makes a page.
    package init(events: [StoredEvent], next: AuditCursor?) {
        self.events = events
        self.next = next
    }
}

/// The sealed parts of a stored row, as they wait for their key.
package struct SealedParts: Sendable, Equatable {
    /// The key that they are sealed with.
    package let keyID: UUIDBytes
    /// The sealed reference of the patient.
    package var patient: [UInt8]?
    /// The sealed reference of the user.
    package var user: [UInt8]?
    /// The sealed reference of the encounter.
    package var encounter: [UInt8]?
    /// The sealed inputs with their provenance.
    package var inputs: [UInt8]?
    /// The sealed list of rejected resources.
    package var rejections: [UInt8]?
    /// The sealed evaluation.
    package var result: [UInt8]?
    /// The sealed `cards` array that was sent.
    package var cards: [UInt8]?

    /// Makes parts of which there are none yet.
    package init(keyID: UUIDBytes) {
        self.keyID = keyID
    }
}
