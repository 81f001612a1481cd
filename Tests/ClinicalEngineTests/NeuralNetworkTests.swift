import Testing

@testable import ClinicalEngine

@Suite("Neural networks")
struct NeuralNetworkTests {
    private typealias Layer = NeuralNetwork.Layer
    private typealias Neuron = NeuralNetwork.Neuron

    /// One hidden neuron over x and y, and one output neuron that passes it on.
    private static func network(
        _ activation: NeuralNetwork.Activation,
        norms: [Expression.Norm] = []
    ) -> NeuralNetwork {
        var hidden = Neuron(
            identifier: "h",
            bias: 0.5,
            connections: [.init(from: "x", weight: 2), .init(from: "y", weight: -1)]
        )
        hidden.width = 2
        hidden.altitude = 3
        return NeuralNetwork(
            inputs: [.init(identifier: "x", field: "x"), .init(identifier: "y", field: "y")],
            layers: [
                Layer(
                    activation: activation,
                    threshold: 0.25,
                    normalization: .none,
                    neurons: [hidden]
                ),
                Layer(
                    activation: .identity,
                    threshold: 0,
                    normalization: .none,
                    neurons: [
                        Neuron(
                            identifier: "o",
                            bias: 1,
                            connections: [.init(from: "h", weight: 10)]
                        )
                    ]
                ),
            ],
            outputs: [.init(neuron: "o", meaning: .number(norms: norms))]
        )
    }

    /// The value of the hidden neuron at x = 1, y = 2, where its sum is 0.5.
    private static let values: [(NeuralNetwork.Activation, Double)] = [
        (.threshold, 1), (.logistic, 0.6224593312018546), (.tanh, 0.46211715726000973),
        (.identity, 0.5), (.exponential, 1.6487212707001282), (.reciprocal, 2), (.square, 0.25),
        (.gauss, 0.7788007830714049), (.sine, 0.479425538604203), (.cosine, 0.8775825618903728),
        (.elliott, 0.3333333333333333), (.arctan, 0.2951672353008665), (.rectifier, 0.5),
        // exp(2 ln 3 - ((1 - 2)^2 + (2 + 1)^2) / 8)
        (.radialBasis, 2.5785431717417113),
    ]

    @Test("know every activation function", arguments: values)
    func activations(activation: NeuralNetwork.Activation, value: Double) throws {
        let model = try KernelModels.model(
            .neuralNetwork(Self.network(activation)),
            .regression
        )
        let result = try #require(KernelModels.evaluate(model, 1, 2).value)
        #expect(abs(result - (10 * value + 1)) < 1e-12)
    }

    @Test("cover all activation functions in the table above")
    func coverage() {
        #expect(Self.values.count == NeuralNetwork.Activation.allCases.count)
    }

    @Test("read the norms of the output backwards, beyond the points too")
    func norms() throws {
        let norms: [Expression.Norm] = [
            .init(original: 0, normalized: 0), .init(original: 100, normalized: 10),
            .init(original: 120, normalized: 20),
        ]
        let model = try KernelModels.model(
            .neuralNetwork(Self.network(.identity, norms: norms)),
            .regression
        )
        // The output neuron is 10 (2x - y + 0.5) + 1.
        #expect(KernelModels.evaluate(model, 0, 0.1).value == 50)
        #expect(KernelModels.evaluate(model, 1, 1.1).value == 110)
        #expect(KernelModels.evaluate(model, 0, 1).value == -40)
        #expect(KernelModels.evaluate(model, 2, 1.6).value == 140)
    }

    private static func classifier(
        _ normalization: NeuralNetwork.Normalization
    ) throws(ModelError) -> ClinicalModel {
        func neuron(_ identifier: String, _ from: String) -> Neuron {
            Neuron(identifier: identifier, bias: 0, connections: [.init(from: from, weight: 1)])
        }
        return try KernelModels.model(
            .neuralNetwork(
                NeuralNetwork(
                    inputs: [
                        .init(identifier: "x", field: "x"), .init(identifier: "y", field: "y"),
                    ],
                    layers: [
                        Layer(
                            activation: .identity,
                            threshold: 0,
                            normalization: normalization,
                            neurons: [neuron("1", "x"), neuron("2", "y")]
                        )
                    ],
                    outputs: [
                        .init(neuron: "2", meaning: .category("no")),
                        .init(neuron: "1", meaning: .category("yes")),
                    ]
                )
            ),
            .classification,
            categories: ["no", "yes"]
        )
    }

    @Test("bring the values of a layer to a sum of one")
    func normalization() throws {
        let simple = KernelModels.evaluate(try Self.classifier(.simplemax), 3, 1)
        #expect(simple.category == "yes")
        #expect(simple.probability("yes") == 0.75)
        let soft = KernelModels.evaluate(try Self.classifier(.softmax), 1_001, 1_000)
        #expect(soft.probability("yes") == 0.73105857863)
        #expect(KernelModels.evaluate(try Self.classifier(.softmax), 2, 2).category == "no")
    }

    @Test("refuse what has no number: a missing input, a division by zero, an overflow")
    func refusals() throws {
        let model = try Self.classifier(.simplemax)
        #expect(
            KernelModels.evaluate(model, nil, 1).refusal
                == .init(code: .missingValue, field: "x")
        )
        #expect(KernelModels.evaluate(model, 1, -1).refusal?.code == .notFinite)
        let inverse = try KernelModels.model(
            .neuralNetwork(Self.network(.reciprocal)),
            .regression
        )
        #expect(KernelModels.evaluate(inverse, 0, 0.5).refusal?.code == .notFinite)
        let growing = try KernelModels.model(
            .neuralNetwork(Self.network(.exponential)),
            .regression
        )
        #expect(KernelModels.evaluate(growing, 1e6, 0).refusal?.code == .notFinite)
    }

    @Test("let values flow forward only, and each name stand once")
    func faults() {
        var backward = Self.network(.identity)
        backward.layers.swapAt(0, 1)
        #expect(throws: ModelError.self) {
            try KernelModels.model(.neuralNetwork(backward), .regression)
        }
        var twice = Self.network(.identity)
        twice.layers[1].neurons[0].identifier = "h"
        #expect(throws: ModelError.self) {
            try KernelModels.model(.neuralNetwork(twice), .regression)
        }
        var silent = Self.network(.identity)
        silent.outputs = []
        #expect(throws: ModelError.self) {
            try KernelModels.model(.neuralNetwork(silent), .regression)
        }
        #expect(throws: ModelError.self) {
            try KernelModels.model(
                .neuralNetwork(Self.network(.identity)),
                .classification,
                categories: ["no", "yes"]
            )
        }
    }
}
