import FHIRPath
import JSON

/// A resource among draft orders that carries orders of others: a group, a plan or a list.
///
///     { "resourceType": "RequestGroup", "id": "g",
///       "action": [ { "resource": { "reference": "MedicationRequest/a" } } ] }
///
/// The orders that it refers to are sent beside it. One that stands inside it is not read: it has
/// no id of its own by which the client could be told of it (FHIR R4, 2.3.0.6).
struct OrderGroup {
    /// What a type of resource has to do with orders of medicines.
    enum Kind {
        /// It orders or records a medicine.
        case medicine
        /// A Medication itself.
        case substance
        /// It refers to orders.
        case group
        /// It has nothing to do with medicines.
        case other
        /// No type of FHIR, or one that may hold anything.
        case unknown

        /// The kind of a type by its name.
        init(_ type: String) {
            if type == "Medication" || type == "MedicationKnowledge" {
                self = .substance
            } else if type.hasPrefix("Medication") {
                self = .medicine
            } else if OrderGroup.members[type] != nil {
                self = .group
            } else if OrderGroup.opaque.contains(type) {
                self = .unknown
            } else {
                let isKnown = OrderGroup.dated.contains(type) || ElementKnowledge.isResource(type)
                self = isKnown ? .other : .unknown
            }
        }

        /// Whether a resource that is not sent, or not read, may order a medicine.
        var mayOrder: Bool {
            switch self {
            case .medicine, .group, .unknown: true
            case .substance, .other: false
            }
        }
    }

    /// Where it stands in the request.
    let pointer: String
    /// The names of the orders that it refers to: relative references and UUIDs.
    private(set) var references: Set<String> = []
    /// The names of what else it refers to, of which none orders a medicine.
    private(set) var others: Set<String> = []
    /// Whether an order stands inside it.
    private(set) var holdsOrder = false
    /// Whether all that it carries can be followed.
    let isWhole: Bool

    /// The members that carry orders: FHIR R4 and, of another name, R5.
    private static let members = [
        "CarePlan": ["activity"], "Composition": ["section"], "List": ["entry"],
        "Parameters": ["parameter"], "RequestGroup": ["action"],
        "RequestOrchestration": ["action"], "Task": ["focus", "input"],
    ]

    private static let opaque: Set = [
        "Basic", "Binary", "Bundle", "DomainResource", "Resource",
    ]

    /// Orders of DSTU2 that are none of medicines.
    private static let dated: Set = ["DeviceUseRequest", "DiagnosticOrder"]

    /// What came of an activity of a CarePlan, which is no order.
    private static let past: Set = ["outcomeReference", "performedActivity"]

    /// Reads a resource of the kind `.group`.
    init(_ resource: JSONValue, type: String, pointer: String) {
        self.pointer = pointer
        isWhole = Self.isWhole(resource, type: type)
        var waiting = (Self.members[type] ?? []).compactMap { resource[$0] }
        if let contained = resource["contained"] { waiting.append(contained) }
        while let value = waiting.popLast() {
            switch value.kind {
            case .array: waiting += value.elements
            case .object: waiting += take(value)
            case .string, .number, .true, .false, .null: continue
            }
        }
    }

    /// Takes an object and gives what is to be looked at inside it.
    private mutating func take(_ value: JSONValue) -> [JSONValue] {
        if let type = value["resourceType"]?.stringValue {
            if Kind(type).mayOrder || DraftOrders.isError(value) { holdsOrder = true }
            return []
        }
        // R4 CarePlan.activity.detail is an order that stands nowhere else.
        let product = value["productCodeableConcept"] ?? value["productReference"]
        if let kind = value["kind"]?.stringValue {
            if kind == "MedicationRequest" { holdsOrder = true }
        } else if product != nil {
            holdsOrder = true
        }
        if let reference = value["reference"]?.stringValue { take(reference: reference) }
        return value.members.compactMap { name, member in
            Self.past.contains(name.stringValue ?? "") ? nil : member
        }
    }

    private mutating func take(reference: String) {
        // What is contained was looked at.
        guard !reference.hasPrefix("#") else { return }
        let (name, kind) = Self.target(of: reference)
        if kind?.mayOrder ?? true { references.insert(name) } else { others.insert(name) }
    }
}
