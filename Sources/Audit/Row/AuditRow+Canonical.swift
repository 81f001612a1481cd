import Basics

extension AuditRow {
    /// The first byte of the canonical form: which fields follow, in which order.
    package static let canonicalVersion: UInt8 = 1

    /// The canonical form: every column in a fixed order, each with its length.
    ///
    /// It can be read back (`init(canonical:)`), so no two rows have the same bytes.
    package var canonical: [UInt8] {
        var writer = CanonicalWriter(reservingBytes: 2_048)
        writeCanonical(to: &writer)
        return writer.bytes
    }

    /// Writes the canonical form.
    package func writeCanonical(to writer: inout CanonicalWriter) {
        writer.byte(Self.canonicalVersion)
        writer.text(tenant)
        writer.instant(startedAt)
        writer.uuid(eventID)
        writer.text(kind)
        writer.text(outcome)
        writer.number(status)
        writer.number(schemaVersion)
        writeRequest(to: &writer)
        writeDocuments(to: &writer)
        writeCaller(to: &writer)
        writeSealed(to: &writer)
        writer.number(UInt32(shownCards.count))
        for card in shownCards {
            writer.uuid(card.cardID)
            writer.text(ifPresent: card.name)
        }
        writer.number(UInt32(feedback.count))
        for row in feedback { row.writeCanonical(to: &writer) }
    }

    private func writeRequest(to writer: inout CanonicalWriter) {
        writer.instant(ifPresent: replayedAt)
        writer.text(ifPresent: client)
        writer.text(ifPresent: service)
        writer.text(ifPresent: hook)
        writer.uuid(ifPresent: hookInstance)
        writer.text(ifPresent: arm)
        writer.data(ifPresent: patientPseudonym)
        writer.data(ifPresent: userPseudonym)
        writer.data(ifPresent: encounterPseudonym)
        writer.number(ifPresent: pseudonymEpoch)
        writer.number(UInt32(cardIDs.count))
        for id in cardIDs { writer.uuid(id) }
        writer.text(ifPresent: indicator)
        writer.texts(missingInputs)
        writer.text(ifPresent: reasonCode)
        writer.data(ifPresent: traceID)
        writer.data(ifPresent: parentSpanID)
        writer.texts(flags)
        writer.uuid(ifPresent: causedBy)
    }

    private func writeDocuments(to writer: inout CanonicalWriter) {
        writer.data(ifPresent: artifacts)
        writer.data(ifPresent: inputs)
        writer.data(ifPresent: rejections)
        writer.data(ifPresent: result)
        writer.data(ifPresent: cards)
        writer.data(ifPresent: requestDigest)
        writer.data(ifPresent: responseDigest)
        writer.data(ifPresent: stageMicroseconds)
        writer.data(ifPresent: details)
    }

    private func writeCaller(to writer: inout CanonicalWriter) {
        writer.number(ifPresent: durationMicroseconds)
        writer.text(ifPresent: clientMethod)
        writer.text(ifPresent: clientKey)
        writer.text(ifPresent: clientAlgorithm)
        writer.data(ifPresent: tokenDigest)
        writer.data(ifPresent: certificateDigest)
        writer.text(ifPresent: peerAddress)
        writer.text(ifPresent: hookVersion)
        writer.text(ifPresent: programVersion)
    }

    private func writeSealed(to writer: inout CanonicalWriter) {
        writer.uuid(ifPresent: keyID)
        writer.data(ifPresent: sealedPatient)
        writer.data(ifPresent: sealedUser)
        writer.data(ifPresent: sealedEncounter)
        writer.data(ifPresent: sealedInputs)
        writer.data(ifPresent: sealedRejections)
        writer.data(ifPresent: sealedResult)
        writer.data(ifPresent: sealedCards)
    }

    /// Reads a canonical form.
    ///
    /// - Throws: `CanonicalError` for every byte string that no row gives.
    package init(canonical bytes: [UInt8]) throws(CanonicalError) {
        var reader = CanonicalReader(bytes)
        try self.init(canonical: &reader)
        try reader.expectEnd()
    }

    /// Reads a canonical form that stands among other bytes.
    package init(canonical reader: inout CanonicalReader) throws(CanonicalError) {
        guard try reader.byte() == Self.canonicalVersion else {
            throw CanonicalError(code: .unknownVersion, offset: 0)
        }
        let tenant = try reader.text()
        let startedAt = try reader.instant()
        let eventID = try reader.uuid()
        let kind = try reader.text()
        let outcome = try reader.text()
        self.init(
            tenant: tenant,
            startedAt: startedAt,
            eventID: eventID,
            kind: kind,
            outcome: outcome,
            status: try reader.number(),
            schemaVersion: try reader.number()
        )
        try readRequest(from: &reader)
        try readDocuments(from: &reader)
        try readCaller(from: &reader)
        try readSealed(from: &reader)
        for _ in 0..<(try reader.count(elementBytesMin: 17)) {
            shownCards.append(
                Card(cardID: try reader.uuid(), name: try reader.textIfPresent())
            )
        }
        for _ in 0..<(try reader.count(elementBytesMin: 33)) {
            feedback.append(try Feedback(canonical: &reader))
        }
    }

    private mutating func readRequest(
        from reader: inout CanonicalReader
    ) throws(CanonicalError) {
        replayedAt = try reader.instantIfPresent()
        client = try reader.textIfPresent()
        service = try reader.textIfPresent()
        hook = try reader.textIfPresent()
        hookInstance = try reader.uuidIfPresent()
        arm = try reader.textIfPresent()
        patientPseudonym = try reader.dataIfPresent()
        userPseudonym = try reader.dataIfPresent()
        encounterPseudonym = try reader.dataIfPresent()
        pseudonymEpoch = try reader.numberIfPresent()
        for _ in 0..<(try reader.count(elementBytesMin: 16)) { cardIDs.append(try reader.uuid()) }
        indicator = try reader.textIfPresent()
        missingInputs = try reader.texts()
        reasonCode = try reader.textIfPresent()
        traceID = try reader.dataIfPresent()
        parentSpanID = try reader.dataIfPresent()
        flags = try reader.texts()
        causedBy = try reader.uuidIfPresent()
    }

    private mutating func readDocuments(
        from reader: inout CanonicalReader
    ) throws(CanonicalError) {
        artifacts = try reader.dataIfPresent()
        inputs = try reader.dataIfPresent()
        rejections = try reader.dataIfPresent()
        result = try reader.dataIfPresent()
        cards = try reader.dataIfPresent()
        requestDigest = try reader.dataIfPresent()
        responseDigest = try reader.dataIfPresent()
        stageMicroseconds = try reader.dataIfPresent()
        details = try reader.dataIfPresent()
    }

    private mutating func readCaller(
        from reader: inout CanonicalReader
    ) throws(CanonicalError) {
        durationMicroseconds = try reader.numberIfPresent()
        clientMethod = try reader.textIfPresent()
        clientKey = try reader.textIfPresent()
        clientAlgorithm = try reader.textIfPresent()
        tokenDigest = try reader.dataIfPresent()
        certificateDigest = try reader.dataIfPresent()
        peerAddress = try reader.textIfPresent()
        hookVersion = try reader.textIfPresent()
        programVersion = try reader.textIfPresent()
    }

    private mutating func readSealed(
        from reader: inout CanonicalReader
    ) throws(CanonicalError) {
        keyID = try reader.uuidIfPresent()
        sealedPatient = try reader.dataIfPresent()
        sealedUser = try reader.dataIfPresent()
        sealedEncounter = try reader.dataIfPresent()
        sealedInputs = try reader.dataIfPresent()
        sealedRejections = try reader.dataIfPresent()
        sealedResult = try reader.dataIfPresent()
        sealedCards = try reader.dataIfPresent()
    }
}

extension AuditRow.Feedback {
    /// Writes the canonical form.
    func writeCanonical(to writer: inout CanonicalWriter) {
        writer.number(item)
        writer.uuid(cardID)
        writer.text(outcome)
        writer.texts(acceptedSuggestions)
        writer.text(ifPresent: overrideReason)
        writer.text(ifPresent: userComment)
        writer.instant(ifPresent: outcomeAt)
        writer.uuid(ifPresent: keyID)
        writer.data(ifPresent: sealedComment)
    }

    /// Reads a canonical form.
    init(canonical reader: inout CanonicalReader) throws(CanonicalError) {
        self.init(
            item: try reader.number(),
            cardID: try reader.uuid(),
            outcome: try reader.text()
        )
        acceptedSuggestions = try reader.texts()
        overrideReason = try reader.textIfPresent()
        userComment = try reader.textIfPresent()
        outcomeAt = try reader.instantIfPresent()
        keyID = try reader.uuidIfPresent()
        sealedComment = try reader.dataIfPresent()
    }
}
