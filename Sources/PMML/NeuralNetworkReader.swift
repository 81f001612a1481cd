import Basics
import ClinicalEngine

/// Reads what is particular to a network (PMML 4.4, NeuralNetwork).
///
///     <NeuralNetwork functionName="regression" activationFunction="tanh">
///       <NeuralInputs>
///         <NeuralInput id="0,1">
///           <DerivedField optype="continuous" dataType="double"><FieldRef field="pulse"/>
///           </DerivedField>
///         </NeuralInput>
///       </NeuralInputs>
///       <NeuralLayer>
///         <Neuron id="1,1" bias="0.3"><Con from="0,1" weight="-0.8"/></Neuron>
///       </NeuralLayer>
///       <NeuralOutputs>
///         <NeuralOutput outputNeuron="1,1">
///           <DerivedField optype="continuous" dataType="double"><FieldRef field="risk"/>
///           </DerivedField>
///         </NeuralOutput>
///       </NeuralOutputs>
///     </NeuralNetwork>
struct NeuralNetworkReader {
    static let attributes = [
        "activationFunction", "normalizationMethod", "threshold", "width", "altitude",
        "numberOfLayers",
    ]
    static let parts = ["NeuralInputs", "NeuralLayer", "NeuralOutputs"]

    private let parts: ModelParts
    private var element: Element { parts.element }
    /// The fields that the inputs are made of.
    private var derived: [DerivedField] = []

    /// The network, and the derived fields that its inputs are.
    static func read(
        _ parts: ModelParts
    ) throws(PMMLError) -> (NeuralNetwork, [DerivedField]) {
        var reader = NeuralNetworkReader(parts: parts)
        let element = parts.element
        let inputs = try reader.inputs(try parts.part("NeuralInputs"))
        let layers = parts.all("NeuralLayer")
        if let count = try element.count("numberOfLayers"), count != layers.count {
            throw element.error(.invalid, attribute: "numberOfLayers")
        }
        guard !layers.isEmpty else { throw element.error(.invalid, detail: "NeuralLayer") }
        var known = Set(inputs.map(\.identifier))
        var read: [NeuralNetwork.Layer] = []
        for layer in layers { read.append(try reader.layer(layer, &known)) }
        let outputs = try reader.outputs(try parts.part("NeuralOutputs"), known)
        return (NeuralNetwork(inputs: inputs, layers: read, outputs: outputs), reader.derived)
    }

    private init(parts: ModelParts) {
        self.parts = parts
    }

    private mutating func inputs(_ element: Element) throws(PMMLError) -> [NeuralNetwork.Input] {
        try element.allow(["numberOfInputs"])
        var inputs: [NeuralNetwork.Input] = []
        var known: Set<String> = []
        for child in element.children {
            guard child.name == "NeuralInput" else { throw child.error(.unsupported) }
            try child.allow(["id"])
            let identifier = try child.required("id")
            guard known.insert(identifier).inserted else {
                throw child.error(.invalid, attribute: "id")
            }
            guard let field = child.children.first, child.children.count == 1,
                field.name == "DerivedField"
            else { throw child.error(.invalid) }
            let name = "NeuralInput " + identifier
            derived.append(try parts.derivedField(field, name: name))
            inputs.append(.init(identifier: identifier, field: name))
        }
        if let count = try element.count("numberOfInputs"), count != inputs.count {
            throw element.error(.invalid, attribute: "numberOfInputs")
        }
        guard !inputs.isEmpty else { throw element.error(.invalid) }
        return inputs
    }

    private func layer(
        _ element: Element,
        _ known: inout Set<String>
    ) throws(PMMLError) -> NeuralNetwork.Layer {
        try element.allow([
            "numberOfNeurons", "activationFunction", "threshold", "width", "altitude",
            "normalizationMethod",
        ])
        typealias Activation = NeuralNetwork.Activation
        typealias Normalization = NeuralNetwork.Normalization
        let activation = try parts.name("activationFunction", of: element, as: Activation.self)
        guard let activation else {
            throw self.element.error(.invalid, attribute: "activationFunction")
        }
        let normalization = try parts.name(
            "normalizationMethod",
            of: element,
            as: Normalization.self
        )
        let width = try parts.number("width", of: element)
        let altitude = try parts.number("altitude", of: element) ?? 1
        var neurons: [NeuralNetwork.Neuron] = []
        for child in element.children {
            guard child.name == "Neuron" else { throw child.error(.unsupported) }
            var neuron = try neuron(child, known)
            if activation == .radialBasis {
                let own = try child.number("width")
                guard let width = own ?? width, width > 0 else {
                    throw child.error(.invalid, attribute: "width")
                }
                neuron.width = width
                neuron.altitude = try child.number("altitude") ?? altitude
                guard neuron.altitude > 0 else {
                    throw child.error(.invalid, attribute: "altitude")
                }
            }
            neurons.append(neuron)
            guard neurons.count <= Limits.neuronsMax else { throw child.error(.tooLarge) }
        }
        if let count = try element.count("numberOfNeurons"), count != neurons.count {
            throw element.error(.invalid, attribute: "numberOfNeurons")
        }
        guard !neurons.isEmpty else { throw element.error(.invalid) }
        for (neuron, child) in zip(neurons, element.children) {
            guard known.insert(neuron.identifier).inserted else {
                throw child.error(.invalid, attribute: "id")
            }
        }
        return NeuralNetwork.Layer(
            activation: activation,
            threshold: try parts.number("threshold", of: element) ?? 0,
            normalization: normalization ?? .none,
            neurons: neurons
        )
    }

    private func neuron(
        _ element: Element,
        _ known: Set<String>
    ) throws(PMMLError) -> NeuralNetwork.Neuron {
        try element.allow(["id", "bias", "width", "altitude"])
        var connections: [NeuralNetwork.Connection] = []
        for child in element.children {
            guard child.name == "Con" else { throw child.error(.unsupported) }
            try child.allow(["from", "weight"])
            let source = try child.required("from")
            guard known.contains(source) else { throw child.error(.invalid, attribute: "from") }
            guard let weight = try child.number("weight") else {
                throw child.error(.invalid, attribute: "weight")
            }
            connections.append(.init(from: source, weight: weight))
        }
        guard !connections.isEmpty else { throw element.error(.invalid) }
        return .init(
            identifier: try element.required("id"),
            bias: try element.number("bias") ?? 0,
            connections: connections
        )
    }

    private func outputs(
        _ element: Element,
        _ known: Set<String>
    ) throws(PMMLError) -> [NeuralNetwork.Output] {
        try element.allow(["numberOfOutputs"])
        var outputs: [NeuralNetwork.Output] = []
        for child in element.children {
            guard child.name == "NeuralOutput" else { throw child.error(.unsupported) }
            try child.allow(["outputNeuron"])
            let neuron = try child.required("outputNeuron")
            guard known.contains(neuron) else {
                throw child.error(.invalid, attribute: "outputNeuron")
            }
            guard let field = child.children.first, child.children.count == 1,
                field.name == "DerivedField"
            else { throw child.error(.invalid) }
            try field.allow(["name", "displayName", "optype", "dataType"])
            guard let expression = field.children.first, field.children.count == 1 else {
                throw field.error(.invalid)
            }
            outputs.append(.init(neuron: neuron, meaning: try meaning(expression)))
        }
        if let count = try element.count("numberOfOutputs"), count != outputs.count {
            throw element.error(.invalid, attribute: "numberOfOutputs")
        }
        return outputs
    }

    /// What the value of a neuron says about the target.
    private func meaning(_ element: Element) throws(PMMLError) -> NeuralNetwork.Meaning {
        let field = try element.required("field")
        if let name = parts.target?.name, !name.isEmpty, field != name {
            throw element.error(.invalid, attribute: "field")
        }
        switch element.name {
        case "FieldRef":
            try element.allow(["field"])
            return .number(norms: [])
        case "NormDiscrete":
            try element.allow(["field", "value"])
            let value = try element.required("value")
            if let known = parts.target?.categories, !known.isEmpty, !known.contains(value) {
                throw element.error(.invalid, attribute: "value")
            }
            return .category(value)
        case "NormContinuous":
            try element.allow(["field", "outliers"])
            guard element["outliers"] ?? "asIs" == "asIs" else {
                throw element.error(.unsupported, attribute: "outliers")
            }
            return .number(norms: try norms(element))
        default:
            throw element.error(.unsupported)
        }
    }

    /// The points in a strict order on both sides, so that they can be read backwards.
    private func norms(_ element: Element) throws(PMMLError) -> [Expression.Norm] {
        var norms: [Expression.Norm] = []
        for child in element.children {
            guard child.name == "LinearNorm" else { throw child.error(.unsupported) }
            try child.allow(["orig", "norm"])
            guard let original = try child.number("orig") else {
                throw child.error(.invalid, attribute: "orig")
            }
            guard let normalized = try child.number("norm") else {
                throw child.error(.invalid, attribute: "norm")
            }
            norms.append(.init(original: original, normalized: normalized))
        }
        guard norms.count >= 2 else { throw element.error(.invalid) }
        let isRising = norms[1].normalized > norms[0].normalized
        for (before, after) in zip(norms, norms.dropFirst()) {
            let isOrdered =
                after.original > before.original
                && (isRising
                    ? after.normalized > before.normalized
                    : after.normalized < before.normalized)
            guard isOrdered else { throw element.error(.invalid) }
        }
        return norms
    }
}
