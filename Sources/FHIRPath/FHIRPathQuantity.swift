package import Basics
import FHIR

/// A number with a unit, such as `4.5 'mg'` or `7 days` (FHIRPath 2.0, section 4.1.8).
package struct FHIRPathQuantity: Sendable {
    /// What the number counts.
    package enum Unit: Sendable, Hashable {
        /// A unit of UCUM, case-sensitive; `1` is the unity.
        case ucum(String)
        /// A calendar duration written as a word.
        case calendar(CalendarUnit)
        /// A unit of which only the text is known; comparable with itself alone.
        case opaque(String)
    }

    /// The number.
    package let value: DecimalNumber
    /// What it counts.
    package let unit: Unit
    /// Whether it is an element, whose `a` and `mo` are the year and month of the calendar
    /// (FHIR R4, section 2.9.1.3).
    let isElement: Bool

    /// Makes a quantity.
    package init(value: DecimalNumber, unit: Unit) {
        self.init(value: value, unit: unit, isElement: false)
    }

    init(value: DecimalNumber, unit: Unit, isElement: Bool) {
        self.value = value
        self.unit = unit
        self.isElement = isElement
    }

    /// The year or month of the calendar that an element counts; the units of fixed length are
    /// comparable as they are.
    var calendarUnit: CalendarUnit? {
        guard isElement, case .ucum(let code) = unit else { return nil }
        return code == "a" ? .year : (code == "mo" ? .month : nil)
    }

    /// The quantity as it is understood beside another one.
    func beside(_ other: FHIRPathQuantity) -> FHIRPathQuantity {
        guard case .calendar = other.unit, let calendarUnit else { return self }
        return FHIRPathQuantity(value: value, unit: .calendar(calendarUnit))
    }

    /// The unity of UCUM, the unit of plain numbers.
    package static let one = Unit.ucum("1")

    /// The quantity as `toString()` writes it.
    package var text: String {
        switch unit {
        case .ucum(let code), .opaque(let code): value.text + " '" + code + "'"
        case .calendar(let unit):
            value.text + " " + unit.rawValue + (value == DecimalNumber(1) ? "" : "s")
        }
    }
}

/// The calendar durations (FHIRPath 2.0, section 4.1.8.2).
package enum CalendarUnit: String, Sendable, CaseIterable {
    case year, month, week, day, hour, minute, second, millisecond

    /// Reads `year` or `years`.
    package init?(word: String) {
        if let unit = CalendarUnit(rawValue: word) {
            self = unit
            return
        }
        guard word.hasSuffix("s"), let unit = CalendarUnit(rawValue: String(word.dropLast()))
        else {
            return nil
        }
        self = unit
    }

    /// The UCUM unit of the same length; of years and months only nearly so.
    var ucumCode: String {
        switch self {
        case .year: "a"
        case .month: "mo"
        case .week: "wk"
        case .day: "d"
        case .hour: "h"
        case .minute: "min"
        case .second: "s"
        case .millisecond: "ms"
        }
    }

    /// Whether the unit has the same length everywhere in the calendar.
    var isDefinite: Bool {
        switch self {
        case .year, .month: false
        case .week, .day, .hour, .minute, .second, .millisecond: true
        }
    }

    /// The definite unit that a UCUM code means in date arithmetic.
    init?(definiteUCUMCode code: String) {
        switch code {
        case "wk": self = .week
        case "d": self = .day
        case "h": self = .hour
        case "min": self = .minute
        case "s": self = .second
        case "ms": self = .millisecond
        default: return nil
        }
    }
}
