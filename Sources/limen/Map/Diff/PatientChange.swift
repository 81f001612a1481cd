import Basics
import CDSHooks
import ClinicalEngine
import Gateway
import Mapping

/// What changes for one patient between two versions of a profile.
struct PatientChange {
    /// The kinds of change, in the order of a report.
    enum Kind: String, CaseIterable {
        case card
        case score
        case applicability
        case value
        case source
        case reason
    }

    /// One change.
    struct Item {
        let kind: Kind
        /// The input, or the kind itself where it is about none.
        let name: String
        let old: String
        let new: String
    }

    let place: DataPlace
    let patientID: String
    let items: [Item]

    /// Compares two trials; `nil` when nothing changes.
    init?(_ record: PatientRecord, old: ProfileTrial, new: ProfileTrial) {
        var items: [Item] = []
        func compare(_ kind: Kind, _ name: String, _ old: String, _ new: String) {
            guard old != new else { return }
            items.append(Item(kind: kind, name: name, old: old, new: new))
        }
        compare(.card, "card", Self.cards(old), Self.cards(new))
        compare(.score, "score", Self.score(old), Self.score(new))
        compare(
            .applicability,
            "applicability",
            Self.text(old.report.applicability),
            Self.text(new.report.applicability)
        )
        let oldInputs = old.report.inputs + old.report.facts
        let newInputs = new.report.inputs + new.report.facts
        var names = newInputs.map(\.name)
        names += oldInputs.map(\.name).filter { !names.contains($0) }
        for name in names {
            let before = oldInputs.first { $0.name == name }
            let after = newInputs.first { $0.name == name }
            compare(.value, name, Self.value(before), Self.value(after))
            compare(.source, name, Self.source(before), Self.source(after))
            compare(.reason, name, Self.reason(before), Self.reason(after))
        }
        guard !items.isEmpty else { return nil }
        place = record.place
        patientID = record.id
        self.items = items
    }

    private static func cards(_ trial: ProfileTrial) -> String {
        let cards = trial.cards.map { "\($0.service) \($0.indicator.rawValue): \($0.summary)" }
        return cards.isEmpty ? "none" : cards.joined(separator: " / ")
    }

    /// The score as it would stand on a card: a number, bounds, or why there is none.
    private static func score(_ trial: ProfileTrial) -> String {
        if trial.report.hasSubjectMismatch { return "refused: about another patient" }
        guard let evaluation = trial.evaluation else { return "none" }
        switch evaluation.status {
        case .complete: return evaluation.value.map(number) ?? "complete"
        case .incomplete:
            let bounds = [evaluation.lower, evaluation.upper].map { $0.map(number) ?? "?" }
            return "incomplete, " + bounds.joined(separator: " to ")
        case .refused: return "refused: " + (evaluation.refusal?.code.rawValue ?? "")
        }
    }

    private static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(value)
    }

    private static func text(_ applicability: MappingReport.Applicability) -> String {
        switch applicability {
        case .applies: "applies"
        case .notApplicable(let code, _): "not applicable: " + code
        case .undecided(let code, _): "undecided: " + code
        }
    }

    private static func value(_ input: MappingReport.Input?) -> String {
        guard let input else { return "no such input" }
        let flags = input.flags.contains(.assumed) ? " (assumed)" : ""
        switch input.value {
        case .quantity(let number, let unit):
            return (unit == "1" || unit.isEmpty ? number.text : number.text + " " + unit) + flags
        case .code(let code): return code + flags
        case .boolean(let flag): return (flag ? "true" : "false") + flags
        case nil: return "-"
        }
    }

    private static func source(_ input: MappingReport.Input?) -> String {
        guard let source = input?.source else { return "-" }
        return source.resource + " " + source.path
    }

    private static func reason(_ input: MappingReport.Input?) -> String {
        guard let input, input.value == nil else { return "-" }
        return input.missingReason?.rawValue ?? "nothing came near"
    }
}
