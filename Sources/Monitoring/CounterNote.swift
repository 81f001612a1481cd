/// What is counted of an input beside its bins.
///
/// A case is in one bin, or missing, or invalid for one reason. `imputed`, `below` and `above` say
/// something more about a case that is counted already: a replaced value is missing too, and a
/// value beyond the reference range lies in the first or the last bin too.
package enum CounterNote: Int, Sendable, CaseIterable {
    /// Nothing that could be used was recorded.
    case missing
    /// Of the missing ones: another value stood in for it.
    case imputed
    /// The value was below the reference range.
    case below
    /// The value was above the reference range.
    case above
    /// A value was recorded in a unit that cannot be read or converted.
    case invalidUnit
    /// A value was recorded that is none: no number, a comparator, a code without a translation.
    case invalidValue
    /// A value was recorded that is not plausible.
    case invalidImplausible
    /// A record was there that could not be used: its status, subject, time or profile.
    case invalidRecord
    /// The value was mapped, and the model does not take it.
    case invalidModel

    /// The name in the database, in reports and in metrics.
    package var label: String {
        switch self {
        case .missing: "missing"
        case .imputed: "imputed"
        case .below: "below"
        case .above: "above"
        case .invalidUnit: "invalid:unit"
        case .invalidValue: "invalid:value"
        case .invalidImplausible: "invalid:implausible"
        case .invalidRecord: "invalid:record"
        case .invalidModel: "invalid:model"
        }
    }

    /// Whether it says that a value was there and is no good.
    package var isInvalid: Bool {
        switch self {
        case .missing, .imputed, .below, .above: false
        case .invalidUnit, .invalidValue, .invalidImplausible, .invalidRecord, .invalidModel: true
        }
    }

    /// The note of a label; `nil` when there is none.
    package init?(label: String) {
        guard let note = Self.allCases.first(where: { $0.label == label }) else { return nil }
        self = note
    }
}
