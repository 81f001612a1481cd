import Basics
import FHIR
import JSON

extension Evaluator {
    /// An element that is a primitive, or a Quantity, as the System value it stands for.
    ///
    /// FHIR R4, section 2.9.1.1 (using FHIR types in expressions). Other elements stay.
    func system(_ item: Item) -> Item {
        guard case .element(let element) = item, element.hasValue else { return item }
        let json = element.json
        switch json.kind {
        case .true: return .boolean(true)
        case .false: return .boolean(false)
        case .number: return number(element) ?? item
        case .string: return text(element) ?? item
        case .object: return quantity(element).map { .quantity($0) } ?? item
        case .null, .array: return item
        }
    }

    private func number(_ element: Element) -> Item? {
        guard let number = element.json.decimalValue else { return nil }
        if element.type != .decimal, number.scale == 0, let whole = number.integerValue {
            return .integer(whole)
        }
        return .decimal(number)
    }

    private func text(_ element: Element) -> Item? {
        let type = element.type
        let json = element.json
        if type == .date { return FHIRDateTime(json).map { .date($0) } }
        if type == .dateTime || type == .instant {
            return FHIRDateTime(json).map { .dateTime($0) }
        }
        if type == .time { return FHIRTime(json).map { .time($0) } }
        return json.stringValue.map { .string($0) }
    }

    /// A FHIR Quantity as a System one; `nil` when it is none or has a comparator.
    ///
    /// `<5` is no number that could be compared, and a unit is never guessed: without a UCUM code
    /// the quantity is comparable only with the very same unit.
    func quantity(_ element: Element) -> FHIRPathQuantity? {
        guard element.type.isQuantity else { return nil }
        guard let quantity = Quantity(element.json), let value = quantity.value else { return nil }
        guard quantity.json["comparator"] == nil else { return nil }
        guard let code = quantity.code else {
            guard let unit = quantity.unit else {
                return FHIRPathQuantity(value: value, unit: FHIRPathQuantity.one)
            }
            return FHIRPathQuantity(value: value, unit: .opaque(unit))
        }
        if quantity.isUCUM {
            return FHIRPathQuantity(value: value, unit: .ucum(code), isElement: true)
        }
        let unit = (quantity.system ?? "") + "|" + code
        return FHIRPathQuantity(value: value, unit: .opaque(unit))
    }

    /// A string element of unknown type as a date or time, for comparison with one.
    func moment(_ item: Item, like other: Item) -> Item? {
        guard case .element(let element) = item, element.type.isUnknown else { return nil }
        switch other {
        case .date: return FHIRDateTime(element.json).map { .date($0) }
        case .dateTime: return FHIRDateTime(element.json).map { .dateTime($0) }
        case .time: return FHIRTime(element.json).map { .time($0) }
        case .boolean, .integer, .decimal, .string, .quantity, .element, .type: return nil
        }
    }

    /// Both items as System values of comparable kinds where that is possible.
    func systemPair(_ left: Item, _ right: Item) -> (Item, Item) {
        let first = system(left)
        let second = system(right)
        if let moment = moment(left, like: second) { return (moment, second) }
        if let moment = moment(right, like: first) { return (first, moment) }
        guard let kind = Self.systemType(first), let other = Self.systemType(second),
            kind != other
        else {
            return (first, second)
        }
        // Integers become decimals, and both become quantities (FHIRPath 2.0, section 5.5).
        guard kind == .quantity || other == .quantity else {
            guard kind == .decimal || other == .decimal else { return (first, second) }
            return (
                Self.decimal(first).map { .decimal($0) } ?? first,
                Self.decimal(second).map { .decimal($0) } ?? second
            )
        }
        return (
            Self.decimal(first).map { .quantity(Self.plain($0)) } ?? first,
            Self.decimal(second).map { .quantity(Self.plain($0)) } ?? second
        )
    }

    /// A number as a quantity of the unity.
    static func plain(_ number: DecimalNumber) -> FHIRPathQuantity {
        FHIRPathQuantity(value: number, unit: FHIRPathQuantity.one)
    }
}
