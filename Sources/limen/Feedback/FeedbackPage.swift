import AuditStore
import JSON

/// What became of the cards, for a reader and for programs.
struct FeedbackPage {
    let grouping: FeedbackGroup.Grouping
    let groups: [FeedbackGroup]
    /// How many items of feedback are about no card that was shown.
    let orphanCount: Int
    /// How many items of feedback came later than their client was granted.
    let lateCount: Int

    /// The table; below each group the reasons for overriding.
    var text: String {
        var table = TextTable()
        table.append([
            grouping.rawValue, "shown", "accepted", "overridden", "no response", "suppressed",
        ])
        for group in groups {
            table.append([
                group.name.isEmpty ? "(not recorded)" : group.name, share(group.shown, of: nil),
                share(group.accepted, of: group.shown),
                share(group.overriddenCount, of: group.shown),
                share(group.withoutResponse, of: group.shown), "\(group.suppressed)",
            ])
            for (reason, count) in group.overridden {
                table.append(["  " + Self.words(reason), "", "", "\(count)", "", ""])
            }
        }
        var text = table.lines().joined(separator: "\n") + "\n"
        if groups.isEmpty { text = "no card was shown in this time\n" }
        if orphanCount > 0 {
            text += "\(orphanCount) items of feedback are about no card of ours\n"
        }
        if lateCount > 0 {
            text += "\(lateCount) items of feedback came too late and are not counted\n"
        }
        return text
    }

    private static func words(_ reason: String) -> String {
        reason.isEmpty ? "no reason given" : reason
    }

    private func share(_ count: Int, of whole: Int?) -> String {
        guard let whole, whole > 0 else { return "\(count)" }
        return "\(count) (\((count * 100 + whole / 2) / whole) %)"
    }

    /// The same as JSON.
    var json: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("by", grouping.rawValue)
        writer.name("groups")
        writer.beginArray()
        for group in groups {
            writer.beginObject()
            writer.member("name", group.name)
            writer.member("shown", group.shown)
            writer.member("accepted", group.accepted)
            writer.member("overridden", group.overriddenCount)
            writer.name("reasons")
            writer.beginArray()
            for (reason, count) in group.overridden {
                writer.beginObject()
                writer.member("reason", reason)
                writer.member("count", count)
                writer.endObject()
            }
            writer.endArray()
            writer.member("noResponse", group.withoutResponse)
            writer.member("suppressed", group.suppressed)
            writer.endObject()
        }
        writer.endArray()
        writer.member("unknownCards", orphanCount)
        writer.member("late", lateCount)
        writer.endObject()
        return writer.bytes + [UInt8(ascii: "\n")]
    }
}
