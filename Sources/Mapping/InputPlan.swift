import Basics
import JSON
import StructureDefinitions

/// One input (or fact) of a profile, checked and ready.
///
/// A class, because it is passed about for every resource and a copy would count references.
final class InputPlan: Sendable {
    /// What kind of value it takes.
    enum Kind: String, Sendable {
        case quantity, boolean, code, integer
    }

    /// Which of several accepted records is taken, or what is made of them.
    enum Selection: String, Sendable, CaseIterable {
        case latest, first, max, min, mean, median, worst, count, exists

        /// Whether the value is made of several records instead of taken from one.
        var isAggregate: Bool {
            switch self {
            case .mean, .median, .count: true
            case .latest, .first, .max, .min, .worst, .exists: false
            }
        }

        /// Whether records are counted or looked for, instead of their values taken.
        var isCounting: Bool { self == .count || self == .exists }
    }

    /// Which value is the worst of several.
    enum Worst: Sendable {
        case high
        case low
        /// The one farthest from what is normal, on either side.
        case outside(ClosedRange<DecimalNumber>)
    }

    /// The value that the profile reads from there being no record, and why it may.
    struct Absence: Sendable {
        let value: MappingReport.Value
        let reason: String
    }

    /// Whether an earlier alternative wins over a newer observation.
    enum Preference: String, Sendable {
        /// The first alternative that gives a value wins, however old within the window.
        case rule
        /// Observations of all alternatives compete; the order of alternatives breaks ties.
        case newest
    }

    /// What happens when there is no value.
    enum Missing: Sendable {
        case reject
        case partial
        case model
        case assume(MappingReport.Value, source: String?)
        case impute(MappingReport.Value, source: String)
    }

    /// The code when a record is there that cannot be read, for an input that the model may do
    /// without; `nil` for the others, whose absence speaks for itself.
    var unreadCode: String? {
        switch missing {
        case .model: name + "-unreadable"
        case .reject, .partial, .assume, .impute: nil
        }
    }

    let name: String
    let kind: Kind
    let unit: String?
    /// How other units get to it by what is declared for the input as a whole.
    let units: UnitTable?
    let increment: DecimalNumber?
    let plausible: ClosedRange<DecimalNumber>?
    let values: [String]
    /// How old a record may be for alternatives that say nothing of it.
    let windowSeconds: Int
    /// What is younger than this is not taken; 0 for no such bound.
    let beforeSeconds: Int
    let futureSeconds: Int
    let selection: Selection
    let preference: Preference
    /// Selection and preference as text, for the reader of a rejection.
    let preferenceText: String
    /// The value that wins when equally recent observations disagree.
    let onTie: MappingReport.Value?
    /// How long after it `onTie` still wins over a measurement of another alternative.
    let tieSeconds: Int?
    let missing: Missing
    let worst: Worst
    let absence: Absence?

    /// The kind that single records are read as: for a count, whether each counts.
    var readingKind: Kind { selection.isCounting ? .boolean : kind }

    init(
        name: String,
        kind: Kind,
        unit: String?,
        units: UnitTable?,
        increment: DecimalNumber?,
        plausible: ClosedRange<DecimalNumber>?,
        values: [String],
        windowSeconds: Int,
        beforeSeconds: Int,
        futureSeconds: Int,
        selection: Selection,
        preference: Preference,
        onTie: MappingReport.Value?,
        tieSeconds: Int?,
        missing: Missing,
        worst: Worst,
        absence: Absence?
    ) {
        self.name = name
        self.kind = kind
        self.unit = unit
        self.units = units
        self.increment = increment
        self.plausible = plausible
        self.values = values
        self.windowSeconds = windowSeconds
        self.beforeSeconds = beforeSeconds
        self.futureSeconds = futureSeconds
        self.selection = selection
        self.preference = preference
        preferenceText = "select \(selection.rawValue), prefer \(preference.rawValue)"
        self.onTie = onTie
        self.tieSeconds = tieSeconds
        self.missing = missing
        self.worst = worst
        self.absence = absence
    }

    /// What a time is held against as of a moment.
    struct Window {
        let now: Instant
        let start: Instant
        let end: Instant
        let latestAllowed: Instant
    }

    /// The latest moment in the window.
    func windowEnd(_ now: Instant) -> Instant {
        let seconds = beforeSeconds > 0 ? -beforeSeconds : futureSeconds
        return now.advanced(byMicroseconds: Int64(seconds) * 1_000_000)
    }
}

/// One `from` alternative of an input, checked and ready.
final class SourceRule: Sendable {
    /// Whether the value stands in a component.
    var readsComponent: Bool { !componentIndex.isEmpty }

    /// Whether both read components, and none that the other may read too.
    func readsAnotherPart(than other: SourceRule) -> Bool {
        readsComponent && other.readsComponent
            && !components.contains { other.components.contains($0) }
    }

    /// Whether what it reads in a record hangs on the moment of evaluation.
    ///
    /// A condition may have abated by then, a structure or an expression may ask for the present.
    let hangsOnMoment: Bool

    /// The input it serves.
    let plan: InputPlan
    /// The index of the input among inputs and facts.
    let input: Int
    /// The index among the alternatives of the input.
    let position: Int
    /// How old a record may be.
    let windowSeconds: Int
    let resource: ResourceType
    let codes: [CodeToken]
    /// When given, the value stands in the component with one of these codes.
    let components: [CodeToken]
    /// The same codes, to be found by the places of a coding.
    let componentIndex: CodeIndex<Bool>
    /// Codes beside which the record, or the component, is about something else.
    let excludedIndex: CodeIndex<Bool>
    let statuses: [[UInt8]]
    /// The verification statuses that are taken for so; no such status is taken too.
    let verifications: [[UInt8]]
    /// When given, `meta.profile` must hold one of these.
    let profiles: [[UInt8]]
    /// When given, the resource must conform to one of these.
    let structures: [StructureDefinition]
    let reader: ValueReader
    /// When given, what must be true of a record that the rule is for.
    let filter: ValueReader.Expression?
    let constant: MappingReport.Value?
    let codeTable: CodeTable?
    /// The system under which plain text is looked up in the ConceptMap.
    let textSystem: [UInt8]?
    let units: UnitTable?
    /// Whether a plain number (valueInteger) may stand where a quantity is asked for.
    let acceptsPlainNumber: Bool
    /// A boolean is true when the quantity lies above this.
    let threshold: DecimalNumber?
    let plausible: ClosedRange<DecimalNumber>?
    /// A resource without a time counts as of now.
    let timeIsOptional: Bool
    /// The value stands in for the one the model was made for.
    let isStandIn: Bool

    init(
        plan: InputPlan,
        input: Int,
        position: Int,
        windowSeconds: Int,
        resource: ResourceType,
        codes: [CodeToken],
        components: [CodeToken],
        excluded: [CodeToken],
        statuses: [[UInt8]],
        verifications: [[UInt8]],
        profiles: [[UInt8]],
        structures: [StructureDefinition],
        reader: ValueReader,
        filter: ValueReader.Expression?,
        constant: MappingReport.Value?,
        codeTable: CodeTable?,
        textSystem: [UInt8]?,
        units: UnitTable?,
        acceptsPlainNumber: Bool,
        threshold: DecimalNumber?,
        plausible: ClosedRange<DecimalNumber>?,
        timeIsOptional: Bool,
        isStandIn: Bool
    ) {
        self.plan = plan
        self.input = input
        self.position = position
        self.windowSeconds = windowSeconds
        self.resource = resource
        self.codes = codes
        self.components = components
        componentIndex = CodeIndex(components.map { ($0, true) })
        excludedIndex = CodeIndex(excluded.map { ($0, true) })
        self.statuses = statuses
        self.verifications = verifications
        self.profiles = profiles
        self.structures = structures
        self.reader = reader
        self.filter = filter
        self.constant = constant
        self.codeTable = codeTable
        self.textSystem = textSystem
        self.units = units
        self.acceptsPlainNumber = acceptsPlainNumber
        self.threshold = threshold
        self.plausible = plausible
        self.timeIsOptional = timeIsOptional
        self.isStandIn = isStandIn
        switch reader {
        case .nothing, .member, .anyValue:
            hangsOnMoment = resource.hasClinicalStatus || !structures.isEmpty || filter != nil
        case .expression, .elapsed: hangsOnMoment = true
        }
    }

    /// The window as of a moment.
    func window(_ now: Instant) -> InputPlan.Window {
        InputPlan.Window(
            now: now,
            start: now.advanced(byMicroseconds: -Int64(windowSeconds) * 1_000_000),
            end: plan.windowEnd(now),
            latestAllowed: now.advanced(byMicroseconds: Int64(plan.futureSeconds) * 1_000_000)
        )
    }
}

/// An `applies` rule, checked and ready.
struct ApplicabilityRule: Sendable {
    let condition: Condition
    /// The code when the rule does not hold.
    let code: String
    /// The code when it cannot be decided.
    let unknownCode: String
    /// The rule as text, for the reader.
    let text: String

    enum Condition: Sendable {
        /// An expression on the Patient that must be true.
        case when(ValueReader.Expression)
        /// A boolean fact, by its index among inputs and facts, that must not be true.
        case unless(Int)
        /// A boolean fact, by its index among inputs and facts, that must be true.
        case requires(Int)
    }
}
