/// A feed-forward network (PMML 4.4, NeuralNetwork).
public struct NeuralNetwork: Sendable, Equatable {
    /// What a neuron makes of its sum (`activationFunction`).
    public enum Activation: String, Sendable, CaseIterable {
        case threshold
        case logistic
        case tanh
        case identity
        case exponential
        case reciprocal
        case square
        case gauss = "Gauss"
        case sine
        case cosine
        case elliott = "Elliott"
        case arctan
        case rectifier
        case radialBasis
    }

    /// What becomes of the values of a layer together (`normalizationMethod`).
    public enum Normalization: String, Sendable, CaseIterable {
        case none
        case simplemax
        case softmax
    }

    /// An input with the name that connections use (NeuralInput).
    public struct Input: Sendable, Equatable {
        /// The name that connections use.
        public let identifier: String
        /// The field that is read.
        public let field: String

        /// Makes an input.
        public init(identifier: String, field: String) {
            self.identifier = identifier
            self.field = field
        }
    }

    /// Where a neuron takes a value from, and how much it counts (Con).
    public struct Connection: Sendable, Equatable {
        /// The input or neuron.
        public let from: String
        /// The factor.
        public let weight: Double

        /// Makes a connection.
        public init(from: String, weight: Double) {
            self.from = from
            self.weight = weight
        }
    }

    /// One neuron.
    public struct Neuron: Sendable, Equatable {
        /// The name that connections use.
        public var identifier: String
        /// What is added to its sum.
        public var bias: Double
        /// Where its values come from.
        public var connections: [Connection]
        /// The width of a radial basis function.
        public var width = 1.0
        /// The height of a radial basis function.
        public var altitude = 1.0

        /// Makes a neuron.
        public init(identifier: String, bias: Double, connections: [Connection]) {
            self.identifier = identifier
            self.bias = bias
            self.connections = connections
        }
    }

    /// The neurons that are computed together (NeuralLayer).
    public struct Layer: Sendable, Equatable {
        /// What each neuron makes of its sum.
        public var activation: Activation
        /// The border of the threshold function.
        public var threshold: Double
        /// What becomes of the values together.
        public var normalization: Normalization
        /// The neurons.
        public var neurons: [Neuron]

        /// Makes a layer.
        public init(
            activation: Activation,
            threshold: Double,
            normalization: Normalization,
            neurons: [Neuron]
        ) {
            self.activation = activation
            self.threshold = threshold
            self.normalization = normalization
            self.neurons = neurons
        }
    }

    /// What the value of a neuron means.
    public enum Meaning: Sendable, Equatable {
        /// The predicted number, through the points of a NormContinuous read backwards; without
        /// points the number itself.
        case number(norms: [Expression.Norm])
        /// The share of a class (NormDiscrete).
        case category(String)
    }

    /// A neuron whose value is a result (NeuralOutput).
    public struct Output: Sendable, Equatable {
        /// The neuron.
        public let neuron: String
        /// What its value means.
        public let meaning: Meaning

        /// Makes an output.
        public init(neuron: String, meaning: Meaning) {
            self.neuron = neuron
            self.meaning = meaning
        }
    }

    /// The inputs by their names.
    public var inputs: [Input]
    /// The layers in their order.
    public var layers: [Layer]
    /// What comes out.
    public var outputs: [Output]

    /// Makes a network.
    public init(inputs: [Input], layers: [Layer], outputs: [Output]) {
        self.inputs = inputs
        self.layers = layers
        self.outputs = outputs
    }
}
