import Audit
import PostgreSQL

/// Reads events and feedback from the rows that `AuditStatements` gives.
package enum EventReader {
    /// The event of one row, as far as it is plain; what is sealed waits in `StoredEvent.parts`.
    static func event(
        _ rows: borrowing QueryResult,
        _ row: Int
    ) throws(PostgreSQLError) -> StoredEvent {
        guard let tenant = try rows.text(row, 0),
            let startedAt = try rows.instant(row, 1),
            let eventID = try rows.uuid(row, 2),
            let kind = AuditRecord.Kind(rawValue: try rows.text(row, 3) ?? ""),
            let outcome = AuditRecord.Outcome(rawValue: try rows.text(row, 4) ?? ""),
            let status = try rows.integer(row, 5),
            let recordedAt = try rows.instant(row, 6)
        else { throw PostgreSQLError(code: .unexpectedResult) }
        var record = AuditRecord(
            eventID: eventID,
            tenant: tenant,
            kind: kind,
            outcome: outcome,
            startedAt: startedAt,
            status: status
        )
        record.replayedAt = try rows.instant(row, 7)
        record.client = try rows.text(row, 8)
        record.service = try rows.text(row, 9)
        record.hook = try rows.text(row, 10)
        record.hookInstance = try rows.uuid(row, 11)
        record.patientPseudonym = rows.bytes(row, 12)
        record.userPseudonym = rows.bytes(row, 13)
        record.encounterPseudonym = rows.bytes(row, 14)
        record.indicator = try rows.text(row, 16)
        record.reasonCode = try rows.text(row, 18)
        record.traceID = rows.bytes(row, 19)
        record.parentSpanID = rows.bytes(row, 20)
        readLists(rows, row, into: &record)
        if let arm = try rows.text(row, 22) {
            guard let known = AuditRecord.Arm(rawValue: arm) else {
                throw PostgreSQLError(code: .unexpectedResult)
            }
            record.arm = known
        }
        readDocuments(rows, row, into: &record)
        try readCaller(rows, row, into: &record)
        var event = StoredEvent(record: record, recordedAt: recordedAt)
        try readPlace(rows, row, into: &event)
        return event
    }

    /// The flag of a row whose lists cannot be read: of before the check that refuses such rows.
    ///
    /// It is shown with what can be read, so that it hides none of the others.
    package static let unreadable = "unreadable"

    private static func readLists(
        _ rows: borrowing QueryResult,
        _ row: Int,
        into record: inout AuditRecord
    ) {
        do throws(PostgreSQLError) {
            let cardIDs = try rows.uuids(row, 15) ?? []
            let missingInputs = try rows.texts(row, 17) ?? []
            record.flags = try rows.texts(row, 21) ?? []
            record.cardIDs = cardIDs
            record.missingInputs = missingInputs
        } catch {
            record.flags = [unreadable]
        }
    }

    /// The feedback of all rows.
    static func feedback(
        _ rows: borrowing QueryResult
    ) throws(PostgreSQLError) -> [StoredFeedback] {
        var all: [StoredFeedback] = []
        for row in 0..<rows.rowCount {
            guard let cardID = try rows.uuid(row, 0), let outcome = try rows.text(row, 1),
                let eventID = try rows.uuid(row, 6), let receivedAt = try rows.instant(row, 7)
            else { throw PostgreSQLError(code: .unexpectedResult) }
            var feedback = AuditFeedback(cardID: cardID, outcome: outcome)
            feedback.acceptedSuggestions = try rows.texts(row, 2) ?? []
            feedback.overrideReason = try rows.text(row, 3)
            feedback.userComment = try rows.text(row, 4)
            feedback.outcomeAt = try rows.instant(row, 5)
            var stored = StoredFeedback(
                feedback: feedback,
                eventID: eventID,
                receivedAt: receivedAt
            )
            if let keyID = try rows.uuid(row, 8), let text = rows.bytes(row, 9) {
                stored.sealing = .sealed
                stored.comment = SealedComment(keyID: keyID, text: text)
            }
            all.append(stored)
        }
        return all
    }

    private static func readDocuments(
        _ rows: borrowing QueryResult,
        _ row: Int,
        into record: inout AuditRecord
    ) {
        record.artifacts = rows.bytes(row, 23)
        record.inputs = rows.bytes(row, 24)
        record.rejections = rows.bytes(row, 25)
        record.result = rows.bytes(row, 26)
        record.cards = rows.bytes(row, 27)
        record.stageMicroseconds = rows.bytes(row, 28)
        record.requestDigest = rows.bytes(row, 29)
        record.responseDigest = rows.bytes(row, 30)
    }

    private static func readCaller(
        _ rows: borrowing QueryResult,
        _ row: Int,
        into record: inout AuditRecord
    ) throws(PostgreSQLError) {
        record.durationMicroseconds = try rows.integer(row, 31).map { Int64($0) }
        record.clientMethod = try rows.text(row, 32)
        record.clientKey = try rows.text(row, 33)
        record.clientAlgorithm = try rows.text(row, 34)
        record.tokenDigest = rows.bytes(row, 35)
        record.certificateDigest = rows.bytes(row, 36)
        record.peerAddress = try rows.text(row, 37)
        record.hookVersion = try rows.text(row, 38)
        record.programVersion = try rows.text(row, 39)
        record.causedBy = try rows.uuid(row, 40)
        record.details = rows.bytes(row, 41)
        record.pseudonymEpoch = try rows.integer(row, 42)
    }

    /// The version of the row, its place in its log, and its sealed parts.
    private static func readPlace(
        _ rows: borrowing QueryResult,
        _ row: Int,
        into event: inout StoredEvent
    ) throws(PostgreSQLError) {
        event.schemaVersion = try rows.integer(row, 43) ?? 1
        if let logID = try rows.uuid(row, 44), let sequence = try rows.integer(row, 45),
            let leafHash = rows.bytes(row, 46)
        {
            event.place = LogPlace(logID: logID, sequence: Int64(sequence), leafHash: leafHash)
        }
        guard let keyID = try rows.uuid(row, 47) else { return }
        event.sealing = .sealed
        var parts = SealedParts(keyID: keyID)
        parts.patient = rows.bytes(row, 48)
        parts.user = rows.bytes(row, 49)
        parts.encounter = rows.bytes(row, 50)
        parts.inputs = rows.bytes(row, 51)
        parts.rejections = rows.bytes(row, 52)
        parts.result = rows.bytes(row, 53)
        parts.cards = rows.bytes(row, 54)
        event.parts = parts
    }
}
