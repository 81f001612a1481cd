import Basics
import UCUM

extension Evaluator {
    /// The values of two quantities in one unit; `nil` when they are not comparable.
    ///
    /// The unit is that of the first, except for two different calendar units: their values are
    /// counted as `CalendarUnit.length` counts.
    func aligned(
        _ one: FHIRPathQuantity,
        _ other: FHIRPathQuantity
    ) -> (DecimalNumber, DecimalNumber)? {
        let (one, other) = (one.beside(other), other.beside(one))
        if one.unit == other.unit { return (one.value, other.value) }
        switch (one.unit, other.unit) {
        case (.opaque, _), (_, .opaque): return nil
        case (.ucum(let target), .ucum(let source)):
            return convert(other.value, from: source, to: target).map { (one.value, $0) }
        case (.calendar(let target), .calendar(let source)):
            return calendarAligned(one.value, target, other.value, source)
        case (.calendar(let unit), .ucum(let code)):
            // A year or month of the calendar is not the one of UCUM (section 4.1.8.2).
            guard unit.isDefinite else { return nil }
            return convert(other.value, from: code, to: unit.ucumCode).map { (one.value, $0) }
        case (.ucum(let code), .calendar(let unit)):
            guard unit.isDefinite else { return nil }
            return convert(other.value, from: unit.ucumCode, to: code).map { (one.value, $0) }
        }
    }

    private func calendarAligned(
        _ one: DecimalNumber,
        _ first: CalendarUnit,
        _ other: DecimalNumber,
        _ second: CalendarUnit
    ) -> (DecimalNumber, DecimalNumber)? {
        guard first.isDefinite == second.isDefinite else { return nil }
        let left = one.multiplied(by: DecimalNumber(first.length))
        let right = other.multiplied(by: DecimalNumber(second.length))
        return left.flatMap { left in right.map { (left, $0) } }
    }

    /// Converts between UCUM units; `nil` when one is unknown or they measure different things.
    func convert(_ value: DecimalNumber, from source: String, to target: String) -> DecimalNumber? {
        if source == target { return value }
        do throws(UCUMError) {
            let conversion = try UCUMConversion(
                from: try UCUMUnit(parsing: source),
                to: try UCUMUnit(parsing: target)
            )
            return conversion.convert(value)
        } catch {
            // Unknown or incompatible units make the comparison undecided, which is the empty
            // collection (FHIRPath 2.0, section 6.1.1, quantity equality).
            return nil
        }
    }

    /// Arithmetic of quantities (FHIRPath 2.0, section 6.6).
    func quantities(
        _ operation: BinaryOperator,
        _ one: FHIRPathQuantity,
        _ other: FHIRPathQuantity
    ) -> FHIRPathQuantity? {
        let (one, other) = (one.beside(other), other.beside(one))
        switch operation {
        case .add, .subtract:
            guard isAddable(one, other), let (first, second) = aligned(one, other) else {
                return nil
            }
            return first.plus(operation == .add ? second : second.negated)
                .flatMap { sum(of: one, other, $0) }
        case .multiply:
            guard let unit = product(one.unit, other.unit) else { return nil }
            return one.value.times(other.value).map {
                FHIRPathQuantity(value: $0, unit: unit)
            }
        case .divide:
            guard let unit = ratio(one.unit, other.unit) else { return nil }
            return one.value.divided(by: other.value).map {
                FHIRPathQuantity(value: $0, unit: unit)
            }
        case .div, .mod, .concatenate, .union, .lessOrEqual, .less, .greaterOrEqual, .greater,
            .equal, .equivalent, .notEqual, .notEquivalent, .in, .contains, .and, .or, .xor,
            .implies:
            return nil
        }
    }

    /// Whether zero of one unit is zero of the other: degrees Celsius and kelvin have no sum, as
    /// units with another zero take no part in algebra (UCUM section 22).
    private func isAddable(_ one: FHIRPathQuantity, _ other: FHIRPathQuantity) -> Bool {
        guard case .ucum(let first) = one.unit, case .ucum(let second) = other.unit else {
            return true
        }
        return convert(DecimalNumber(0), from: second, to: first) == DecimalNumber(0)
    }

    /// A sum or difference of calendar durations of different units is counted in the smallest
    /// unit of its kind; any other one in the unit of the first.
    private func sum(
        of one: FHIRPathQuantity,
        _ other: FHIRPathQuantity,
        _ value: DecimalNumber
    ) -> FHIRPathQuantity? {
        if case .calendar(let first) = one.unit, case .calendar(let second) = other.unit,
            first != second
        {
            let unit: CalendarUnit = first.isDefinite ? .millisecond : .month
            return FHIRPathQuantity(value: value, unit: .calendar(unit))
        }
        return FHIRPathQuantity(value: value, unit: one.unit)
    }

    private func product(
        _ one: FHIRPathQuantity.Unit,
        _ other: FHIRPathQuantity.Unit
    ) -> FHIRPathQuantity.Unit? {
        if one == FHIRPathQuantity.one { return other }
        if other == FHIRPathQuantity.one { return one }
        guard case .ucum(let first) = one, case .ucum(let second) = other else { return nil }
        return .ucum(Self.joined(first, ".", second))
    }

    private func ratio(
        _ one: FHIRPathQuantity.Unit,
        _ other: FHIRPathQuantity.Unit
    ) -> FHIRPathQuantity.Unit? {
        if other == FHIRPathQuantity.one { return one }
        if one == other { return FHIRPathQuantity.one }
        guard case .ucum(let first) = one, case .ucum(let second) = other else { return nil }
        return .ucum(Self.joined(first, "/", second))
    }

    /// A product or ratio of units; what has an operator of its own is put in brackets where the
    /// order from left to right would change it.
    private static func joined(_ first: String, _ sign: String, _ second: String) -> String {
        // A bar at the beginning stands only at that of the whole unit (UCUM section 2.3).
        let parts = [first, second].map { $0.hasPrefix("/") ? "1" + $0 : $0 }
        let isSimple = second.utf8.allSatisfy { $0 != UInt8(ascii: ".") && $0 != UInt8(ascii: "/") }
        return parts[0] + sign + (isSimple ? second : "(" + parts[1] + ")")
    }
}

extension CalendarUnit {
    /// The length in milliseconds, of years and months in months.
    var length: Int {
        switch self {
        case .year: 12
        case .month, .millisecond: 1
        case .week: 604_800_000
        case .day: 86_400_000
        case .hour: 3_600_000
        case .minute: 60_000
        case .second: 1_000
        }
    }
}
