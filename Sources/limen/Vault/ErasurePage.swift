import AuditStore
import Basics
import JSON

/// Prints what an erasure would do.
struct ErasurePage {
    let scope: ErasureScope
    let plan: [KeyStore.PlannedKey]

    /// The page, as a text or as JSON.
    func text(isJSON: Bool) -> String {
        isJSON ? json + "\n" : text
    }

    private var text: String {
        var table = TextTable()
        table.append(["month", "key", "", "free on"])
        for key in plan {
            table.append([
                String(key.month.prefix(7)), key.keyID.text,
                key.isNote ? "\(key.state.rawValue) (review)" : key.state.rawValue, key.freeOn,
            ])
        }
        return table.lines().joined(separator: "\n") + "\n"
            + "\(scope.facts.sealedRowCount) sealed rows, \(scope.facts.commentCount) comments, "
            + "\(scope.facts.plainRowCount) rows in plain, \(scope.facts.cardIDs.count) cards\n"
    }

    private var json: String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.name("keys")
        writer.beginArray()
        for key in plan {
            writer.beginObject()
            writer.member("keyId", key.keyID.text)
            writer.member("month", key.month)
            writer.member("state", key.state.rawValue)
            writer.member("freeOn", key.freeOn)
            writer.member("isReview", key.isNote)
            writer.endObject()
        }
        writer.endArray()
        writer.member("sealedRows", scope.facts.sealedRowCount)
        writer.member("comments", scope.facts.commentCount)
        writer.member("plainRows", scope.facts.plainRowCount)
        writer.member("cards", scope.facts.cardIDs.count)
        writer.endObject()
        return writer.text
    }
}
