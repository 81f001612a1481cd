import CDSHooks
import ClinicalEngine
import Gateway
import Mapping

/// The score with its parts, and the cards that would be shown, set for a terminal.
struct ScoreLines {
    let trial: ProfileTrial
    let faults: [String]
    let style: TextStyle

    /// The lines.
    var lines: [String] {
        var lines: [String] = [""]
        if let evaluation = trial.evaluation {
            lines += score(evaluation)
        } else {
            let why: String
            switch trial.report.applicability {
            case _ where trial.report.hasSubjectMismatch || trial.isRefused:
                why = "the request is refused"
            case .applies: why = "the profile has no model that loads"
            case .notApplicable: why = "the model is not for this patient"
            case .undecided: why = "whether the model applies is not known"
            }
            lines.append(style.text("score", .strong) + "  none: " + why)
        }
        for fault in faults {
            lines += style.lines(fault, indent: 2).map { style.text($0, .alarm) }
        }
        return lines + cards
    }

    private func score(_ evaluation: Evaluation) -> [String] {
        let (head, colour) = headline(evaluation)
        let label = "score  "
        var lines = style.lines(label + head, indent: 0).map { style.text($0, colour) }
        let width = evaluation.contributions.map { TextStyle.width($0.name) }.max() ?? 0
        for part in evaluation.contributions {
            let points =
                part.points.map(Self.number)
                ?? "\(Self.number(part.pointsMin)) to \(Self.number(part.pointsMax))"
            let line = TextStyle.padded(part.name, to: width) + "  " + points
            let isOpen = part.points == nil
            let missing = part.fields.filter { evaluation.missing.contains($0) }
            let why = missing.isEmpty ? "" : "  (\(missing.joined(separator: ", ")) missing)"
            lines += style.lines(line + why, indent: 2, hanging: width + 4)
                .map { isOpen ? style.text($0, .alarm) : $0 }
        }
        if !evaluation.reasonCodes.isEmpty {
            let codes = evaluation.reasonCodes.joined(separator: ", ")
            lines += style.lines("reason codes: " + codes, indent: 2)
        }
        if !evaluation.imputed.isEmpty {
            let names = evaluation.imputed.joined(separator: ", ")
            lines += style.lines("replaced by the model itself: " + names, indent: 2)
        }
        return lines
    }

    private func headline(_ evaluation: Evaluation) -> (String, TextStyle.Colour) {
        switch evaluation.status {
        case .complete:
            let value = evaluation.value.map(Self.number) ?? "no number"
            return trial.isPartial
                ? (value + ", of data that are not all there are", .alarm) : (value, .strong)
        case .incomplete:
            let bounds = [evaluation.lower, evaluation.upper].compactMap { $0.map(Self.number) }
            let range = bounds.count == 2 ? "; " + bounds.joined(separator: " to ") : ""
            let missing = "none: missing " + evaluation.missing.joined(separator: ", ")
            return (missing + range + (range.isEmpty ? "" : " possible"), .alarm)
        case .refused:
            let field = evaluation.refusal?.field.map { " (" + $0 + ")" } ?? ""
            let code = evaluation.refusal?.code.rawValue ?? ""
            return ("refused by the model: " + code + field, .alarm)
        }
    }

    private var cards: [String] {
        var lines: [String] = []
        for card in trial.cards {
            let colour: TextStyle.Colour =
                switch card.indicator {
                case .critical: .alarm
                case .warning: .notice
                case .info: .information
                }
            let shadow = card.isShadow ? " (shadow: computed, not shown)" : ""
            lines += ["", style.text("card", .strong) + "  \(card.service)/\(card.name)\(shadow)"]
            let head = card.indicator.rawValue.uppercased() + "  "
            var text = style.lines(head + TextStyle.safe(card.summary), indent: 2)
            text[0] = "  " + style.text(head, colour) + text[0].dropFirst(2 + head.count)
            lines += text
        }
        if trial.cards.isEmpty {
            let hasFault = !trial.cardFaults.isEmpty || trial.evaluation == nil
            lines += [
                "", style.text("card", .strong) + (hasFault ? "  none" : "  no card is shown"),
            ]
        }
        for fault in trial.cardFaults { lines.append("  " + style.text(fault, .alarm)) }
        return lines
    }

    private static func number(_ value: Double) -> String {
        Int(exactly: value).map(String.init) ?? value.description
    }
}
