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

    /// Makes a quantity.
    package init(value: DecimalNumber, unit: Unit) {
        self.value = value
        self.unit = unit
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
