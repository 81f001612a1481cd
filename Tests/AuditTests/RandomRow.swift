import Audit
import Basics

/// Random numbers that are the same in every run (SplitMix64).
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}

/// Rows for the tests of the canonical form.
enum RandomRow {
    /// A record that has everything.
    static let sealed: SealedRecord = {
        var record = AuditRecord(
            eventID: UUIDBytes(high: 1, low: 2),
            tenant: "st-anna",
            kind: .decision,
            outcome: .cards,
            startedAt: Instant(microseconds: 1_700_000_000_123_456),
            status: 200
        )
        let ids = [UUIDBytes(high: 8, low: 8), UUIDBytes(high: 7, low: 7)]
        record.replayedAt = Instant(microseconds: -5)
        record.client = "ehr"
        record.service = "news2"
        record.hook = "patient-view"
        record.hookInstance = UUIDBytes(high: 3, low: 4)
        record.arm = .live
        record.patientPseudonym = [UInt8](repeating: 1, count: 32)
        record.userPseudonym = [UInt8](repeating: 2, count: 32)
        record.encounterPseudonym = [UInt8](repeating: 3, count: 32)
        record.artifacts = Array("{}".utf8)
        record.inputs = Array("[1.10]".utf8)
        record.rejections = Array("[]".utf8)
        record.result = Array("null".utf8)
        record.cards = Array("[ ]".utf8)
        record.cardIDs = ids
        record.cardNames = [ids[0]: "emergency"]
        record.indicator = "critical"
        record.missingInputs = ["a", "b"]
        record.reasonCode = "LIMEN-GATE-004"
        record.requestDigest = [UInt8](repeating: 4, count: 32)
        record.responseDigest = [UInt8](repeating: 5, count: 32)
        record.stageMicroseconds = Array("{\"parse\":1}".utf8)
        record.traceID = [UInt8](repeating: 6, count: 16)
        record.parentSpanID = [UInt8](repeating: 7, count: 8)
        record.flags = ["replay"]
        var item = AuditFeedback(cardID: ids[0], outcome: "accepted")
        item.acceptedSuggestions = ["a", "b"]
        item.overrideReason = "s|c"
        item.userComment = "\u{E9}"
        item.outcomeAt = Instant(microseconds: 77)
        record.feedback = [item]
        record.durationMicroseconds = 12
        record.clientMethod = "token"
        record.clientKey = "k1"
        record.clientAlgorithm = "ES384"
        record.tokenDigest = [UInt8](repeating: 8, count: 32)
        record.certificateDigest = [UInt8](repeating: 9, count: 32)
        record.peerAddress = "192.0.2.7"
        record.hookVersion = "1.0"
        record.programVersion = "0.1.0"
        record.causedBy = UUIDBytes(high: 5, low: 6)
        record.details = Array("{\"reason\":1}".utf8)
        record.patientReference = "Patient/1"
        record.userReference = "Practitioner/1"
        record.encounterReference = "Encounter/1"
        record.pseudonymEpoch = 1
        var sealed = SealedRecord(unsealed: record)
        sealed.keyID = UUIDBytes(high: 6, low: 7)
        sealed.patient = [1]
        sealed.user = [2]
        sealed.encounter = [3]
        sealed.inputs = [4]
        sealed.rejections = [5]
        sealed.result = [6]
        sealed.cards = [7]
        sealed.comments = [0: SealedComment(keyID: UUIDBytes(high: 7, low: 7), text: [8])]
        return sealed
    }()

    /// The row of that record.
    static let full = AuditRow(sealed)

    /// A row of which each part may be missing.
    static func make(_ random: inout SeededNumbers) -> AuditRow {
        var row = full
        row.eventID = UUIDBytes(high: random.next(), low: random.next())
        row.tenant = text(&random)
        row.startedAt = Instant(microseconds: Int64(bitPattern: random.next()))
        row.status = Int32(truncatingIfNeeded: random.next())
        row.client = Bool.random(using: &random) ? text(&random) : nil
        row.service = Bool.random(using: &random) ? text(&random) : nil
        row.replayedAt = Bool.random(using: &random) ? row.startedAt : nil
        row.patientPseudonym = Bool.random(using: &random) ? bytes(&random) : nil
        row.inputs = Bool.random(using: &random) ? bytes(&random) : nil
        row.sealedCards = Bool.random(using: &random) ? bytes(&random) : nil
        row.flags = (0..<Int.random(in: 0..<4, using: &random)).map { _ in text(&random) }
        row.missingInputs = (0..<Int.random(in: 0..<4, using: &random)).map { _ in text(&random) }
        row.cardIDs = (0..<Int.random(in: 0..<3, using: &random)).map { _ in
            UUIDBytes(high: random.next(), low: random.next())
        }
        row.shownCards = row.cardIDs.map { AuditRow.Card(cardID: $0, name: text(&random)) }
        row.feedback = (0..<Int32.random(in: 0..<3, using: &random)).map { item in
            var item = AuditRow.Feedback(item: item, cardID: row.eventID, outcome: text(&random))
            item.sealedComment = bytes(&random)
            return item
        }
        return row
    }

    private static func text(_ random: inout SeededNumbers) -> String {
        let letters = ["a", "\u{1F9EC}", "\u{E9}", "|", "\n", "\"", "\u{0}"]
        return (0..<Int.random(in: 0..<6, using: &random)).reduce("") { text, _ in
            text + (letters.randomElement(using: &random) ?? "")
        }
    }

    private static func bytes(_ random: inout SeededNumbers) -> [UInt8] {
        (0..<Int.random(in: 0..<9, using: &random)).map { _ in
            UInt8(truncatingIfNeeded: random.next())
        }
    }

    /// One change for each field of a record that is stored.
    static let recordChanges: [String: @Sendable (inout AuditRecord) -> Void] = [
        "eventID": { $0.eventID = UUIDBytes(high: 0, low: 0) },
        "tenant": { $0.tenant = "other" },
        "kind": { $0.kind = .evaluation },
        "outcome": { $0.outcome = .failed },
        "startedAt": { $0.startedAt = Instant(microseconds: 0) },
        "replayedAt": { $0.replayedAt = nil },
        "client": { $0.client = nil },
        "service": { $0.service = nil },
        "hook": { $0.hook = nil },
        "hookInstance": { $0.hookInstance = nil },
        "arm": { $0.arm = nil },
        "patientPseudonym": { $0.patientPseudonym = nil },
        "userPseudonym": { $0.userPseudonym = nil },
        "encounterPseudonym": { $0.encounterPseudonym = nil },
        "artifacts": { $0.artifacts = nil },
        "inputs": { $0.inputs = nil },
        "rejections": { $0.rejections = nil },
        "result": { $0.result = nil },
        "cards": { $0.cards = nil },
        "cardIDs": { $0.cardIDs.removeLast() },
        "cardNames": { $0.cardNames = [:] },
        "indicator": { $0.indicator = nil },
        "missingInputs": { $0.missingInputs = [] },
        "reasonCode": { $0.reasonCode = nil },
        "status": { $0.status = 0 },
        "requestDigest": { $0.requestDigest = nil },
        "responseDigest": { $0.responseDigest = nil },
        "stageMicroseconds": { $0.stageMicroseconds = nil },
        "traceID": { $0.traceID = nil },
        "parentSpanID": { $0.parentSpanID = nil },
        "flags": { $0.flags = [] },
        "feedback": { $0.feedback = [] },
        "durationMicroseconds": { $0.durationMicroseconds = nil },
        "clientMethod": { $0.clientMethod = nil },
        "clientKey": { $0.clientKey = nil },
        "clientAlgorithm": { $0.clientAlgorithm = nil },
        "tokenDigest": { $0.tokenDigest = nil },
        "certificateDigest": { $0.certificateDigest = nil },
        "peerAddress": { $0.peerAddress = nil },
        "hookVersion": { $0.hookVersion = nil },
        "programVersion": { $0.programVersion = nil },
        "causedBy": { $0.causedBy = nil },
        "details": { $0.details = nil },
        "pseudonymEpoch": { $0.pseudonymEpoch = nil },
    ]

    /// One change for each sealed part.
    static let sealedChanges: [String: @Sendable (inout SealedRecord) -> Void] = [
        "keyID": { $0.keyID = nil },
        "patient": { $0.patient = nil },
        "user": { $0.user = nil },
        "encounter": { $0.encounter = nil },
        "inputs": { $0.inputs = nil },
        "rejections": { $0.rejections = nil },
        "result": { $0.result = nil },
        "cards": { $0.cards = nil },
        "comments": { $0.comments = [:] },
    ]
}
