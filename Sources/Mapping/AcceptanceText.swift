import Basics
import FHIRPath
import JSON
import StructureDefinitions
import UCUM

/// Says what would be accepted instead, from the profile alone.
struct AcceptanceText {
    let rule: SourceRule?
    let input: InputPlan?
    let now: Instant

    func text(for finding: Finding, in resource: ResourceFields) -> String {
        switch finding {
        case .otherPatient, .subjectMissing, .subjectUnresolved, .subjectNotPatient:
            "a reference to the patient in context"
        case .otherFocus: "no focus, or the patient in context"
        case .wrongType: rule?.resource.rawValue ?? ""
        case .codeUnresolved:
            (rule?.resource ?? resource.type)?.codePlace == .medication
                ? "a coding of the medicine, or the Medication sent along"
                : "a coding with a system and a code"
        case .codesShared: "codes of one input only"
        case .notMeant: "a record of which this is true: " + (rule?.filter?.parsed.text ?? "")
        case .statusMissing, .statusNotAccepted, .statusWithdrawn, .statusNotInForce,
            .conditionInactive:
            statuses
        case .notOrdered, .intentNotAccepted: "intent order, or one of its kinds"
        case .negated: "a record of something done or to be done"
        case .conditionRefuted, .verificationNotAccepted:
            "no verificationStatus, or " + list(rule?.verifications ?? [])
        case .conditionAbated: "no abatement"
        case .modifierExtension: "no modifierExtension"
        case .implicitRules: "no implicitRules"
        case .profileNotDeclared: list(rule?.profiles ?? [])
        case .structureViolated:
            rule?.structureFinding(JSONValue(resource.tape, resource.place), now)?.accepted ?? ""
        case .dataAbsent: "a value without dataAbsentReason"
        case .severalValues:
            rule?.readsComponent ?? false
                ? "one component of this code, with one value" : "one value"
        case .valueMissing, .wrongValueType, .expressionFailed, .conditionOpen: value
        case .expressionTooLarge: "a smaller resource, or a simpler path in the profile"
        case .componentMissing, .partMissing: "a component " + tokens(rule?.components ?? [])
        case .factContradicted: "no value, or true, and no component that says otherwise"
        case .unitsDisagree: "a unit text that agrees with the code"
        case .unitMissing, .unitUnknown, .unitIncompatible:
            "a UCUM unit comparable with \(unit), or an entry for it in the profile's unitAliases"
                + temperature
        case .unitForeign, .unitWithoutSystem:
            "system http://unitsofmeasure.org with a UCUM code comparable with \(unit), or an "
                + "entry for it in the profile's unitAliases" + temperature
        case .numberMissing, .numberTooLong: "a decimal of at most 38 digits"
        case .comparator: "a value without comparator"
        case .untranslated: "a code of the ConceptMap " + (rule?.codeTable?.name ?? "")
        case .codesDisagree: "codings and a text that mean the same"
        case .timeMissing, .timeMalformed, .timeWithoutZone, .timeImprecise:
            "a time with seconds and zone"
        case .periodReversed: "a period that starts before it ends"
        case .periodTooLong:
            "a period of at most " + DurationText.text(seconds: windowSeconds)
        case .periodOpen: "a period with an end"
        case .severalTimes: "one effective[x]"
        case .future:
            "a time at most \(DurationText.text(seconds: input?.futureSeconds ?? 0)) ahead"
        case .stale: window(resource)
        case .tooRecent:
            "a time more than \(DurationText.text(seconds: input?.beforeSeconds ?? 0)) ago"
        case .implausible: plausible
        case .duplicate: "one observation of each value and time"
        case .momentsDisagree: "one value for each moment"
        case .versionsDisagree, .olderVersion: "the newest version"
        case .newerUnread: "a newer record that can be read"
        case .superseded: preferred
        }
    }

    private var statuses: String {
        let hasClinical = rule?.resource.hasClinicalStatus ?? false
        return (hasClinical ? "clinicalStatus " : "status ") + list(rule?.statuses ?? [])
    }

    /// The mistake that is made most often with temperatures, told where it matters.
    private var temperature: String {
        unit == "Cel" || unit == "[degF]" || unit == "K"
            ? "; in UCUM degrees Celsius are Cel, Fahrenheit [degF] (C is the coulomb, F the farad)"
            : ""
    }

    /// The window of the alternative, or of the input where none is known.
    private var windowSeconds: Int { rule?.windowSeconds ?? input?.windowSeconds ?? 0 }

    private var unit: String { rule?.units?.target.text ?? input?.unit ?? "1" }

    private var value: String {
        switch rule?.reader {
        case .member(let name): name.rawValue
        case .anyValue: "value[x]"
        case .expression(let expression): expression.parsed.text
        case .elapsed(let reader): reader.since.parsed.text
        case .nothing, nil: "no value"
        }
    }

    private var plausible: String {
        guard let range = rule?.plausible else { return "" }
        return "\(range.lowerBound.text) to \(range.upperBound.text) \(unit)"
    }

    private var preferred: String { input?.preferenceText ?? "" }

    /// The age the profile allows, and by how much the record is older, both for people.
    private func window(_ resource: ResourceFields) -> String {
        let allowed = "an age of at most " + DurationText.text(seconds: windowSeconds)
        guard let value = resource.timing?.value else { return allowed }
        let end = resource.tape.member(MemberNames.end, of: value)
        let time = EffectiveTime(resource.tape, end ?? value)
        let moment: Instant
        switch time {
        case .moment(let instant): moment = instant
        case .range(let range): moment = range.lowerBound
        case .unusable: return allowed
        }
        let seconds = Int(now.microseconds(since: moment) / 1_000_000)
        let excess = seconds - windowSeconds
        return allowed + "; this is \(DurationText.text(seconds: excess)) older"
    }

    private func list(_ words: [[UInt8]]) -> String {
        words.map { String(decoding: $0, as: UTF8.self) }.joined(separator: ", ")
    }

    private func tokens(_ tokens: [CodeToken]) -> String {
        tokens.map(\.text).joined(separator: ", ")
    }
}
