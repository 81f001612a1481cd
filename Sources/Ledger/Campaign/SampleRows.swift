package import Audit
package import Basics

/// Rows in which every column holds something, for campaigns.
package enum SampleRows {
    /// The tenants that the rows are of.
    package static let tenants = ["anna", "berta", "system"]

    /// Makes a row.
    package static func row(at moment: Instant, _ random: inout CampaignNumbers) -> AuditRow {
        var row = AuditRow(
            tenant: tenants[Int.random(in: 0..<2, using: &random)],
            startedAt: moment,
            eventID: UUIDBytes(high: random.next(), low: random.next()),
            kind: "decision",
            outcome: "cards",
            status: 200,
            schemaVersion: AuditRow.schemaVersion
        )
        row.replayedAt = moment
        row.client = "ehr"
        row.service = "news2"
        row.hook = "patient-view"
        row.hookInstance = UUIDBytes(high: random.next(), low: random.next())
        row.arm = "live"
        row.patientPseudonym = random.bytes(32)
        row.userPseudonym = random.bytes(32)
        row.encounterPseudonym = random.bytes(32)
        row.pseudonymEpoch = 1
        row.indicator = "warning"
        row.missingInputs = ["pulse"]
        row.reasonCode = "LIMEN-GATE-004"
        row.traceID = random.bytes(16)
        row.parentSpanID = random.bytes(8)
        row.flags = ["assumed-input"]
        row.causedBy = UUIDBytes(high: random.next(), low: random.next())
        addDocuments(to: &row, &random)
        addCaller(to: &row, &random)
        addParts(to: &row, moment, &random)
        return row
    }

    private static func addDocuments(to row: inout AuditRow, _ random: inout CampaignNumbers) {
        row.artifacts = Array("{\"model\":{\"version\":\"1.0.0\"}}".utf8)
        row.inputs = Array("[1.10]".utf8)
        row.rejections = Array("[]".utf8)
        row.result = Array("{\"score\":7}".utf8)
        row.cards = Array("[]".utf8)
        row.requestDigest = random.bytes(32)
        row.responseDigest = random.bytes(32)
        row.stageMicroseconds = Array("{\"parse\":12}".utf8)
        row.details = Array("{\"reason\":\"review\"}".utf8)
        row.keyID = UUIDBytes(high: random.next(), low: random.next())
        row.sealedPatient = random.bytes(40)
        row.sealedUser = random.bytes(40)
        row.sealedEncounter = random.bytes(40)
        row.sealedInputs = random.bytes(200)
        row.sealedRejections = random.bytes(60)
        row.sealedResult = random.bytes(80)
        row.sealedCards = random.bytes(300)
    }

    private static func addCaller(to row: inout AuditRow, _ random: inout CampaignNumbers) {
        row.durationMicroseconds = 1_234
        row.clientMethod = "token"
        row.clientKey = "2026-11"
        row.clientAlgorithm = "ES384"
        row.tokenDigest = random.bytes(32)
        row.certificateDigest = random.bytes(32)
        row.peerAddress = "192.0.2.1"
        row.hookVersion = "1.0"
        row.programVersion = "0.1.0"
    }

    private static func addParts(
        to row: inout AuditRow,
        _ moment: Instant,
        _ random: inout CampaignNumbers
    ) {
        row.cardIDs = (0..<2).map { _ in UUIDBytes(high: random.next(), low: random.next()) }
        row.shownCards = row.cardIDs.map { AuditRow.Card(cardID: $0, name: "emergency") }
        var item = AuditRow.Feedback(item: 0, cardID: row.cardIDs[0], outcome: "accepted")
        item.acceptedSuggestions = ["a"]
        item.overrideReason = "system|code"
        item.userComment = "seen"
        item.outcomeAt = moment
        item.keyID = UUIDBytes(high: random.next(), low: random.next())
        item.sealedComment = random.bytes(30)
        row.feedback = [item]
    }
}
