/// A network as flat arrays: one number for each input and neuron, in the order of the layers.
struct NeuralNetworkKernel: Sendable {
    private struct Layer: Sendable {
        let activation: NeuralNetwork.Activation
        let threshold: Double
        let normalization: NeuralNetwork.Normalization
        let neurons: Range<Int>
    }

    private struct Neuron: Sendable {
        let bias: Double
        let width: Double
        /// The logarithm of the height, times the number of connections.
        let height: Double
        let connections: Range<Int>
    }

    private let inputs: [Int]
    private let layers: [Layer]
    private let neurons: [Neuron]
    private let sources: [Int32]
    private let weights: [Double]
    /// For each class the position of its neuron among all values; one for a number.
    private let outputs: [Int]
    private let norms: [Expression.Norm]
    private let isClassification: Bool
    private let region: Int
    private let work: Int

    init(
        _ network: NeuralNetwork,
        _ categories: [String],
        _ region: Range<Int>,
        compiler: inout ModelCompiler
    ) throws(ModelError) {
        self.region = region.lowerBound
        var positions: [String: Int] = [:]
        var inputs: [Int] = []
        for input in network.inputs {
            guard positions.updateValue(inputs.count, forKey: input.identifier) == nil else {
                throw ModelError(code: .duplicate, place: "NeuralInput")
            }
            inputs.append(try compiler.numericSlot(input.field))
        }
        var layers: [Layer] = []
        var neurons: [Neuron] = []
        var sources: [Int32] = []
        var weights: [Double] = []
        for layer in network.layers {
            let first = neurons.count
            for neuron in layer.neurons {
                let start = weights.count
                for connection in neuron.connections {
                    // Values flow forward: a neuron is known only to the layers after its own.
                    guard let source = positions[connection.from] else {
                        throw ModelError(code: .unknownField, place: "Con")
                    }
                    sources.append(Int32(source))
                    weights.append(connection.weight)
                }
                let numbers = [neuron.bias, neuron.width, neuron.altitude]
                guard numbers.allSatisfy(\.isFinite), weights[start...].allSatisfy(\.isFinite)
                else { throw ModelError(code: .notFinite, place: "Neuron") }
                neurons.append(
                    Neuron(
                        bias: neuron.bias,
                        width: neuron.width,
                        height: ElementaryFunctions.log(neuron.altitude)
                            * Double(neuron.connections.count),
                        connections: start..<weights.count
                    )
                )
            }
            for (offset, neuron) in layer.neurons.enumerated() {
                let position = inputs.count + first + offset
                guard positions.updateValue(position, forKey: neuron.identifier) == nil else {
                    throw ModelError(code: .duplicate, place: "Neuron")
                }
            }
            layers.append(
                Layer(
                    activation: layer.activation,
                    threshold: layer.threshold,
                    normalization: layer.normalization,
                    neurons: first..<neurons.count
                )
            )
        }
        self.inputs = inputs
        self.layers = layers
        self.neurons = neurons
        self.sources = sources
        self.weights = weights
        isClassification = !categories.isEmpty
        (outputs, norms) = try Self.outputs(network.outputs, categories, positions)
        work = compiler.reserve(inputs.count + neurons.count)
    }

    /// The position of the neuron of each class, or that of the number with its norms.
    private static func outputs(
        _ outputs: [NeuralNetwork.Output],
        _ categories: [String],
        _ positions: [String: Int]
    ) throws(ModelError) -> ([Int], [Expression.Norm]) {
        var places = [Int](repeating: -1, count: max(categories.count, 1))
        var found: [Expression.Norm] = []
        for output in outputs {
            guard let position = positions[output.neuron] else {
                throw ModelError(code: .unknownField, place: "NeuralOutput")
            }
            let place: Int?
            switch output.meaning {
            case .number(let norms):
                place = categories.isEmpty ? 0 : nil
                found = norms
            case .category(let category):
                place = categories.firstIndex(of: category)
            }
            guard let place, places[place] < 0 else {
                throw ModelError(code: .inconsistent, place: "NeuralOutput")
            }
            places[place] = position
        }
        guard places.allSatisfy({ $0 >= 0 }) else {
            throw ModelError(code: .empty, place: "NeuralOutputs")
        }
        return (places, found)
    }

    func evaluate(_ scratch: inout EvaluationScratch) -> KernelResult {
        for (position, slot) in inputs.enumerated() {
            let value = scratch.read(slot)
            if value.isNaN { return .missing(slot) }
            scratch.regions[work + position] = value
        }
        for layer in layers {
            for neuron in layer.neurons {
                let value = value(of: neurons[neuron], layer, scratch)
                guard value.isFinite else { return KernelResult(outcome: .notFinite) }
                scratch.regions[work + inputs.count + neuron] = value
            }
            guard normalize(layer, &scratch) else { return KernelResult(outcome: .notFinite) }
        }
        guard isClassification else {
            return .value(Self.original(scratch.regions[work + outputs[0]], norms))
        }
        var best = 0
        for (column, position) in outputs.enumerated() {
            scratch.regions[region + column] = scratch.regions[work + position]
            if scratch.regions[region + column] > scratch.regions[region + best] { best = column }
        }
        var result = KernelResult.value(Double(best))
        result.hasProbabilities = true
        return result
    }

    private func value(
        of neuron: Neuron,
        _ layer: Layer,
        _ scratch: EvaluationScratch
    ) -> Double {
        var sum = neuron.bias
        if layer.activation == .radialBasis {
            sum = 0
            for connection in neuron.connections {
                let distance =
                    scratch.regions[work + Int(sources[connection])] - weights[connection]
                sum += distance * distance
            }
            return ElementaryFunctions.exp(
                neuron.height - sum / (2 * neuron.width * neuron.width)
            )
        }
        for connection in neuron.connections {
            sum += scratch.regions[work + Int(sources[connection])] * weights[connection]
        }
        return Self.activated(sum, layer.activation, layer.threshold)
    }

    private static func activated(
        _ z: Double,
        _ activation: NeuralNetwork.Activation,
        _ threshold: Double
    ) -> Double {
        switch activation {
        case .threshold: z > threshold ? 1 : 0
        case .logistic: ElementaryFunctions.logistic(z)
        case .tanh: ElementaryFunctions.tanh(z)
        case .identity: z
        case .exponential: ElementaryFunctions.exp(z)
        case .reciprocal: 1 / z
        case .square: z * z
        case .gauss: ElementaryFunctions.exp(-z * z)
        case .sine: ElementaryFunctions.sin(z)
        case .cosine: ElementaryFunctions.cos(z)
        case .elliott: z / (1 + abs(z))
        case .arctan: 2 * ElementaryFunctions.atan(z) / Double.pi
        case .rectifier, .radialBasis: max(0, z)
        }
    }

    /// Brings the values of a layer to a sum of one; `false` when that cannot be done.
    private func normalize(_ layer: Layer, _ scratch: inout EvaluationScratch) -> Bool {
        let first = work + inputs.count
        let places = (first + layer.neurons.lowerBound)..<(first + layer.neurons.upperBound)
        switch layer.normalization {
        case .none:
            return true
        case .simplemax:
            break
        case .softmax:
            var greatest = -Double.infinity
            for place in places { greatest = max(greatest, scratch.regions[place]) }
            for place in places {
                scratch.regions[place] = ElementaryFunctions.exp(
                    scratch.regions[place] - greatest
                )
            }
        }
        var sum = 0.0
        for place in places { sum += scratch.regions[place] }
        guard sum != 0, sum.isFinite else { return false }
        for place in places { scratch.regions[place] /= sum }
        return true
    }

    /// The number before NormContinuous, by the line between the two points around it; beyond the
    /// points the nearest line goes on.
    static func original(_ value: Double, _ norms: [Expression.Norm]) -> Double {
        guard norms.count >= 2 else { return value }
        let isRising = norms[norms.count - 1].normalized > norms[0].normalized
        var right = 1
        while right < norms.count - 1,
            isRising ? value > norms[right].normalized : value < norms[right].normalized
        {
            right += 1
        }
        let from = norms[right - 1]
        let to = norms[right]
        let share = (value - from.normalized) / (to.normalized - from.normalized)
        return from.original + share * (to.original - from.original)
    }
}
