import Audit
import Basics
import Gateway
import JSON

/// Counts what came of computing decisions again, and says what must be looked at.
struct RecomputeTally {
    let isJSON: Bool
    private(set) var rowCount = 0
    /// Whether there were more rows than were looked at.
    var isCut = false
    private var hasFoundSome = false
    private var counts: [String: Int] = [:]
    private var unknown: [String: Int] = [:]

    init(isJSON: Bool) { self.isJSON = isJSON }

    /// Whether not all of the rows are known to be as they should be.
    var hasFindings: Bool { hasFoundSome || isCut }

    /// Notes a verdict.
    ///
    /// - Returns: what to print of it now; nothing for a row that is as it should be.
    mutating func add(_ event: StoredEvent, _ verdict: Recomputation.Verdict) -> String {
        rowCount += 1
        counts[verdict.word, default: 0] += 1
        if verdict.isFinding { hasFoundSome = true }
        if case .unknownDigest(let digest) = verdict { unknown[digest, default: 0] += 1 }
        if isJSON { return Self.json(event, verdict) }
        let head = "\(event.record.startedAt.text)  \(event.record.eventID.text)"
        switch verdict {
        case .different(let differences):
            return "\(head)  different\n"
                + differences.map {
                    let stored = "  \($0.path)  stored \($0.stored ?? "nothing")"
                    return TextStyle.safe(stored + "  computed \($0.computed ?? "nothing")") + "\n"
                }.joined()
        case .unreadable(let place): return "\(head)  unreadable: \(place)\n"
        case .same, .unknownDigest, .nothingComputed, .sealed, .keyMissing, .erased: return ""
        case .incompleteRow(let reason):
            return "\(head)  cannot be recomputed, because the row holds \(reason)\n"
        }
    }

    /// What came of all rows.
    var summary: String {
        if isJSON { return isCut ? cutLine : "" }
        let sentences = [
            ("same", "computed again with the same result, to the last digit"),
            ("different", "DIFFERENT from what is stored"),
            ("unreadable", "NOT CHECKED: the row does not hold what it should"),
            ("unknown-digest", "NOT CHECKED: the profile or model of the row is not here"),
            ("sealed", "NOT CHECKED: sealed, and the key is not here"),
            ("key-missing", "NOT CHECKED: sealed, and the key has not reached the database"),
            ("erased", "NOT CHECKED: erased"),
            ("incomplete-row", "CANNOT BE RECOMPUTED: the row lacks what it takes"),
            ("nothing-computed", "with nothing that was computed"),
        ]
        var text = ""
        for (word, sentence) in sentences {
            guard let count = counts[word] else { continue }
            text += "\(count)  \(sentence)\n"
        }
        for (digest, count) in unknown.sorted(by: { $0.key < $1.key }) {
            text += "  \(count) of the profile \(digest)\n"
        }
        if isCut { text += "NOT ALL: there are more rows than were looked at; see --limit\n" }
        return text
    }

    /// The last line for programs, when not all of the rows were looked at.
    private var cutLine: String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("isCut", true)
        writer.member("rows", rowCount)
        writer.endObject()
        return writer.text + "\n"
    }

    private static func json(_ event: StoredEvent, _ verdict: Recomputation.Verdict) -> String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("eventId", event.record.eventID.text)
        writer.member("startedAt", event.record.startedAt.text)
        writer.member("verdict", verdict.word)
        switch verdict {
        case .different(let differences):
            writer.name("differences")
            writer.beginArray()
            for difference in differences {
                writer.beginObject()
                writer.member("path", difference.path)
                writer.member("stored", ifPresent: difference.stored)
                writer.member("computed", ifPresent: difference.computed)
                writer.endObject()
            }
            writer.endArray()
        case .unknownDigest(let digest): writer.member("profileSHA256", digest)
        case .unreadable(let place): writer.member("place", place)
        case .incompleteRow(let reason): writer.member("reason", reason)
        case .same, .nothingComputed, .sealed, .keyMissing, .erased: break
        }
        writer.endObject()
        return writer.text + "\n"
    }
}
