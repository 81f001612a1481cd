/// A field that is computed from others (PMML 4.4, DerivedField).
public struct DerivedField: Sendable, Equatable {
    /// The name in the document.
    public var name: String
    /// The type its values are brought to.
    public var type: ValueType
    /// Whether its values are numbers or categories.
    public var kind: FieldDefinition.Kind
    /// The listed values, for an order.
    public var values: [String] = []
    /// How it is computed.
    public var expression: Expression
    /// The line in the document, or zero.
    public var line = 0

    /// Makes a derived field.
    public init(
        name: String,
        type: ValueType,
        kind: FieldDefinition.Kind,
        expression: Expression
    ) {
        self.name = name
        self.type = type
        self.kind = kind
        self.expression = expression
    }
}
