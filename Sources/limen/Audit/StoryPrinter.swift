import Audit
import Basics

/// Prints stories for a reader.
enum StoryPrinter {
    /// A story with its times in a zone.
    ///
    ///     Call 6bc883b2-b795-4dcb-b661-34884a31d472
    ///       2026-05-04T12:00:00+02:00  ward-ehr fired patient-view at the service news2 ...
    ///                                  Card shown (critical): "NEWS2 11: ..."
    static func text(_ story: Story, _ zone: ZoneOffset) -> String {
        var lines: [String] = []
        if let instance = story.hookInstance {
            lines.append("Call " + instance.text)
        } else {
            lines.append("Event " + (story.events.first?.record.eventID.text ?? ""))
        }
        for line in story.lines {
            let time = zone.text(line.moment)
            for (position, sentence) in line.sentences.enumerated() {
                let margin =
                    position == 0 ? time : String(repeating: " ", count: time.utf8.count)
                lines += MarkdownText.plain(sentence).enumerated().map {
                    "  " + ($0 == 0 ? margin : String(repeating: " ", count: time.utf8.count))
                        + "  " + $1
                }
            }
        }
        if story.isCut {
            lines.append(
                "  There are more events than these; limen audit list --hook-instance has all."
            )
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
