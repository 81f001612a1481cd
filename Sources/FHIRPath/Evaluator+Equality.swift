import Basics
import FHIR
import JSON

extension Evaluator {
    /// Equality of collections, item by item; `nil` when it cannot be decided.
    ///
    /// FHIRPath 2.0, section 6.1.1.
    mutating func equal(
        _ left: Items,
        _ right: Items,
        at node: Int
    ) throws(FHIRPathError) -> Bool? {
        guard !left.isEmpty, !right.isEmpty else { return nil }
        guard left.count == right.count else { return false }
        var isUndecided = false
        for index in 0..<left.count {
            guard let isEqual = try equal(left[index], right[index], at: node) else {
                isUndecided = true
                continue
            }
            if !isEqual { return false }
        }
        return isUndecided ? nil : true
    }

    /// Equality of items; `nil` when their precision or units leave it open.
    mutating func equal(
        _ left: Item,
        _ right: Item,
        at node: Int
    ) throws(FHIRPathError) -> Bool? {
        try charge(1, at: node)
        // The most frequent comparison, a code with a literal, makes no string.
        if case .element(let element) = left, case .string(let text) = right,
            element.json.kind == .string, element.hasValue, !isTyped(element)
        {
            return element.json.isString(text)
        }
        let (first, second) = systemPair(left, right)
        if case .string(let one) = first, case .string(let other) = second {
            try charge(one.utf8.count / 64, at: node)
            if let (one, other) = undeclaredMoments(left, right) {
                return one.compare(other).map { $0 == 0 }
            }
            return one.utf8.elementsEqual(other.utf8)
        }
        if case .boolean(let one) = first, case .boolean(let other) = second { return one == other }
        if case .integer(let one) = first, case .integer(let other) = second { return one == other }
        if case .decimal(let one) = first, case .decimal(let other) = second { return one == other }
        if let one = first.moment, let other = second.moment {
            return one.compare(other).map { $0 == 0 }
        }
        if case .time(let one) = first, case .time(let other) = second {
            return one.compare(other).map { $0 == 0 }
        }
        if case .quantity(let one) = first, case .quantity(let other) = second {
            try charge(one.unit == other.unit ? 2 : 256, at: node)
            return aligned(one, other).map { $0.0 == $0.1 }
        }
        if case .element(let one) = first, case .element(let other) = second {
            return try same(one.json, other.json, ignoringCase: false, at: node)
        }
        if case .type(let one) = first, case .type(let other) = second { return one == other }
        return isOpen(first) || isOpen(second) ? nil : false
    }

    /// Whether a string element stands for a date or time.
    private func isTyped(_ element: Element) -> Bool {
        let type = element.type
        return type == .date || type == .dateTime || type == .instant || type == .time
    }

    /// Equivalence of collections, in any order (FHIRPath 2.0, section 6.1.2).
    mutating func equivalent(
        _ left: Items,
        _ right: Items,
        at node: Int
    ) throws(FHIRPathError) -> Bool {
        guard left.count == right.count else { return false }
        var rest = right.array
        for index in 0..<left.count {
            var match: Int?
            for candidate in rest.indices
            where try equivalent(left[index], rest[candidate], at: node) {
                match = candidate
                break
            }
            guard let match else { return false }
            rest.remove(at: match)
        }
        return true
    }

    private mutating func equivalent(
        _ left: Item,
        _ right: Item,
        at node: Int
    ) throws(FHIRPathError) -> Bool {
        try charge(1, at: node)
        let (first, second) = systemPair(left, right)
        if case .decimal(let one) = first, case .decimal(let other) = second {
            return Self.isClose(one, other)
        }
        if case .string(let one) = first, case .string(let other) = second {
            try charge((one.utf8.count + other.utf8.count) / 16, at: node)
            return Self.folded(one) == Self.folded(other)
        }
        if case .quantity(let one) = first, case .quantity(let other) = second {
            try charge(one.unit == other.unit ? 2 : 256, at: node)
            return isClose(one, other)
        }
        if case .element(let one) = first, case .element(let other) = second {
            return try same(one.json, other.json, ignoringCase: true, at: node)
        }
        return try equal(first, second, at: node) ?? false
    }

    /// Text without case and with every run of white space as one blank.
    private static func folded(_ text: String) -> String {
        text.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    /// Equal at the precision of the less precise number, trailing zeros not counted.
    private static func isClose(_ one: DecimalNumber, _ other: DecimalNumber) -> Bool {
        let scale = min(one.normalized.scale, other.normalized.scale)
        let first = one.rounded(.halfAwayFromZero, scale: scale)
        return first == other.rounded(.halfAwayFromZero, scale: scale)
    }

    /// Compared in the larger of the two units, in which the numbers have fewer digits.
    private func isClose(_ one: FHIRPathQuantity, _ other: FHIRPathQuantity) -> Bool {
        let unity = DecimalNumber(1)
        let left = FHIRPathQuantity(value: unity, unit: Self.comparable(one.unit))
        let right = FHIRPathQuantity(value: unity, unit: Self.comparable(other.unit))
        guard let (first, second) = aligned(left, right) else { return false }
        let isLeftLarger = second < first
        let first0 = FHIRPathQuantity(value: one.value, unit: left.unit)
        let second0 = FHIRPathQuantity(value: other.value, unit: right.unit)
        let pair = isLeftLarger ? aligned(first0, second0) : aligned(second0, first0)
        return pair.map { Self.isClose($0.0, $0.1) } ?? false
    }

    /// A calendar unit as the UCUM unit it is equivalent to, years and months included.
    private static func comparable(_ unit: FHIRPathQuantity.Unit) -> FHIRPathQuantity.Unit {
        switch unit {
        case .calendar(let unit): .ucum(unit.ucumCode)
        case .ucum, .opaque: unit
        }
    }

    /// Whether two JSON values say the same: members in any order, numbers by value.
    mutating func same(
        _ left: JSONValue,
        _ right: JSONValue,
        ignoringCase: Bool,
        at node: Int
    ) throws(FHIRPathError) -> Bool {
        var pending = [(left, right)]
        while let (one, other) = pending.popLast() {
            try charge(1, at: node)
            if one.isSamePlace(as: other) { continue }
            guard one.kind == other.kind else { return false }
            switch one.kind {
            case .null, .true, .false: continue
            case .number:
                let isSame =
                    one.decimalValue.flatMap { one in other.decimalValue.map { one == $0 } }
                guard isSame ?? (one.numberText == other.numberText) else { return false }
            case .string:
                guard let first = one.stringValue, let second = other.stringValue else {
                    return false
                }
                try charge(first.utf8.count / 16, at: node)
                let isSame =
                    ignoringCase
                    ? Self.folded(first) == Self.folded(second)
                    : first.utf8.elementsEqual(second.utf8)
                guard isSame else { return false }
            case .array:
                let first = Array(one.elements)
                var second = Array(other.elements)
                guard first.count == second.count else { return false }
                guard ignoringCase else {
                    for index in first.indices { pending.append((first[index], second[index])) }
                    continue
                }
                // Equivalent collections have the same items in any order.
                for item in first {
                    var match: Int?
                    for candidate in second.indices
                    where try same(item, second[candidate], ignoringCase: true, at: node) {
                        match = candidate
                        break
                    }
                    guard let match else { return false }
                    second.remove(at: match)
                }
            case .object:
                var count = 0
                for (name, value) in one.members {
                    guard let text = name.stringValue, let match = other[text] else {
                        return false
                    }
                    pending.append((value, match))
                    count += 1
                }
                let otherCount = other.members.reduce(0) { sum, _ in sum + 1 }
                guard count == otherCount else { return false }
            }
        }
        return true
    }

    /// Whether one item is before, with or behind the other; `nil` when it cannot be decided.
    ///
    /// - Throws: `.typeMismatch` for kinds that have no order.
    mutating func order(
        _ left: Item,
        _ right: Item,
        at node: Int
    ) throws(FHIRPathError) -> Int? {
        let (first, second) = systemPair(left, right)
        if case .integer(let one) = first, case .integer(let other) = second {
            return one < other ? -1 : (one == other ? 0 : 1)
        }
        if case .decimal(let one) = first, case .decimal(let other) = second {
            return one < other ? -1 : (one == other ? 0 : 1)
        }
        if let one = first.moment, let other = second.moment { return one.compare(other) }
        if case .quantity(let one) = first, case .quantity(let other) = second {
            return aligned(one, other).map { $0.0 < $0.1 ? -1 : ($0.0 == $0.1 ? 0 : 1) }
        }
        if case .string(let one) = first, case .string(let other) = second {
            try charge(one.utf8.count / 64, at: node)
            if let (one, other) = undeclaredMoments(left, right) { return one.compare(other) }
            return Self.scalarOrder(one, other)
        }
        if case .time(let one) = first, case .time(let other) = second {
            return one.compare(other)
        }
        // A quantity with a comparator, such as `<5`, has no place in an order.
        if isIncomparable(first) || isIncomparable(second) { return nil }
        throw fault(.typeMismatch, at: node)
    }

    /// Whether an element that stands for a value has none that can be compared: only a reason why
    /// it is absent, or a comparator.
    private func isIncomparable(_ item: Item) -> Bool {
        guard case .element(let element) = item else { return false }
        return element.type.isQuantity || !element.hasValue
    }

    /// Whether nobody can tell what an element is equal to; a text that is no date is told as a
    /// fault where it is put in order.
    private func isOpen(_ item: Item) -> Bool {
        guard case .element(let element) = item else { return false }
        return isIncomparable(item) || isTyped(element)
    }

    /// Two elements of types that are not known as the dates that both of them are: as text, 23:00
    /// of one zone would be before 22:00 of another.
    private func undeclaredMoments(_ left: Item, _ right: Item) -> (FHIRDateTime, FHIRDateTime)? {
        guard let one = undeclaredMoment(left), let other = undeclaredMoment(right) else {
            return nil
        }
        return (one, other)
    }

    private func undeclaredMoment(_ item: Item) -> FHIRDateTime? {
        guard case .element(let element) = item, element.type.isUnknown else { return nil }
        // Four digits alone are any number.
        guard let moment = FHIRDateTime(element.json), moment.precision > .year else { return nil }
        return moment
    }

    private static func scalarOrder(_ one: String, _ other: String) -> Int {
        if one.utf8.elementsEqual(other.utf8) { return 0 }
        return one.utf8.lexicographicallyPrecedes(other.utf8) ? -1 : 1
    }
}
