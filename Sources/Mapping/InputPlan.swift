import Basics
import JSON

/// One input (or fact) of a profile, checked and ready.
///
/// A class, because it is passed about for every resource and a copy would count references.
final class InputPlan: Sendable {
    /// What kind of value it takes.
    enum Kind: String, Sendable {
        case quantity, boolean, code, integer
    }

    /// Which of several accepted observations is taken.
    enum Selection: String, Sendable {
        case latest, first, max, min
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
        case assume(MappingReport.Value)
        case impute(MappingReport.Value, source: String)
    }

    let name: String
    let kind: Kind
    let unit: String?
    let increment: DecimalNumber?
    let plausible: ClosedRange<DecimalNumber>?
    let values: [String]
    let windowSeconds: Int
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

    init(
        name: String,
        kind: Kind,
        unit: String?,
        increment: DecimalNumber?,
        plausible: ClosedRange<DecimalNumber>?,
        values: [String],
        windowSeconds: Int,
        futureSeconds: Int,
        selection: Selection,
        preference: Preference,
        onTie: MappingReport.Value?,
        tieSeconds: Int?,
        missing: Missing
    ) {
        self.name = name
        self.kind = kind
        self.unit = unit
        self.increment = increment
        self.plausible = plausible
        self.values = values
        self.windowSeconds = windowSeconds
        self.futureSeconds = futureSeconds
        self.selection = selection
        self.preference = preference
        preferenceText = "select \(selection.rawValue), prefer \(preference.rawValue)"
        self.onTie = onTie
        self.tieSeconds = tieSeconds
        self.missing = missing
    }
}

/// One `from` alternative of an input, checked and ready.
final class SourceRule: Sendable {
    /// The resource types a profile may read.
    enum ResourceType: String, Sendable, CaseIterable {
        case observation = "Observation"
        case condition = "Condition"
        case patient = "Patient"

        /// The type that a resource names; `nil` for every other.
        init?(_ fields: borrowing ResourceFields) {
            guard let place = fields[.resourceType] else { return nil }
            if fields.tape.isString(place, "Observation") {
                self = .observation
            } else if fields.tape.isString(place, "Condition") {
                self = .condition
            } else if fields.tape.isString(place, "Patient") {
                self = .patient
            } else {
                return nil
            }
        }
    }

    /// Whether the value stands in a component.
    var readsComponent: Bool { !componentIndex.isEmpty }

    /// The input it serves.
    let plan: InputPlan
    /// The index of the input among inputs and facts.
    let input: Int
    /// The index among the alternatives of the input.
    let position: Int
    let resource: ResourceType
    let codes: [CodeToken]
    /// When given, the value stands in the component with one of these codes.
    let components: [CodeToken]
    /// The same codes, to be found by the places of a coding.
    let componentIndex: CodeIndex<Bool>
    let statuses: [[UInt8]]
    /// When given, `meta.profile` must hold one of these.
    let profiles: [[UInt8]]
    let reader: ValueReader
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
        resource: ResourceType,
        codes: [CodeToken],
        components: [CodeToken],
        statuses: [[UInt8]],
        profiles: [[UInt8]],
        reader: ValueReader,
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
        self.resource = resource
        self.codes = codes
        self.components = components
        componentIndex = CodeIndex(components.map { ($0, true) })
        self.statuses = statuses
        self.profiles = profiles
        self.reader = reader
        self.constant = constant
        self.codeTable = codeTable
        self.textSystem = textSystem
        self.units = units
        self.acceptsPlainNumber = acceptsPlainNumber
        self.threshold = threshold
        self.plausible = plausible
        self.timeIsOptional = timeIsOptional
        self.isStandIn = isStandIn
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
    }
}
