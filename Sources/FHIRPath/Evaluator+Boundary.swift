import Basics
import FHIR

extension Evaluator {
    /// `lowBoundary` and `highBoundary` (FHIRPath 2.0, STU, section 5.9).
    mutating func boundary(
        _ call: Call,
        _ input: Items,
        _ scope: Scope
    ) throws(FHIRPathError) -> Items {
        guard let item = try single(input, at: call.node) else { return .none }
        let digits = try integer(try value(0, of: call, scope), at: call.node)
        let isLow = call.function == .lowBoundary
        let result: Item?
        switch system(item) {
        case .integer(let number):
            result = Self.boundary(DecimalNumber(number), isLow, digits).map { .decimal($0) }
        case .decimal(let number):
            result = Self.boundary(number, isLow, digits).map { .decimal($0) }
        case .quantity(let quantity):
            result = Self.boundary(quantity.value, isLow, digits).map {
                .quantity(FHIRPathQuantity(value: $0, unit: quantity.unit))
            }
        case .date(let date): result = date.boundary(isLow, digits ?? 8).map { .date($0) }
        case .dateTime(let date):
            result = date.boundary(isLow, digits ?? 17).map { .dateTime($0) }
        case .time(let time): result = time.boundary(isLow, digits ?? 9).map { .time($0) }
        case .boolean, .string, .element, .type: throw fault(.typeMismatch, at: call.node)
        }
        return result.map { .one($0) } ?? .none
    }

    /// Half a unit of the last digit below or above, cut to so many digits outwards.
    private static func boundary(
        _ value: DecimalNumber,
        _ isLow: Bool,
        _ digits: Int?
    ) -> DecimalNumber? {
        let digits = digits ?? 8
        guard digits >= 0, digits <= DecimalNumber.quotientDigitsMax else { return nil }
        guard let half = DecimalNumber(coefficient: 5, scale: value.scale + 1) else { return nil }
        guard let edge = isLow ? value.subtracting(half) : value.adding(half) else { return nil }
        // A number that vanishes at that precision stays zero.
        if edge.scale > digits, value.coefficient != 0,
            let nearest = edge.rounded(.halfAwayFromZero, scale: digits), nearest.coefficient == 0
        {
            return nearest
        }
        return edge.rounded(isLow ? .down : .up, scale: digits)
    }

    /// The number of digits: of decimals behind the point, of dates and times all.
    func precision(_ input: Items, at node: Int) throws(FHIRPathError) -> Items {
        guard let item = try single(input, at: node) else { return .none }
        switch system(item) {
        case .integer: return .one(.integer(0))
        case .decimal(let number): return .one(.integer(number.scale))
        case .date(let date), .dateTime(let date): return .one(.integer(date.precision.digits))
        case .time(let time): return .one(.integer(time.precision.digits - 8))
        case .boolean, .string, .quantity, .element, .type: return .none
        }
    }

    /// Whether two quantities can be compared.
    func comparable(
        _ left: Items,
        _ right: Items,
        at node: Int
    ) throws(FHIRPathError) -> Items {
        guard let one = try single(left, at: node), let other = try single(right, at: node) else {
            return .none
        }
        guard case .quantity(let first) = system(one), case .quantity(let second) = system(other)
        else {
            throw fault(.typeMismatch, at: node)
        }
        return .one(.boolean(aligned(first, second) != nil))
    }
}

extension FHIRDateTime.Precision {
    /// How many digits a dateTime of this precision has.
    var digits: Int {
        switch self {
        case .year: 4
        case .month: 6
        case .day: 8
        case .hour: 10
        case .minute: 12
        case .second: 14
        case .fraction: 17
        }
    }

    /// The precision of so many digits; `nil` when there is none.
    init?(digits: Int) {
        switch digits {
        case 4: self = .year
        case 6: self = .month
        case 8: self = .day
        case 10: self = .hour
        case 12: self = .minute
        case 14: self = .second
        case 17: self = .fraction
        default: return nil
        }
    }
}

extension FHIRDateTime {
    /// The first or last moment it may mean, to a precision.
    ///
    /// Without a zone the one in which the moment is first or last is assumed.
    func boundary(_ isLow: Bool, _ digits: Int) -> FHIRDateTime? {
        guard let target = Precision(digits: digits) else { return nil }
        let newMonth = precision >= .month ? month : (isLow ? 1 : 12)
        let lastDay = CivilDate.dayCount(year: year, month: newMonth)
        let newDay = precision >= .day ? day : (isLow ? 1 : lastDay)
        guard let date = CivilDate(year: year, month: newMonth, day: newDay) else { return nil }
        let own = precision >= .hour ? time : .midnight
        let known = precision >= .hour ? precision : .day
        guard target > .day else {
            return FHIRDateTime(
                date: date,
                time: .midnight,
                precision: target,
                zone: .notApplicable
            )
        }
        let edge = own.edge(isLow, knownTo: known, target)
        let edgeZone: Zone
        switch zone {
        case .offset: edgeZone = zone
        case .missing, .notApplicable:
            edgeZone = .offset(
                minutes: isLow ? Self.eastmostOffsetMinutes : Self.westmostOffsetMinutes
            )
        }
        return FHIRDateTime(date: date, time: edge, zone: edgeZone)
    }
}

extension FHIRTime {
    /// The first or last time it may mean, to a precision.
    func boundary(_ isLow: Bool, _ digits: Int) -> FHIRTime? {
        guard let target = FHIRDateTime.Precision(digits: digits + 8), target >= .hour else {
            return nil
        }
        return edge(isLow, knownTo: precision, target)
    }

    /// The parts that are not known set to their least or greatest value.
    ///
    /// An hour alone is read as the hour and no minutes, as the official suite has it.
    func edge(
        _ isLow: Bool,
        knownTo known: FHIRDateTime.Precision,
        _ target: FHIRDateTime.Precision
    ) -> FHIRTime {
        var time = microsecondOfDay
        if !isLow {
            switch known {
            case .year, .month, .day: time = 86_400_000_000 - 1_000
            case .hour, .minute: time += 60_000_000 - 1_000
            case .second: time += 1_000_000 - 1_000
            case .fraction: break
            }
        }
        return FHIRTime(
            microsecondOfDay: min(time, 86_400_000_000 - 1_000),
            precision: target,
            fractionDigitCount: target == .fraction ? 3 : 0
        )
    }
}
