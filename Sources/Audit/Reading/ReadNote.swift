package import Basics
import JSON

/// What the trail keeps of its own reading: who asked what, why, and how much was shown.
///
///     {"question":"timeline","reason":"complaint 2026-17","filter":["patient"],"rows":12}
///
/// Names of filters and never their values; the pseudonym of a patient who was asked for has a
/// column of its own, so that "who saw this patient" finds the readers too.
package struct ReadNote: Sendable {
    /// What was asked, such as `list` or `timeline`.
    package var question: String
    /// Why, in the words of the reader.
    package var reason: String?
    /// What narrowed the question.
    package var filter = AuditFilter()
    /// How many events were shown.
    package var rowCount = 0
    /// The event that was shown, or the one that began an export.
    package var about: AuditRecord?
    /// The patient of the event that was shown, under the newest pseudonym that can be made.
    package var subject: Subject?
    /// Further flags of the row.
    package var marks: [String] = []
    /// Further members of the details.
    package var more: [(name: String, value: String)] = []

    /// A patient by pseudonym, with the epoch that it is of.
    package struct Subject: Sendable {
        /// The pseudonym.
        package let pseudonym: [UInt8]
        /// Its epoch; `nil` when it is not known.
        package let epoch: Int?

        /// Names a patient.
        package init(pseudonym: [UInt8], epoch: Int?) {
            self.pseudonym = pseudonym
            self.epoch = epoch
        }
    }

    /// Makes a note.
    package init(_ question: String, reason: String? = nil) {
        self.question = question
        self.reason = reason
    }

    /// The row of the trail.
    ///
    /// - Parameters:
    ///   - kind: `auditRead`, `auditExport` or `auditReview`.
    ///   - tenant: The tenant that was read.
    ///   - client: The login or client that reads.
    ///   - eventID: A fresh id.
    ///   - now: When.
    /// - Returns: The row, not yet durable.
    package func record(
        _ kind: AuditRecord.Kind = .auditRead,
        tenant: String,
        client: String,
        eventID: UUIDBytes,
        now: Instant
    ) -> AuditRecord {
        var record = AuditRecord(
            eventID: eventID,
            tenant: tenant,
            kind: kind,
            outcome: .done,
            startedAt: now,
            status: 200
        )
        record.client = client
        let patient = patient
        record.patientPseudonym = patient?.pseudonym
        record.pseudonymEpoch = patient?.epoch
        record.hookInstance = about?.hookInstance ?? filter.hookInstance
        record.causedBy = about?.eventID
        record.flags = [question] + marks + filter.names.map { "filter:" + $0 }
        record.details = details
        return record
    }

    /// Who was asked for: the pseudonym of the newest epoch, so that the reader is still named when
    /// an earlier epoch has ended.
    private var patient: Subject? {
        if let named = filter.named {
            return Subject(pseudonym: named.pseudonym, epoch: named.epoch)
        }
        if let subject { return subject }
        guard let about, let pseudonym = about.patientPseudonym else { return nil }
        return Subject(pseudonym: pseudonym, epoch: about.pseudonymEpoch)
    }

    /// The details as JSON.
    package var details: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("question", question)
        writer.member("reason", ifPresent: reason)
        writer.name("filter")
        writer.beginArray()
        for name in filter.names { writer.value(name) }
        writer.endArray()
        writer.member("rows", rowCount)
        for (name, value) in more { writer.member(name, value) }
        writer.endObject()
        return writer.bytes
    }

    /// The names of the filters that the flags of a row tell.
    package static func filterNames(in flags: [String]) -> Set<String> {
        Set(flags.filter { $0.hasPrefix("filter:") }.map { String($0.dropFirst(7)) })
    }

    /// Whether a text will do as a reason: one that a reviewer can read, and no page of prose.
    package static func isReason(_ text: String) -> Bool {
        text.count >= 3 && text.utf8.count <= Limits.auditReasonBytesMax
            && text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
            && text.contains { $0.isLetter }
    }
}

/// How the rows of one recomputation are told apart.
package enum RecomputeMark {
    /// It was begun: nothing was shown yet.
    package static let begun = "recompute-begun"
    /// It has ended, with the number of rows that were read.
    package static let complete = "recompute-complete"
}
