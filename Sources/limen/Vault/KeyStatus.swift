import AuditStore
import Basics
import JSON
import Vault

/// The keys of a tenant beside what lies under them, and which erasures are not yet final.
struct KeyStatus {
    let keys: TenantKeys
    let counts: [AuditQuery.WrappingCount]
    /// How many rows name a key that is gone with no record of its end.
    let lostCount: Int
    /// The data keys that the wrapping key that they name is here for, and does not open.
    var damaged: [UUIDBytes] = []

    /// How many of those are named.
    private static let namedMax = 10

    /// One wrapping key, of the file or of the database.
    struct Line: Equatable {
        let name: String
        let isHere: Bool
        let isCurrent: Bool
        let liveCount: Int
        let noteCount: Int
        let givenUpCount: Int
        let erasedCount: Int

        /// What is to be done about it; empty when nothing is.
        var remark: String {
            if !isHere, liveCount > 0 { return "not here: these rows stay sealed" }
            if isHere, erasedCount > 0 {
                return "erased keys were wrapped under it: copies of them in backups and in the "
                    + "write-ahead log open until it is removed"
            }
            if !isHere, noteCount > 0 { return "not here: these words of reviews stay sealed" }
            if isHere, !isCurrent {
                return liveCount + noteCount > 0 ? "rewrap" : "may be removed"
            }
            return ""
        }
    }

    /// Every wrapping key that is in the file or was ever used.
    var lines: [Line] {
        let names = Set(keys.wrapping.map(\.name)).union(counts.map(\.name)).sorted()
        return names.map { name in
            let count = counts.first { $0.name == name }
            return Line(
                name: name,
                isHere: keys.wrapping(named: name) != nil,
                isCurrent: keys.currentWrapping.name == name,
                liveCount: count?.liveCount ?? 0,
                noteCount: count?.noteCount ?? 0,
                givenUpCount: count?.givenUpCount ?? 0,
                erasedCount: count?.erasedCount ?? 0
            )
        }
    }

    /// Whether every key that is needed is here and every erasure is final.
    var isClean: Bool {
        lostCount == 0 && damaged.isEmpty
            && lines.allSatisfy { $0.isHere ? $0.erasedCount == 0 : $0.liveCount == 0 }
    }

    /// A table.
    var text: String {
        var table = TextTable()
        table.append(["wrapping key", "", "keys", "reviews", "given up", "erased", ""])
        for line in lines {
            let state = line.isCurrent ? "current" : line.isHere ? "here" : "gone"
            table.append([
                line.name, state, String(line.liveCount), String(line.noteCount),
                String(line.givenUpCount), String(line.erasedCount), line.remark,
            ])
        }
        let epochs = keys.pseudonyms.map { String($0.epoch) }.joined(separator: ", ")
        return table.lines().joined(separator: "\n")
            + (lostCount == 0
                ? ""
                : "\nKEYS ARE GONE of \(lostCount) rows, comments or reviews, and no erasure and no "
                    + "dropped month says why: limen audit verify names the first row")
            + damagedText
            + "\npseudonym epochs  \(epochs.isEmpty ? "1 (the tenant's own key)" : epochs)\n"
    }

    /// What is said of keys that do not open; each is named by its id, which tells nothing of whose
    /// rows it seals.
    private var damagedText: String {
        guard !damaged.isEmpty else { return "" }
        let names = damaged.prefix(Self.namedMax).map(\.text).joined(separator: ", ")
        return "\nKEYS DO NOT OPEN: \(damaged.count) data keys were altered, or stand in another's "
            + "place, and what they seal cannot be read: \(names)"
            + (damaged.count > Self.namedMax ? " and more" : "")
    }

    /// The same as JSON.
    var json: String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("tenant", keys.tenant)
        writer.name("wrappingKeys")
        writer.beginArray()
        for line in lines {
            writer.beginObject()
            writer.member("name", line.name)
            writer.member("isHere", line.isHere)
            writer.member("isCurrent", line.isCurrent)
            writer.member("keys", line.liveCount)
            writer.member("reviews", line.noteCount)
            writer.member("givenUp", line.givenUpCount)
            writer.member("erased", line.erasedCount)
            writer.endObject()
        }
        writer.endArray()
        writer.name("pseudonymEpochs")
        writer.beginArray()
        for pseudonym in keys.pseudonyms { writer.value(pseudonym.epoch) }
        writer.endArray()
        writer.member("rowsOfLostKeys", lostCount)
        writer.member("keysNotOpening", damaged.count)
        writer.name("firstNotOpening")
        writer.beginArray()
        for id in damaged.prefix(Self.namedMax) { writer.value(id.text) }
        writer.endArray()
        writer.member("isClean", isClean)
        writer.endObject()
        return writer.text
    }
}
