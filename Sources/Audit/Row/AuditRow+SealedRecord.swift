import Basics

extension AuditRow {
    /// The form of the rows that this program writes.
    package static let schemaVersion: Int32 = 2

    /// The row that a record becomes, as the database will give it back.
    ///
    /// The references of patient, user and encounter are stored sealed only.
    package init(_ sealed: SealedRecord) {
        let record = sealed.record
        self.init(
            tenant: Self.storable(record.tenant),
            startedAt: record.startedAt,
            eventID: record.eventID,
            kind: record.kind.rawValue,
            outcome: record.outcome.rawValue,
            status: Int32(clamping: record.status),
            schemaVersion: Self.schemaVersion
        )
        takeRequest(record)
        takeDocuments(record)
        takeCaller(record)
        takeSealed(sealed)
        takeCards(record)
        takeFeedback(sealed)
    }

    private mutating func takeRequest(_ record: AuditRecord) {
        replayedAt = record.replayedAt
        client = record.client.map(Self.storable)
        service = record.service.map(Self.storable)
        hook = record.hook.map(Self.storable)
        hookInstance = record.hookInstance
        arm = record.arm?.rawValue
        patientPseudonym = record.patientPseudonym
        userPseudonym = record.userPseudonym
        encounterPseudonym = record.encounterPseudonym
        pseudonymEpoch = record.pseudonymEpoch.map { Int32(clamping: $0) }
        indicator = record.indicator.map(Self.storable)
        missingInputs = record.missingInputs.map(Self.storable)
        reasonCode = record.reasonCode.map(Self.storable)
        traceID = record.traceID
        parentSpanID = record.parentSpanID
        flags = record.flags.map(Self.storable)
        causedBy = record.causedBy
    }

    private mutating func takeDocuments(_ record: AuditRecord) {
        artifacts = record.artifacts
        inputs = record.inputs
        rejections = record.rejections
        result = record.result
        cards = record.cards
        requestDigest = record.requestDigest
        responseDigest = record.responseDigest
        stageMicroseconds = record.stageMicroseconds
        details = record.details
    }

    private mutating func takeCaller(_ record: AuditRecord) {
        durationMicroseconds = record.durationMicroseconds
        clientMethod = record.clientMethod.map(Self.storable)
        clientKey = record.clientKey.map(Self.storable)
        clientAlgorithm = record.clientAlgorithm.map(Self.storable)
        tokenDigest = record.tokenDigest
        certificateDigest = record.certificateDigest
        peerAddress = record.peerAddress.map(Self.storable)
        hookVersion = record.hookVersion.map(Self.storable)
        programVersion = record.programVersion.map(Self.storable)
    }

    private mutating func takeSealed(_ sealed: SealedRecord) {
        keyID = sealed.keyID
        sealedPatient = sealed.patient
        sealedUser = sealed.user
        sealedEncounter = sealed.encounter
        sealedInputs = sealed.inputs
        sealedRejections = sealed.rejections
        sealedResult = sealed.result
        sealedCards = sealed.cards
    }

    private mutating func takeCards(_ record: AuditRecord) {
        cardIDs = record.cardIDs
        // Feedback names cards and shows none.
        guard record.kind != .feedback else { return }
        var seen: Set<UUIDBytes> = []
        for id in record.cardIDs where seen.insert(id).inserted {
            shownCards.append(Card(cardID: id, name: record.cardNames[id].map(Self.storable)))
        }
    }

    private mutating func takeFeedback(_ sealed: SealedRecord) {
        for (item, given) in sealed.record.feedback.enumerated() {
            var row = Feedback(
                item: Int32(clamping: item),
                cardID: given.cardID,
                outcome: Self.storable(given.outcome)
            )
            row.acceptedSuggestions = given.acceptedSuggestions.map(Self.storable)
            row.overrideReason = given.overrideReason.map(Self.storable)
            row.userComment = given.userComment.map(Self.storable)
            row.outcomeAt = given.outcomeAt
            row.keyID = sealed.comments[item]?.keyID
            row.sealedComment = sealed.comments[item]?.text
            feedback.append(row)
        }
    }

    /// A text without NUL, the one character that PostgreSQL text cannot hold.
    ///
    /// A comment may hold `\u0000` in JSON; it becomes U+FFFD, so that a client cannot keep its own
    /// feedback from being recorded.
    package static func storable(_ text: String) -> String {
        guard text.utf8.contains(0) else { return text }
        return String(text.unicodeScalars.map { $0 == "\0" ? "\u{FFFD}" : Character($0) })
    }
}

extension SealedRecord {
    /// The record that a row was made of; `nil` when no record of this program makes such a row.
    package init?(_ row: AuditRow) {
        guard let kind = AuditRecord.Kind(rawValue: row.kind),
            let outcome = AuditRecord.Outcome(rawValue: row.outcome)
        else { return nil }
        var record = AuditRecord(
            eventID: row.eventID,
            tenant: row.tenant,
            kind: kind,
            outcome: outcome,
            startedAt: row.startedAt,
            status: Int(row.status)
        )
        if let text = row.arm {
            guard let arm = AuditRecord.Arm(rawValue: text) else { return nil }
            record.arm = arm
        }
        Self.takeRequest(row, into: &record)
        Self.takeDocuments(row, into: &record)
        Self.takeCaller(row, into: &record)
        for card in row.shownCards where card.name != nil {
            record.cardNames[card.cardID] = card.name
        }
        self.init(unsealed: record)
        takeFeedback(row)
        keyID = row.keyID
        patient = row.sealedPatient
        user = row.sealedUser
        encounter = row.sealedEncounter
        inputs = row.sealedInputs
        rejections = row.sealedRejections
        result = row.sealedResult
        cards = row.sealedCards
        // What cannot be said by a record was not made from one.
        guard AuditRow(self) == row else { return nil }
    }

    private static func takeRequest(_ row: AuditRow, into record: inout AuditRecord) {
        record.replayedAt = row.replayedAt
        record.client = row.client
        record.service = row.service
        record.hook = row.hook
        record.hookInstance = row.hookInstance
        record.patientPseudonym = row.patientPseudonym
        record.userPseudonym = row.userPseudonym
        record.encounterPseudonym = row.encounterPseudonym
        record.pseudonymEpoch = row.pseudonymEpoch.map { Int($0) }
        record.cardIDs = row.cardIDs
        record.indicator = row.indicator
        record.missingInputs = row.missingInputs
        record.reasonCode = row.reasonCode
        record.traceID = row.traceID
        record.parentSpanID = row.parentSpanID
        record.flags = row.flags
        record.causedBy = row.causedBy
    }

    private static func takeDocuments(_ row: AuditRow, into record: inout AuditRecord) {
        record.artifacts = row.artifacts
        record.inputs = row.inputs
        record.rejections = row.rejections
        record.result = row.result
        record.cards = row.cards
        record.requestDigest = row.requestDigest
        record.responseDigest = row.responseDigest
        record.stageMicroseconds = row.stageMicroseconds
        record.details = row.details
    }

    private static func takeCaller(_ row: AuditRow, into record: inout AuditRecord) {
        record.durationMicroseconds = row.durationMicroseconds
        record.clientMethod = row.clientMethod
        record.clientKey = row.clientKey
        record.clientAlgorithm = row.clientAlgorithm
        record.tokenDigest = row.tokenDigest
        record.certificateDigest = row.certificateDigest
        record.peerAddress = row.peerAddress
        record.hookVersion = row.hookVersion
        record.programVersion = row.programVersion
    }

    private mutating func takeFeedback(_ row: AuditRow) {
        for (place, given) in row.feedback.enumerated() {
            var feedback = AuditFeedback(cardID: given.cardID, outcome: given.outcome)
            feedback.acceptedSuggestions = given.acceptedSuggestions
            feedback.overrideReason = given.overrideReason
            feedback.userComment = given.userComment
            feedback.outcomeAt = given.outcomeAt
            record.feedback.append(feedback)
            if let keyID = given.keyID, let text = given.sealedComment {
                comments[place] = SealedComment(keyID: keyID, text: text)
            }
        }
    }
}
