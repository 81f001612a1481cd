import Basics
import Testing

@testable import Audit

@Suite("Canonical rows")
struct AuditRowTests {
    typealias Change = @Sendable (inout AuditRow) -> Void

    /// One change for each stored property of a row; the test below fails for one that is missing.
    static let changes: [String: Change] = [
        "tenant": { $0.tenant += "x" },
        "startedAt": { $0.startedAt = $0.startedAt.advanced(byMicroseconds: 1) },
        "eventID": { $0.eventID = UUIDBytes(high: 9, low: 9) },
        "kind": { $0.kind = "feedback" },
        "outcome": { $0.outcome = "failed" },
        "status": { $0.status += 1 },
        "schemaVersion": { $0.schemaVersion += 1 },
        "replayedAt": { $0.replayedAt = nil },
        "client": { $0.client = "" },
        "service": { $0.service = nil },
        "hook": { $0.hook = nil },
        "hookInstance": { $0.hookInstance = nil },
        "arm": { $0.arm = "shadow" },
        "patientPseudonym": { $0.patientPseudonym?[31] ^= 1 },
        "userPseudonym": { $0.userPseudonym = nil },
        "encounterPseudonym": { $0.encounterPseudonym = [] },
        "artifacts": { $0.artifacts?.append(32) },
        "inputs": { $0.inputs = nil },
        "rejections": { $0.rejections = nil },
        "result": { $0.result = nil },
        "cards": { $0.cards = nil },
        "cardIDs": { $0.cardIDs.reverse() },
        "indicator": { $0.indicator = "info" },
        "missingInputs": { $0.missingInputs = ["ab"] },
        "reasonCode": { $0.reasonCode = nil },
        "requestDigest": { $0.requestDigest = nil },
        "responseDigest": { $0.responseDigest = nil },
        "stageMicroseconds": { $0.stageMicroseconds = nil },
        "traceID": { $0.traceID = nil },
        "parentSpanID": { $0.parentSpanID = nil },
        "flags": { $0.flags.append("") },
        "durationMicroseconds": { $0.durationMicroseconds = 0 },
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
        "pseudonymEpoch": { $0.pseudonymEpoch = 2 },
        "keyID": { $0.keyID = nil },
        "sealedPatient": { $0.sealedPatient = nil },
        "sealedUser": { $0.sealedUser = nil },
        "sealedEncounter": { $0.sealedEncounter = nil },
        "sealedInputs": { $0.sealedInputs?[0] ^= 128 },
        "sealedRejections": { $0.sealedRejections = nil },
        "sealedResult": { $0.sealedResult = nil },
        "sealedCards": { $0.sealedCards = nil },
        "shownCards": { $0.shownCards[0].name = nil },
        "feedback": { $0.feedback[0].item = 1 },
    ]

    typealias FeedbackChange = @Sendable (inout AuditRow.Feedback) -> Void

    static let feedbackChanges: [String: FeedbackChange] = [
        "item": { $0.item = 7 },
        "cardID": { $0.cardID = UUIDBytes(high: 1, low: 0) },
        "outcome": { $0.outcome = "overridden" },
        "acceptedSuggestions": { $0.acceptedSuggestions = ["ab", ""] },
        "overrideReason": { $0.overrideReason = nil },
        "userComment": { $0.userComment = nil },
        "outcomeAt": { $0.outcomeAt = nil },
        "keyID": { $0.keyID = nil },
        "sealedComment": { $0.sealedComment = nil },
    ]

    @Test("Every column of a row changes its canonical form, and every column is in the table")
    func everyColumnCounts() throws {
        let row = RandomRow.full
        let names = Mirror(reflecting: row).children.compactMap(\.label)
        #expect(Set(names) == Set(Self.changes.keys))
        #expect(names.count == 53)
        for name in names {
            let change = try #require(Self.changes[name])
            var other = row
            change(&other)
            #expect(other.canonical != row.canonical, "\(name)")
            #expect(try AuditRow(canonical: other.canonical) == other, "\(name)")
        }
    }

    @Test("Every column of feedback and cards changes the canonical form")
    func everyPartCounts() throws {
        let row = RandomRow.full
        let names = Mirror(reflecting: row.feedback[0]).children.compactMap(\.label)
        #expect(Set(names) == Set(Self.feedbackChanges.keys))
        for name in names {
            let change = try #require(Self.feedbackChanges[name])
            var other = row
            change(&other.feedback[0])
            #expect(other.canonical != row.canonical, "\(name)")
            #expect(try AuditRow(canonical: other.canonical) == other, "\(name)")
        }
        let cardNames = Mirror(reflecting: row.shownCards[0]).children.compactMap(\.label)
        #expect(cardNames == ["cardID", "name"])
        for change: Change in [
            { $0.shownCards[0].cardID = UUIDBytes(high: 3, low: 3) },
            { $0.shownCards[0].name = "" },
            { $0.shownCards.removeLast() },
            { $0.feedback.removeAll() },
        ] {
            var other = row
            change(&other)
            #expect(other.canonical != row.canonical)
        }
    }

    /// What of a record is stored sealed only, and so is not in its row; and what is no evidence but
    /// the memory of what need not be shown again.
    static let sealedOnly: Set = [
        "patientReference", "userReference", "encounterReference", "shown",
    ]

    @Test("Every field of a record that is stored reaches the row")
    func everyFieldOfARecordCounts() throws {
        let sealed = RandomRow.sealed
        let row = AuditRow(sealed)
        let names = Mirror(reflecting: sealed.record).children.compactMap(\.label)
        #expect(Set(names) == Set(RandomRow.recordChanges.keys).union(Self.sealedOnly))
        for (name, change) in RandomRow.recordChanges {
            var other = sealed
            change(&other.record)
            #expect(AuditRow(other).canonical != row.canonical, "\(name)")
        }
        let parts = Mirror(reflecting: sealed).children.compactMap(\.label)
        #expect(Set(parts) == Set(RandomRow.sealedChanges.keys).union(["record", "newKeys"]))
        for (name, change) in RandomRow.sealedChanges {
            var other = sealed
            change(&other)
            #expect(AuditRow(other).canonical != row.canonical, "\(name)")
        }
    }

    @Test("2,000 random rows come back from their canonical form, and no two share one")
    func roundTrip() throws {
        var random = SeededNumbers(1)
        var seen: [[UInt8]: AuditRow] = [:]
        for _ in 0..<2_000 {
            let row = RandomRow.make(&random)
            let bytes = row.canonical
            #expect(try AuditRow(canonical: bytes) == row)
            if let other = seen[bytes] { #expect(other == row) }
            seen[bytes] = row
        }
        #expect(seen.count == 2_000)
    }

    @Test("A record comes back from the row that it became")
    func recordRoundTrip() throws {
        let sealed = RandomRow.sealed
        let row = AuditRow(sealed)
        let again = try #require(SealedRecord(try AuditRow(canonical: row.canonical)))
        #expect(AuditRow(again) == row)
        var tampered = row
        tampered.kind = "gossip"
        #expect(SealedRecord(tampered) == nil)
        tampered = row
        tampered.schemaVersion = 1
        #expect(SealedRecord(tampered) == nil)
    }

    @Test("A canonical form that is cut, or goes on, is refused")
    func cutForms() throws {
        let bytes = RandomRow.full.canonical
        for count in 0..<bytes.count {
            #expect(throws: CanonicalError.self) {
                try AuditRow(canonical: Array(bytes[..<count]))
            }
        }
        #expect(throws: CanonicalError(code: .unreadable, offset: bytes.count)) {
            try AuditRow(canonical: bytes + [0])
        }
        #expect(throws: CanonicalError(code: .unknownVersion, offset: 0)) {
            try AuditRow(canonical: [2] + bytes.dropFirst())
        }
    }

    @Test("Whatever bit is turned, the bytes are refused or mean another row")
    func everyBit() throws {
        let row = RandomRow.full
        let bytes = row.canonical
        for place in bytes.indices {
            for bit in 0..<8 {
                var bent = bytes
                bent[place] ^= 1 << UInt8(bit)
                guard let other = try? AuditRow(canonical: bent) else { continue }
                #expect(other.canonical == bent, "byte \(place)")
            }
        }
    }

    @Test("A NUL becomes U+FFFD in every text, as it is stored")
    func nul() {
        var sealed = RandomRow.sealed
        sealed.record.client = "a\0b"
        #expect(AuditRow(sealed).client == "a\u{FFFD}b")
    }

    @Test("Cards stand in the order of their ids, whatever order the table gives them in")
    func cardOrder() {
        var row = RandomRow.full
        let ordered = row.canonical
        row.shownCards.reverse()
        #expect(row.canonical != ordered)
        row.orderCards()
        #expect(row.canonical == ordered)
    }
}
