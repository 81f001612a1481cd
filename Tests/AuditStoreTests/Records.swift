import Audit
import Basics
import Crypto
import Foundation

/// Records for tests.
enum Records {
    /// The moment of now.
    static var now: Instant {
        Instant(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
    }

    /// A decision with little in it.
    static func small(_ tenant: String = "anna", at moment: Instant = now) -> AuditRecord {
        AuditRecord(
            eventID: .version7(at: moment),
            tenant: tenant,
            kind: .decision,
            outcome: .noCards,
            startedAt: moment,
            status: 200
        )
    }

    /// A decision with everything in it.
    static func full(_ tenant: String = "anna", at moment: Instant = now) -> AuditRecord {
        var record = small(tenant, at: moment)
        record.outcome = .cards
        record.replayedAt = Instant(microseconds: 1_600_000_000_000_001)
        record.client = "ehr \u{1F3E5}"
        record.service = "news2"
        record.hook = "patient-view"
        record.hookInstance = .version4()
        record.patientPseudonym = RandomBytes.make(count: 32)
        record.userPseudonym = RandomBytes.make(count: 32)
        record.encounterPseudonym = RandomBytes.make(count: 32)
        record.artifacts = Array(#"{"profile":{"sha256":"00"}}"#.utf8)
        record.inputs = Array(#"[ {"name":"temperature","value":7.10} ]"#.utf8)
        record.rejections = Array(#"{"b":1,"a":2}"#.utf8)
        record.result = Array(#"{"score":7.10}"#.utf8)
        record.cards = Array("[{\"summary\":\"Caf\u{E9}  \\u0000\"}]".utf8)
        record.cardIDs = [.version4(), .version4()]
        record.indicator = "critical"
        record.missingInputs = ["a \"quoted\" name", "back\\slash", "", "NULL", "{,}"]
        record.reasonCode = "LIMEN-TEST"
        record.requestDigest = RandomBytes.make(count: 32)
        record.responseDigest = RandomBytes.make(count: 32)
        record.stageMicroseconds = Array(#"{"parse":12}"#.utf8)
        record.traceID = RandomBytes.make(count: 16)
        record.parentSpanID = RandomBytes.make(count: 8)
        record.flags = ["replay"]
        record.arm = .canary
        record.durationMicroseconds = 803
        record.clientMethod = "token"
        record.clientKey = "2026-11"
        record.clientAlgorithm = "ES384"
        record.tokenDigest = RandomBytes.make(count: 32)
        record.certificateDigest = RandomBytes.make(count: 32)
        record.peerAddress = "2001:db8::7"
        record.hookVersion = "1.1"
        record.programVersion = "1.0.0"
        record.causedBy = .version4()
        record.details = Array(#"{"pages":2}"#.utf8)
        record.pseudonymEpoch = 3
        return record
    }

    /// Feedback on a card.
    static func feedback(
        on cardIDs: [UUIDBytes],
        tenant: String = "anna",
        at moment: Instant = now
    ) -> AuditRecord {
        var record = small(tenant, at: moment)
        record.kind = .feedback
        record.outcome = .done
        record.feedback = cardIDs.map { cardID in
            var item = AuditFeedback(cardID: cardID, outcome: "overridden")
            item.acceptedSuggestions = ["one", "two \"2\""]
            item.overrideReason = "urn:reasons|patient-declined"
            item.userComment = "said\u{0}no"
            item.outcomeAt = moment
            return item
        }
        return record
    }
}
