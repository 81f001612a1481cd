import Basics
import FHIR

extension Evaluator {
    /// `toX()` and `convertsToX()` (FHIRPath 2.0, section 5.5).
    mutating func converted(
        _ call: Call,
        _ input: Items,
        _ scope: Scope
    ) throws(FHIRPathError) -> Items {
        guard let item = try single(input, at: call.node) else { return .none }
        let value = system(item)
        if case .string(let text) = value { try charge(text.utf8.count / 16, at: call.node) }
        guard let conversion = Self.conversions[call.function] else {
            throw fault(.unsupported, at: call.node)
        }
        var result = converted(value, to: conversion.target)
        if call.count == 1, case .quantity(let quantity) = result {
            let unit = try string(try self.value(0, of: call, scope), at: call.node)
            result = unit.flatMap { self.quantity(quantity, in: $0) }
        }
        let isQuestion = conversion.isQuestion
        if isQuestion { return .one(.boolean(result != nil)) }
        return result.map { .one($0) } ?? .none
    }

    /// What the functions convert to, and whether they only ask.
    private static let conversions: [FunctionName: (target: SystemType, isQuestion: Bool)] = [
        .toInteger: (.integer, false), .convertsToInteger: (.integer, true),
        .toLong: (.integer, false), .convertsToLong: (.integer, true),
        .toDecimal: (.decimal, false), .convertsToDecimal: (.decimal, true),
        .toString: (.string, false), .convertsToString: (.string, true),
        .toBoolean: (.boolean, false), .convertsToBoolean: (.boolean, true),
        .toDate: (.date, false), .convertsToDate: (.date, true),
        .toDateTime: (.dateTime, false), .convertsToDateTime: (.dateTime, true),
        .toTime: (.time, false), .convertsToTime: (.time, true),
        .toQuantity: (.quantity, false), .convertsToQuantity: (.quantity, true),
    ]

    private func converted(_ item: Item, to type: SystemType) -> Item? {
        switch type {
        case .integer, .long: integer(item)
        case .decimal: decimal(item)
        case .string: textItem(item)
        case .boolean: boolean(item)
        case .date: date(item)
        case .dateTime: dateTime(item)
        case .time: time(item)
        case .quantity: quantityItem(item)
        case .any: item
        }
    }

    private func integer(_ item: Item) -> Item? {
        switch item {
        case .integer: item
        case .boolean(let flag): .integer(flag ? 1 : 0)
        case .string(let text): wholeNumber(text).map { .integer($0) }
        case .decimal, .date, .dateTime, .time, .quantity, .element, .type: nil
        }
    }

    private func wholeNumber(_ text: String) -> Int? {
        guard text.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
        return Int(text)
    }

    private func decimal(_ item: Item) -> Item? {
        switch item {
        case .integer(let number): .decimal(DecimalNumber(number))
        case .decimal: item
        case .boolean(let flag): .decimal(DecimalNumber(flag ? 1 : 0))
        case .string(let text): decimalNumber(text).map { .decimal($0) }
        case .date, .dateTime, .time, .quantity, .element, .type: nil
        }
    }

    private func decimalNumber(_ text: String) -> DecimalNumber? {
        // `(\+|-)?\d+(\.\d+)?`; the zeros at the front that JSON forbids are left out.
        let hasSign = text.hasPrefix("+") || text.hasPrefix("-")
        var digits = text.utf8.dropFirst(hasSign ? 1 : 0)
        guard digits.allSatisfy({ (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }) else {
            return nil
        }
        while digits.first == UInt8(ascii: "0"), let next = digits.dropFirst().first,
            next != UInt8(ascii: ".")
        {
            digits = digits.dropFirst()
        }
        let number = DecimalNumber(text: String(Substring(digits)))
        return text.hasPrefix("-") ? number?.negated : number
    }

    private func textItem(_ item: Item) -> Item? {
        switch item {
        case .string: item
        case .boolean, .integer, .decimal, .date, .dateTime, .time, .quantity:
            item.value?.text.map { .string($0) }
        case .element, .type: nil
        }
    }

    private func boolean(_ item: Item) -> Item? {
        switch item {
        case .boolean: return item
        case .integer(let number):
            return number == 1 ? .boolean(true) : (number == 0 ? .boolean(false) : nil)
        case .decimal(let number):
            if number == DecimalNumber(1) { return .boolean(true) }
            return number == DecimalNumber(0) ? .boolean(false) : nil
        case .string(let text):
            let word = text.lowercased()
            if ["true", "t", "yes", "y", "1", "1.0"].contains(word) { return .boolean(true) }
            return ["false", "f", "no", "n", "0", "0.0"].contains(word) ? .boolean(false) : nil
        case .date, .dateTime, .time, .quantity, .element, .type: return nil
        }
    }

    private func date(_ item: Item) -> Item? {
        switch item {
        case .date: return item
        case .dateTime(let moment): return .date(moment.datePart)
        case .string(let text):
            guard let value = FHIRDateTime(text: text) else { return nil }
            return .date(value.datePart)
        case .boolean, .integer, .decimal, .time, .quantity, .element, .type: return nil
        }
    }

    private func dateTime(_ item: Item) -> Item? {
        switch item {
        case .dateTime: item
        case .date(let date): .dateTime(date)
        case .string(let text): FHIRDateTime(text: text).map { .dateTime($0) }
        case .boolean, .integer, .decimal, .time, .quantity, .element, .type: nil
        }
    }

    private func time(_ item: Item) -> Item? {
        switch item {
        case .time: item
        case .string(let text): FHIRTime(text: text).map { .time($0) }
        case .boolean, .integer, .decimal, .date, .dateTime, .quantity, .element, .type: nil
        }
    }

    private func quantityItem(_ item: Item) -> Item? {
        switch item {
        case .quantity: item
        case .integer(let number): .quantity(Self.plain(DecimalNumber(number)))
        case .decimal(let number): .quantity(Self.plain(number))
        case .boolean(let flag): .quantity(Self.plain(DecimalNumber(flag ? 1 : 0)))
        case .string(let text): quantity(text).map { .quantity($0) }
        case .date, .dateTime, .time, .element, .type: nil
        }
    }

    /// Reads `4`, `4 days` or `4 'mg'`, with any white space between, or none.
    private func quantity(_ text: String) -> FHIRPathQuantity? {
        let first = text.prefix { $0.isASCII && ($0.isNumber || "+-.".contains($0)) }
        guard let value = decimalNumber(String(first)) else { return nil }
        guard first.endIndex != text.endIndex else { return Self.plain(value) }
        let unit = text[first.endIndex...].drop(while: \.isWhitespace)
        if let calendar = CalendarUnit(word: String(unit)) {
            return FHIRPathQuantity(value: value, unit: .calendar(calendar))
        }
        guard unit.count >= 3, unit.hasPrefix("'"), unit.hasSuffix("'") else { return nil }
        return FHIRPathQuantity(value: value, unit: .ucum(String(unit.dropFirst().dropLast())))
    }

    private func quantity(_ quantity: FHIRPathQuantity, in unit: String) -> Item? {
        if let calendar = CalendarUnit(word: unit) {
            return self.quantity(quantity, in: calendar).map { .quantity($0) }
        }
        let target = FHIRPathQuantity(value: DecimalNumber(1), unit: .ucum(unit))
        guard let (_, value) = aligned(target, quantity) else { return nil }
        return .quantity(FHIRPathQuantity(value: value, unit: .ucum(unit)))
    }

    /// A duration in a calendar unit; `nil` where their lengths have no fixed ratio.
    private func quantity(
        _ quantity: FHIRPathQuantity,
        in unit: CalendarUnit
    ) -> FHIRPathQuantity? {
        let one = FHIRPathQuantity(value: DecimalNumber(1), unit: .calendar(unit))
        let quantity = quantity.beside(one)
        if case .calendar(let source) = quantity.unit {
            guard source.isDefinite == unit.isDefinite else { return nil }
            return quantity.value.times(DecimalNumber(source.length))
                .flatMap { $0.divided(by: DecimalNumber(unit.length)) }
                .map { FHIRPathQuantity(value: $0, unit: .calendar(unit)) }
        }
        return aligned(one, quantity).map {
            FHIRPathQuantity(value: $0.1, unit: .calendar(unit))
        }
    }
}

extension FHIRDateTime {
    /// The date without its time.
    var datePart: FHIRDateTime {
        FHIRDateTime(
            date: date,
            time: .midnight,
            precision: min(precision, .day),
            zone: .notApplicable
        )
    }
}
