import Basics
import ClinicalEngine
import Gateway
import Mapping

/// The explanation of one patient's inputs, set for a terminal: what is missing comes first.
///
///     news2 1.0.0  Patient/p1  as of 2026-05-04T10:00:00Z  12 resources
///     1 of 8 inputs MISSING: spo2
///
///     missing
///       spo2  stale: it is older than the window
///             Observation/s1 effectiveDateTime  95 %  15h old
///             accepted: within >= PT16H
struct ExplainPage {
    /// What comes of the data.
    let trial: ProfileTrial
    /// The stories of the inputs and facts that are to be shown.
    let stories: [InputStory]
    /// The stories of the facts that only `applies` reads.
    let facts: [InputStory]
    /// The first line.
    let title: String
    /// What the reader may want to do next.
    let hint: String?
    /// Where entries stand that hold no resource that can be read.
    let unreadPlaces: [String]
    /// What the data say of not being all there is.
    let gaps: [String]
    /// What the profile lacks for a score, one line each.
    let faults: [String]
    /// Whether only chosen inputs are shown, without score and cards.
    let isPart: Bool
    /// Whether long lists are shown whole.
    let showsAll: Bool
    let style: TextStyle

    /// The lines.
    var lines: [String] {
        var lines = style.lines(title, indent: 0).map { style.text($0, .strong) }
        lines += verdict
        if let hint { lines += style.lines(hint, indent: 0).map { style.text($0, .notice) } }
        lines += missing
        lines += section("inputs", stories.filter { $0.input.value != nil })
        if !isPart {
            lines += section("facts", facts)
            lines += leftOver
            lines += ScoreLines(trial: trial, faults: faults, style: style).lines
        }
        return lines
    }

    // MARK: The verdict

    private var verdict: [String] {
        let names = stories.filter { $0.input.value == nil }.map(\.input.name)
        var lines: [String] = []
        if trial.report.hasSubjectMismatch {
            let text =
                "REFUSED: a resource is about another patient, so the gateway refuses the whole"
                + " request"
            lines += style.lines(text, indent: 0).map { style.text($0, .alarm) }
        }
        // What they hold may be the very thing that a score hangs on.
        if !unreadPlaces.isEmpty {
            let count = unreadPlaces.count
            let entries = count == 1 ? "1 entry" : "\(count) entries"
            lines += alarm("INCOMPLETE DATA: \(entries) cannot be read")
            for sentence in BundleEntry.sentences(unreadPlaces) {
                lines += style.lines(TextStyle.safe(sentence), indent: 2)
            }
        }
        if !gaps.isEmpty {
            lines += alarm("INCOMPLETE DATA: the data are known not to be all there are")
            for gap in gaps { lines += style.lines(TextStyle.safe(gap), indent: 2) }
        }
        switch trial.report.applicability {
        case .applies: break
        case .notApplicable(let code, let rule):
            lines += alarm("NOT APPLICABLE: \(code)  (\(rule))")
        case .undecided(let code, let rule):
            lines += alarm("UNDECIDED whether the model applies: \(code)  (\(rule))")
        }
        if names.isEmpty {
            let count = stories.count
            let text = count == 1 ? "the input has a value" : "all \(count) inputs have a value"
            lines.append(style.text(text, .fine))
        } else {
            let text = "\(names.count) of \(stories.count) inputs MISSING: "
            lines += alarm(text + names.joined(separator: ", "))
        }
        return lines
    }

    private func alarm(_ text: String) -> [String] {
        style.lines(text, indent: 0).map { style.text($0, .alarm) }
    }

    // MARK: Missing inputs

    private var missing: [String] {
        let missing = stories.filter { $0.input.value == nil }
        guard !missing.isEmpty else { return [] }
        let width = missing.map { TextStyle.width($0.input.name) }.max() ?? 0
        var lines = ["", style.text("missing", .strong)]
        for story in missing {
            let name = TextStyle.padded(story.input.name, to: width)
            let indent = width + 4
            var body = otherLines(story, label: "", indent: indent)
            if body.isEmpty {
                body = style.lines("no resource came near it", indent: indent)
                body += faint(asked(story), indent: indent)
            }
            body[0] = "  " + style.text(name, .alarm) + "  " + body[0].dropFirst(indent)
            if story.input.isOptional {
                body += style.lines("the model can do without it", indent: indent)
            }
            lines += body
        }
        return lines
    }

    private func asked(_ story: InputStory) -> String {
        let shown = showsAll ? story.askedTokens[...] : story.askedTokens.prefix(3)
        let rest = story.askedTokens.count - shown.count
        let window = story.window.map { ", within " + $0 } ?? ""
        return "asked for: " + shown.joined(separator: ", ")
            + (rest > 0 ? " and \(rest) more" : "") + window
    }

    // MARK: Inputs with a value

    private func section(_ name: String, _ stories: [InputStory]) -> [String] {
        guard !stories.isEmpty else { return [] }
        var lines = ["", style.text(name, .strong)]
        let names = stories.map { TextStyle.width($0.input.name) }.max() ?? 0
        let values = stories.map { TextStyle.width($0.valueText) }.max() ?? 0
        for story in stories {
            let name = TextStyle.padded(story.input.name, to: names)
            let value = TextStyle.padded(story.valueText, to: values)
            let tail = sourceText(story)
            let indent = names + values + 6
            var first = style.lines(tail, indent: indent)
            let start = "  " + name + "  " + style.text(value, .strong) + "  "
            first[0] = start + first[0].dropFirst(indent)
            if tail.isEmpty { while first[0].last == " " { first[0].removeLast() } }
            lines += first
            lines += details(story, indent: names + 4)
        }
        return lines
    }

    private func sourceText(_ story: InputStory) -> String {
        guard let source = story.input.source else {
            let flags = story.input.flags.map(\.rawValue)
            guard story.input.value != nil else { return "not recorded" }
            return flags.isEmpty ? "" : flags.joined(separator: ", ") + " by the profile"
        }
        let age = source.ageSeconds.map { TextStyle.padded(Age.text(seconds: $0) + " old", to: 9) }
        let padded = age.map { $0 + "  " } ?? ""
        return padded + source.resource + "  " + source.path
    }

    private func details(_ story: InputStory, indent: Int) -> [String] {
        var lines: [String] = []
        if let conversion = story.conversionText {
            lines += style.lines(conversion, indent: indent, hanging: indent + 2)
                .map { style.text($0, .notice) }
        }
        if let rule = story.input.rule {
            var text = "rule \(rule + 1) of \(story.ruleCount), from[\(rule)]"
            if !story.matchedTokens.isEmpty {
                text += ": " + story.matchedTokens.joined(separator: ", ")
            }
            lines += faint(text, indent: indent)
        }
        // What the conversion says already is not said twice.
        let told: [MappingReport.Flag] = [.converted, .rounded, .unitFromText]
        let telling =
            story.input.source == nil ? [] : story.input.flags.filter { !told.contains($0) }
        if !telling.isEmpty {
            let text = "flags: " + telling.map(\.rawValue).joined(separator: ", ")
            lines += style.lines(text, indent: indent).map { style.text($0, .notice) }
        }
        return lines + otherLines(story, label: "not taken: ", indent: indent)
    }

    private func faint(_ text: String, indent: Int) -> [String] {
        style.lines(text, indent: indent).map { style.text($0, .faint) }
    }

    // MARK: What was not taken

    /// Few of a kind are listed, the newest first; the rest is counted.
    private func otherLines(_ story: InputStory, label: String, indent: Int) -> [String] {
        // The reason that got furthest speaks first, as in the report.
        let telling = story.input.missingReason
        let others =
            story.others.filter { $0.rejection.reason == telling }
            + story.others.filter { $0.rejection.reason != telling }
        var lines: [String] = []
        var kinds: [String] = []
        for other in others where !kinds.contains(other.rejection.sentence) {
            kinds.append(other.rejection.sentence)
        }
        for kind in kinds {
            let group = others.filter { $0.rejection.sentence == kind }
            guard let first = group.first else { continue }
            let count = group.count == 1 ? "" : "\(group.count) x "
            let rejection = first.rejection
            let head = "\(label)\(count)\(rejection.reason.rawValue): \(kind)"
            let wanted = rejection.accepted.isEmpty ? "" : "; accepted: " + rejection.accepted
            lines += style.lines(head + wanted, indent: indent, hanging: indent + 4)
            for other in group.prefix(showsAll ? group.count : Self.othersShownMax) {
                lines += faint(text(of: other, in: story), indent: indent + 2)
            }
            let rest = group.count - Self.othersShownMax
            if rest > 0, !showsAll {
                lines += faint("and \(rest) more; --all lists them", indent: indent + 2)
            }
        }
        return lines
    }

    private static let othersShownMax = 3

    private func text(of other: InputStory.Other, in story: InputStory) -> String {
        var parts = [other.rejection.resource + "  " + other.rejection.path]
        if let value = other.value { parts.append(TextStyle.safe(value)) }
        if let moment = other.moment {
            let seconds = Int(trial.moment.microseconds(since: moment) / 1_000_000)
            parts.append(
                seconds < 0
                    ? Age.text(seconds: -seconds) + " ahead"
                    : Age.text(seconds: seconds) + " old"
            )
            if let taken = story.input.source?.effective, InputStory.isRunnerUp(other.rejection) {
                let later = Int(taken.microseconds(since: moment) / 1_000_000)
                parts.append(Self.distance(later))
            }
        }
        return parts.joined(separator: "  ")
    }

    private static func distance(_ seconds: Int) -> String {
        guard seconds != 0 else { return "of the same moment as the one taken" }
        let age = Age.text(seconds: abs(seconds))
        return age + (seconds > 0 ? " older" : " newer") + " than the one taken"
    }

    /// What came near no input, and the sums.
    private var leftOver: [String] {
        let report = trial.report
        var lines: [String] = []
        let strays = report.rejections.filter { $0.input == nil }
        let counts = report.rejectionCounts.map { "\($0.reason.rawValue) \($0.count)" }
        let total = report.rejections.count
        let sums = total == 0 ? "none" : "\(total): " + counts.joined(separator: ", ")
        lines += ["", style.text("not taken", .strong) + "  " + sums]
        for stray in strays.prefix(showsAll ? strays.count : Self.othersShownMax) {
            let text = "\(stray.resource)  \(stray.path)  \(stray.reason.rawValue), "
            let wanted = stray.accepted.isEmpty ? "" : "; accepted: " + stray.accepted
            lines += style.lines(text + stray.sentence + wanted, indent: 2)
        }
        if strays.count > Self.othersShownMax, !showsAll {
            lines.append("  and \(strays.count - Self.othersShownMax) more; --all lists them")
        }
        if report.unaskedCount > 0 {
            let text = "code \(report.unaskedCount): resources that no input asks for"
            lines += faint(text, indent: 2)
        }
        return lines
    }
}
