import Basics
import FHIR
import JSON

/// One item while an expression is evaluated.
enum Item {
    case boolean(Bool)
    case integer(Int)
    case decimal(DecimalNumber)
    case string(String)
    case date(FHIRDateTime)
    case dateTime(FHIRDateTime)
    case time(FHIRTime)
    indirect case quantity(FHIRPathQuantity)
    case element(Element)
    /// What `type()` gives.
    case type(TypeName)

    /// The item as a caller sees it.
    var value: FHIRPathValue? {
        switch self {
        case .boolean(let flag): .boolean(flag)
        case .integer(let number): .integer(number)
        case .decimal(let number): .decimal(number)
        case .string(let text): .string(text)
        case .date(let date): .date(date)
        case .dateTime(let date): .dateTime(date)
        case .time(let time): .time(time)
        case .quantity(let quantity): .quantity(quantity)
        case .element(let element): .element(element.json)
        case .type(let type): .string(type.text)
        }
    }

    /// The date or dateTime, which are compared with one another.
    var moment: FHIRDateTime? {
        switch self {
        case .date(let date), .dateTime(let date): date
        case .boolean, .integer, .decimal, .string, .time, .quantity, .element, .type: nil
        }
    }

    init(_ value: FHIRPathValue) {
        switch value {
        case .boolean(let flag): self = .boolean(flag)
        case .integer(let number): self = .integer(number)
        case .decimal(let number): self = .decimal(number)
        case .string(let text): self = .string(text)
        case .date(let date): self = .date(date)
        case .dateTime(let date): self = .dateTime(date)
        case .time(let time): self = .time(time)
        case .quantity(let quantity): self = .quantity(quantity)
        case .element(let json): self = .element(Element(root: json))
        }
    }
}

/// An element: its JSON, what is known of its FHIR type, and the `_name` object beside it.
struct Element {
    /// The value; of a primitive that has only extensions, the `_name` object.
    let json: JSONValue
    /// The place of `shadow`, which stands beside the value; a place counts no reference.
    private let shadowPlace: JSONPlace?
    let type: FHIRType
    /// Whether there is a value and not only a `_name` object.
    let hasValue: Bool

    init(json: JSONValue, shadow: JSONValue? = nil, type: FHIRType, hasValue: Bool = true) {
        self.json = json
        shadowPlace = shadow?.place
        self.type = type
        self.hasValue = hasValue
    }

    /// The object with `id` and `extension` of a primitive (FHIR R4, section 2.6.2.2).
    var shadow: JSONValue? { shadowPlace.map { JSONValue(json.tape, $0) } }

    /// A value from outside: a resource when it says so, otherwise of unknown type.
    init(root json: JSONValue) {
        self.init(json: json, type: FHIRType.ofResource(json) ?? .unknown)
    }

    /// An element whose type is known from the place where it stands.
    init(_ focus: FHIRPathEnvironment.TypedFocus) {
        let type = TypeModel.shared.type(focus.type) ?? .unknown
        self.init(
            json: focus.json,
            shadow: focus.shadow,
            type: FHIRType.ofResource(focus.json) ?? type,
            hasValue: !(type.isPrimitive && focus.json.kind == .object)
        )
    }
}

/// A collection; the frequent ones with at most one item need no array.
enum Items {
    case none
    case one(Item)
    case many([Item])

    init(_ items: [Item]) {
        switch items.count {
        case 0: self = .none
        case 1: self = .one(items[0])
        default: self = .many(items)
        }
    }

    var count: Int {
        switch self {
        case .none: 0
        case .one: 1
        case .many(let items): items.count
        }
    }

    var isEmpty: Bool {
        switch self {
        case .none: true
        case .one: false
        case .many(let items): items.isEmpty
        }
    }

    subscript(index: Int) -> Item {
        switch self {
        case .none: preconditionFailure("an empty collection has no item")
        case .one(let item):
            precondition(index == 0, "a single item has the index 0")
            return item
        case .many(let items): return items[index]
        }
    }

    var first: Item? { isEmpty ? nil : self[0] }

    var array: [Item] {
        switch self {
        case .none: []
        case .one(let item): [item]
        case .many(let items): items
        }
    }

    mutating func append(_ item: Item) {
        switch self {
        case .none: self = .one(item)
        case .one(let first): self = .many([first, item])
        case .many(var items):
            self = .none
            items.append(item)
            self = .many(items)
        }
    }

    mutating func append(_ other: Items) {
        switch other {
        case .none: break
        case .one(let item): append(item)
        case .many(let items):
            if isEmpty {
                self = other
            } else {
                for item in items { append(item) }
            }
        }
    }
}
