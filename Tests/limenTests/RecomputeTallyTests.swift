import Audit
import Basics
import Gateway
import JSON
import Testing

@testable import limen

@Suite("What recompute counts")
struct RecomputeTallyTests {
    static func event() -> StoredEvent {
        let record = AuditRecord(
            eventID: UUIDBytes(high: 1, low: 1),
            tenant: "demo",
            kind: .decision,
            outcome: .cards,
            startedAt: Instant(microseconds: 0),
            status: 200
        )
        return StoredEvent(record: record, recordedAt: record.startedAt)
    }

    @Test(
        "A row that could not be checked is a finding, whatever kept it from being checked",
        arguments: [
            (Recomputation.Verdict.same, false, ""), (.nothingComputed, false, ""),
            (.sealed, true, "NOT CHECKED: sealed, and the key is not here"),
            (.keyMissing, true, "the key has not reached the database"),
            (.erased, true, "NOT CHECKED: erased"),
            (.incompleteRow("a medicine without its codes"), true, "CANNOT BE RECOMPUTED"),
            (.unknownDigest("00"), true, "the profile or model of the row is not here"),
            (.unreadable("inputs"), true, "does not hold what it should"),
            (.different([]), true, "DIFFERENT"),
        ]
    )
    func unchecked(verdict: Recomputation.Verdict, isFinding: Bool, words: String) throws {
        for isJSON in [false, true] {
            var tally = RecomputeTally(isJSON: isJSON)
            _ = tally.add(Self.event(), .same)
            let line = tally.add(Self.event(), verdict)
            #expect(tally.hasFindings == isFinding)
            if isJSON {
                let root = try JSONDocument(parsing: line).root
                #expect(root["verdict"]?.stringValue == verdict.word)
                #expect(tally.summary.isEmpty)
            } else {
                #expect(tally.summary.contains(words), "\(tally.summary)")
            }
        }
    }

    @Test("That there are more rows is a finding, and is said to programs too")
    func cut() throws {
        for isJSON in [false, true] {
            var tally = RecomputeTally(isJSON: isJSON)
            _ = tally.add(Self.event(), .same)
            #expect(!tally.hasFindings)
            tally.isCut = true
            #expect(tally.hasFindings)
            guard isJSON else {
                #expect(tally.summary.contains("NOT ALL"))
                continue
            }
            let root = try JSONDocument(parsing: tally.summary).root
            #expect(root["isCut"]?.boolValue == true)
            #expect(root["rows"]?.integerValue == 1)
        }
    }
}
