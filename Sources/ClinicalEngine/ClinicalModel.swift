/// A clinical model that is ready to evaluate: compiled once, safe to use from any thread.
public struct ClinicalModel: Sendable {
    /// One input of the model.
    public struct Field: Sendable, Equatable {
        /// What values it takes.
        public enum Kind: Sendable, Equatable {
            case continuous
            /// One of these categories; any text when the list is empty.
            case categorical([String])
        }

        /// The name in the document.
        public let name: String
        /// What values it takes.
        public let kind: Kind
        /// The unit of its numbers in UCUM, when the document states one.
        public let unit: String?

        /// Makes a field.
        public init(name: String, kind: Kind, unit: String? = nil) {
            self.name = name
            self.kind = kind
            self.unit = unit
        }
    }

    /// What stands in the document about itself (PMML 4.4, Header).
    public struct About: Sendable, Equatable {
        /// What the model is.
        public var description: String?
        /// The version of the model.
        public var version: String?
        /// Whose work it is; to be shown where the result is shown.
        public var copyright: String?

        /// Makes an empty note.
        public init() {}
    }

    /// The name in the document.
    public let name: String
    /// What stands in the document about itself.
    public let about: About
    /// The inputs, in the order in which `evaluate` takes them.
    public let fields: [Field]
    private let program: ScorecardProgram

    /// Compiles a scorecard.
    ///
    /// - Throws: `ModelError` with the field or characteristic that is wrong.
    public init(_ scorecard: Scorecard) throws(ModelError) {
        name = scorecard.name
        about = scorecard.about
        fields = scorecard.fields.map { field in
            let categories = field.values.filter { $0.role == .valid }.map(\.text)
            return Field(
                name: field.name,
                kind: field.kind == .continuous ? .continuous : .categorical(categories),
                unit: field.unit
            )
        }
        program = try ScorecardProgram(scorecard)
    }

    /// Evaluates one patient; `inputs` in the order of `fields`.
    public func evaluate(_ inputs: [InputValue]) -> Evaluation {
        precondition(inputs.count == fields.count, "one input for each field, in their order")
        return program.evaluate(inputs)
    }
}
