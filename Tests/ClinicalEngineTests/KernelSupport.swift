import ClinicalEngine

/// Small models of numbers `x`, `y` and a text `c` (one of "a", "b").
enum KernelModels {
    /// Compiles a body over these fields.
    static func model(
        _ body: ModelNode.Body,
        _ function: ModelNode.Function,
        categories: [String] = [],
        outputs: [OutputDefinition] = []
    ) throws(ModelError) -> ClinicalModel {
        var text = FieldDefinition(name: "c", kind: .categorical)
        text.values = [.init(text: "a"), .init(text: "b")]
        var node = ModelNode(name: "m", function: function, body: body)
        node.target = Target(
            name: "t",
            type: categories.isEmpty ? .double : .string,
            categories: categories
        )
        node.outputs = outputs
        return try ClinicalModel(
            ModelDefinition(
                fields: [
                    FieldDefinition(name: "x", kind: .continuous),
                    FieldDefinition(name: "y", kind: .continuous), text,
                ],
                model: node
            )
        )
    }

    /// The evaluation of a row; `nil` is missing.
    static func evaluate(
        _ model: ClinicalModel,
        _ x: Double?,
        _ y: Double? = 0,
        _ c: String? = "a"
    ) -> Evaluation {
        model.evaluate([
            x.map { .number($0) } ?? .missing,
            y.map { .number($0) } ?? .missing,
            c.map { .category($0) } ?? .missing,
        ])
    }
}

extension Evaluation {
    /// The probability of a category, rounded to twelve places.
    func probability(_ category: String) -> Double? {
        probabilities.first { $0.category == category }.map { ($0.value * 1e12).rounded() / 1e12 }
    }
}
