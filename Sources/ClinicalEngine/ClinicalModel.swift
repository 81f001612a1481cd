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
    /// The output fields, in document order.
    public let outputs: [String]
    /// The field that it predicts, when the document names it.
    public let target: String?
    /// What kind of answer it gives.
    public let function: ModelNode.Function
    /// The categories that it predicts; empty for numbers and clusters.
    public let categories: [String]
    /// The identifiers and names of its clusters; empty for other models.
    public let segments: [String]
    /// Its clusters as the document describes them; empty for other models.
    public let segmentProfiles: [SegmentProfile]
    /// When a cluster is uncertain; `nil` when the document does not say.
    public let segmentConfidence: SegmentConfidence?
    private let program: ModelProgram

    /// Compiles a model.
    ///
    /// - Throws: `ModelError` with the field or part that is wrong.
    public init(_ definition: ModelDefinition) throws(ModelError) {
        name = definition.model.name
        about = definition.about
        target = definition.model.target?.name
        function = definition.model.function
        fields = definition.fields.map { field in
            let categories = field.values.filter { $0.role == .valid }.map(\.text)
            return Field(
                name: field.name,
                kind: field.kind == .continuous ? .continuous : .categorical(categories),
                unit: field.unit
            )
        }
        program = try ModelProgram(definition)
        outputs = (program.inner + program.root.outputs).map(\.name)
        categories = program.root.categories.map(\.text)
        if case .clustering(let clustering) = definition.model.body {
            segments = clustering.clusters.map(\.id) + clustering.clusters.compactMap(\.name)
            segmentProfiles = SegmentProfile.profiles(
                of: clustering,
                among: definition.transformations + definition.model.transformations,
                fields: fields
            )
            segmentConfidence = clustering.confidence
        } else {
            segments = []
            segmentProfiles = []
            segmentConfidence = nil
        }
    }

    /// The longest name and description of any of its clusters in each language.
    public var longestSegmentTexts: [SegmentText] {
        var longest: [SegmentText] = []
        for text in segmentProfiles.map(\.texts).joined() {
            guard let place = longest.firstIndex(where: { $0.language == text.language }) else {
                longest.append(text)
                continue
            }
            if text.name.count > longest[place].name.count { longest[place].name = text.name }
            if text.description.count > longest[place].description.count {
                longest[place].description = text.description
            }
        }
        return longest
    }

    /// Compiles a scorecard.
    ///
    /// - Throws: `ModelError` with the field or characteristic that is wrong.
    public init(_ scorecard: Scorecard) throws(ModelError) {
        var definition = ModelDefinition(
            fields: scorecard.fields,
            model: ModelNode(
                name: scorecard.name,
                function: .regression,
                body: .scorecard(scorecard)
            )
        )
        definition.about = scorecard.about
        try self.init(definition)
    }

    /// Evaluates one patient; `inputs` in the order of `fields`.
    public func evaluate(_ inputs: [InputValue]) -> Evaluation {
        var scratch = makeScratch()
        return evaluate(inputs, &scratch)
    }

    /// Working memory for this model, for a program that evaluates many rows.
    public func makeScratch() -> EvaluationScratch {
        program.makeScratch()
    }

    /// Evaluates one patient with working memory that `makeScratch` of this model gave.
    public func evaluate(
        _ inputs: [InputValue],
        _ scratch: inout EvaluationScratch
    ) -> Evaluation {
        precondition(inputs.count == fields.count, "one input for each field, in their order")
        precondition(scratch.slots.count == program.slots.count, "the scratch of this model")
        return program.evaluate(inputs, &scratch)
    }
}
