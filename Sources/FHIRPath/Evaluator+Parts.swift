import Basics
import FHIR

extension Evaluator {
    /// `yearOf()` and its like: a part of a date or time; empty when its precision has none
    /// (FHIRPath 3.0, STU, extracting components).
    func part(
        _ function: FunctionName,
        of input: Items,
        at node: Int
    ) throws(FHIRPathError) -> Items {
        guard let item = try single(input, at: node) else { return .none }
        let result: Item?
        switch system(item) {
        case .date(let date), .dateTime(let date): result = Self.part(function, of: date)
        case .time(let time): result = Self.part(function, of: time)
        case .boolean, .integer, .decimal, .string, .quantity, .element, .type:
            throw fault(.typeMismatch, at: node)
        }
        return result.map { .one($0) } ?? .none
    }

    private static func part(_ function: FunctionName, of date: FHIRDateTime) -> Item? {
        if function == .yearOf { return .integer(date.year) }
        if function == .monthOf { return date.precision >= .month ? .integer(date.month) : nil }
        if function == .dayOf { return date.precision >= .day ? .integer(date.day) : nil }
        if function == .dateOf { return .date(date.datePart) }
        if function == .timezoneOffsetOf {
            guard case .offset(let minutes) = date.zone else { return nil }
            return DecimalNumber(minutes).divided(by: DecimalNumber(60)).map { .decimal($0) }
        }
        guard date.precision >= .hour else { return nil }
        return part(function, of: date.time)
    }

    private static func part(_ function: FunctionName, of time: FHIRTime) -> Item? {
        if function == .timeOf { return .time(time) }
        if function == .hourOf { return .integer(time.hour) }
        if function == .minuteOf { return time.precision >= .minute ? .integer(time.minute) : nil }
        if function == .secondOf { return time.precision >= .second ? .integer(time.second) : nil }
        guard function == .millisecondOf, time.precision >= .fraction else { return nil }
        return .integer(time.microsecond / 1_000)
    }

    /// `duration()` counts whole periods up to another moment, `difference()` the borders between
    /// periods that are crossed (FHIRPath 3.0, STU).
    mutating func interval(
        _ call: Call,
        _ input: Items,
        _ scope: Scope
    ) throws(FHIRPathError) -> Items {
        let node = call.node
        guard let start = try single(input, at: node),
            let end = try single(try value(0, of: call, scope), at: node),
            let word = try string(try value(1, of: call, scope), at: node)
        else {
            return .none
        }
        guard let unit = CalendarUnit(word: word) else { throw fault(.typeMismatch, at: node) }
        let isWhole = call.function == .duration
        let (first, second) = systemPair(start, end)
        let count: Int?
        if let one = first.moment, let other = second.moment {
            count = MomentInterval(one, other)?.count(unit, isWhole: isWhole)
        } else if case .time(let one) = first, case .time(let other) = second {
            count = MomentInterval(one, other).count(unit, isWhole: isWhole)
        } else {
            throw fault(.typeMismatch, at: node)
        }
        return count.map { .one(.integer($0)) } ?? .none
    }
}
