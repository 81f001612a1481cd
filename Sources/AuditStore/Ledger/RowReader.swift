import Audit
import Basics
import PostgreSQL

/// Reads whole rows, each column in the form in which it is hashed.
enum RowReader {
    /// The row of a result whose first columns are those of the statements below.
    static func row(
        _ rows: borrowing QueryResult,
        _ row: Int
    ) throws(PostgreSQLError) -> AuditRow {
        guard let tenant = try rows.text(row, 0), let startedAt = try rows.instant(row, 1),
            let eventID = try rows.uuid(row, 2), let kind = try rows.text(row, 3),
            let outcome = try rows.text(row, 4), let status = try rows.integer(row, 5),
            let schemaVersion = try rows.integer(row, 6)
        else { throw PostgreSQLError(code: .unexpectedResult) }
        var read = AuditRow(
            tenant: tenant,
            startedAt: startedAt,
            eventID: eventID,
            kind: kind,
            outcome: outcome,
            status: Int32(clamping: status),
            schemaVersion: Int32(clamping: schemaVersion)
        )
        try readRequest(rows, row, into: &read)
        readDocuments(rows, row, into: &read)
        try readCaller(rows, row, into: &read)
        try readSealed(rows, row, into: &read)
        return read
    }

    private static func readRequest(
        _ rows: borrowing QueryResult,
        _ row: Int,
        into read: inout AuditRow
    ) throws(PostgreSQLError) {
        read.replayedAt = try rows.instant(row, 7)
        read.client = try rows.text(row, 8)
        read.service = try rows.text(row, 9)
        read.hook = try rows.text(row, 10)
        read.hookInstance = try rows.uuid(row, 11)
        read.arm = try rows.text(row, 12)
        read.patientPseudonym = rows.bytes(row, 13)
        read.userPseudonym = rows.bytes(row, 14)
        read.encounterPseudonym = rows.bytes(row, 15)
        read.pseudonymEpoch = try rows.integer(row, 16).map { Int32(clamping: $0) }
        read.cardIDs = try rows.uuids(row, 17) ?? []
        read.indicator = try rows.text(row, 18)
        read.missingInputs = try rows.texts(row, 19) ?? []
        read.reasonCode = try rows.text(row, 20)
        read.traceID = rows.bytes(row, 21)
        read.parentSpanID = rows.bytes(row, 22)
        read.flags = try rows.texts(row, 23) ?? []
        read.causedBy = try rows.uuid(row, 24)
    }

    private static func readDocuments(
        _ rows: borrowing QueryResult,
        _ row: Int,
        into read: inout AuditRow
    ) {
        read.artifacts = rows.bytes(row, 25)
        read.inputs = rows.bytes(row, 26)
        read.rejections = rows.bytes(row, 27)
        read.result = rows.bytes(row, 28)
        read.cards = rows.bytes(row, 29)
        read.requestDigest = rows.bytes(row, 30)
        read.responseDigest = rows.bytes(row, 31)
        read.stageMicroseconds = rows.bytes(row, 32)
        read.details = rows.bytes(row, 33)
    }

    private static func readCaller(
        _ rows: borrowing QueryResult,
        _ row: Int,
        into read: inout AuditRow
    ) throws(PostgreSQLError) {
        read.durationMicroseconds = try rows.integer(row, 34).map { Int64($0) }
        read.clientMethod = try rows.text(row, 35)
        read.clientKey = try rows.text(row, 36)
        read.clientAlgorithm = try rows.text(row, 37)
        read.tokenDigest = rows.bytes(row, 38)
        read.certificateDigest = rows.bytes(row, 39)
        read.peerAddress = try rows.text(row, 40)
        read.hookVersion = try rows.text(row, 41)
        read.programVersion = try rows.text(row, 42)
    }

    private static func readSealed(
        _ rows: borrowing QueryResult,
        _ row: Int,
        into read: inout AuditRow
    ) throws(PostgreSQLError) {
        read.keyID = try rows.uuid(row, 43)
        read.sealedPatient = rows.bytes(row, 44)
        read.sealedUser = rows.bytes(row, 45)
        read.sealedEncounter = rows.bytes(row, 46)
        read.sealedInputs = rows.bytes(row, 47)
        read.sealedRejections = rows.bytes(row, 48)
        read.sealedResult = rows.bytes(row, 49)
        read.sealedCards = rows.bytes(row, 50)
    }

    /// Reads the cards and the feedback of some rows and puts them in.
    static func addParts(
        to rows: inout [AuditRow],
        on connection: borrowing Connection
    ) throws(PostgreSQLError) {
        guard !rows.isEmpty else { return }
        let keys = rows.map { row in
            var values = Parameters()
            values.add(text: row.tenant)
            values.add(instant: row.startedAt)
            values.add(uuid: row.eventID)
            return values
        }
        var places: [UUIDBytes: [Int]] = [:]
        for (place, row) in rows.enumerated() { places[row.eventID, default: []].append(place) }
        let cards = try connection.execute(LedgerStatements.cards, Parameters(transposing: keys))
        for card in 0..<cards.rowCount {
            guard let tenant = try cards.text(card, 0), let startedAt = try cards.instant(card, 1),
                let eventID = try cards.uuid(card, 2), let cardID = try cards.uuid(card, 3)
            else { throw PostgreSQLError(code: .unexpectedResult) }
            let read = AuditRow.Card(cardID: cardID, name: try cards.text(card, 4))
            for place in places[eventID] ?? []
            where rows[place].tenant == tenant && rows[place].startedAt == startedAt {
                rows[place].shownCards.append(read)
            }
        }
        for place in rows.indices where rows[place].shownCards.count > 1 {
            rows[place].orderCards()
        }
        let items = try connection.execute(LedgerStatements.items, Parameters(transposing: keys))
        for item in 0..<items.rowCount {
            guard let tenant = try items.text(item, 0), let startedAt = try items.instant(item, 1),
                let eventID = try items.uuid(item, 2), let number = try items.integer(item, 3),
                let cardID = try items.uuid(item, 4), let outcome = try items.text(item, 5)
            else { throw PostgreSQLError(code: .unexpectedResult) }
            var read = AuditRow.Feedback(
                item: Int32(clamping: number),
                cardID: cardID,
                outcome: outcome
            )
            read.acceptedSuggestions = try items.texts(item, 6) ?? []
            read.overrideReason = try items.text(item, 7)
            read.userComment = try items.text(item, 8)
            read.outcomeAt = try items.instant(item, 9)
            read.keyID = try items.uuid(item, 10)
            read.sealedComment = items.bytes(item, 11)
            for place in places[eventID] ?? []
            where rows[place].tenant == tenant && rows[place].startedAt == startedAt {
                rows[place].feedback.append(read)
            }
        }
    }
}
