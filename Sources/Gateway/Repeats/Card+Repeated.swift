import Basics
import CDSHooks
import JSON
import Mapping

extension Card {
    /// How the name of a short card ends; no card of a document can have such a name.
    static let repeatedSuffix = "/repeated"

    /// The short card in the place of one that was shown before.
    ///
    /// It says what the card says now, how urgent that was, and when it was shown in full: whoever
    /// sees only this one knows that there is something, and how to find it.
    func repeated(
        since shown: ShownState.ShownCard,
        until end: Instant,
        now: Instant,
        uuid: UUIDBytes
    ) -> Card {
        let age = DurationText.text(
            seconds: Int(clamping: now.microseconds(since: shown.shownAt) / 1_000_000)
        )
        let detail =
            "**Already shown \(age) ago as \(indicator.rawValue), and not worse since.** It was "
            + "shown in full at \(Self.text(shown.shownAt)). It is shown in full again when it gets "
            + "worse, when it can no longer be computed, or after \(Self.text(end)).\n\n"
            + CardMarkup.escaped(summary)
        return Card(
            name: name + Self.repeatedSuffix,
            uuid: uuid,
            summary: Self.shortened("Shown \(age) ago: " + summary),
            indicator: .info,
            detail: detail,
            frame: CardFrame(members: [RawMember(name: "source", value: source)])
        )
    }

    /// A moment to the second.
    private static func text(_ moment: Instant) -> String {
        Instant(microseconds: moment.microseconds / 1_000_000 * 1_000_000).text
    }

    /// A summary that is short enough (CDS Hooks 2.0: fewer than 140 characters).
    private static func shortened(_ text: String) -> String {
        let most = Limits.summaryUnitsEnd - 1
        guard text.utf16.count > most else { return text }
        var kept = ""
        var count = 1
        for character in text {
            count += character.utf16.count
            guard count <= most else { break }
            kept.append(character)
        }
        return kept + "…"
    }

    /// The source as JSON text.
    private var source: [UInt8] {
        var writer = JSONWriter()
        write(to: &writer)
        let fallback = Array(#"{"label":"Limen"}"#.utf8)
        guard let document = try? JSONDocument(parsing: writer.bytes) else { return fallback }
        return document.root["source"].map { Array($0.rawBytes) } ?? fallback
    }
}
