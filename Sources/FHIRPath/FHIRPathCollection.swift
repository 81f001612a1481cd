package import JSON

/// A collection as an evaluation left it, with the FHIR types that are known of its items.
///
/// `FHIRPathValue` forgets the type of an element and the object beside a primitive. Who goes on
/// from a result, as the nested selections of a view do, goes on from this.
package struct FHIRPathCollection: Sendable {
    let items: Items

    init(_ items: Items) {
        self.items = items
    }

    /// A collection of one element, such as a resource.
    package init(_ json: JSONValue) {
        items = .one(Item(.element(json)))
    }

    /// The empty collection.
    package static let empty = FHIRPathCollection(.none)

    /// How many items there are.
    package var count: Int { items.count }

    /// Whether there is no item.
    package var isEmpty: Bool { items.isEmpty }

    /// The item at a position, as a collection of its own.
    package subscript(position: Int) -> FHIRPathCollection {
        FHIRPathCollection(.one(items[position]))
    }

    /// The value of an item; `nil` for a primitive that has only extensions.
    package func value(at position: Int) -> FHIRPathValue? {
        let item = items[position]
        if case .element(let element) = item, !element.hasValue { return nil }
        return item.value
    }

    /// The FHIR type of an item that is an element, such as `dateTime`; empty when unknown.
    package func typeName(at position: Int) -> String {
        guard case .element(let element) = items[position] else { return "" }
        return element.type.name
    }
}

extension FHIRPathExpression {
    /// Evaluates on a collection that an earlier evaluation gave.
    ///
    /// - Parameters:
    ///   - focus: the input collection, `$this` at the start; it goes before the environment's.
    ///   - environment: what else the evaluation may see.
    /// - Returns: the items of the result with their types.
    /// - Throws: `FHIRPathError`, as every evaluation does.
    package func evaluate(
        on focus: FHIRPathCollection,
        in environment: FHIRPathEnvironment
    ) throws(FHIRPathError) -> FHIRPathCollection {
        var evaluator = Evaluator(program: program, environment: environment, focus: focus.items)
        return FHIRPathCollection(try evaluator.run())
    }
}
