import Basics
import ClinicalEngine

/// Reads what is particular to support vector machines (PMML 4.4, SupportVectorMachineModel).
///
///     <SupportVectorMachineModel functionName="regression">
///       <RadialBasisKernelType gamma="0.2"/>
///       <VectorDictionary>
///         <VectorFields><FieldRef field="pulse"/></VectorFields>
///         <VectorInstance id="1"><Array type="real">0.4</Array></VectorInstance>
///       </VectorDictionary>
///       <SupportVectorMachine>
///         <SupportVectors><SupportVector vectorId="1"/></SupportVectors>
///         <Coefficients absoluteValue="0.1"><Coefficient value="1"/></Coefficients>
///       </SupportVectorMachine>
///     </SupportVectorMachineModel>
struct SupportVectorMachineReader {
    private typealias Dimension = SupportVectorMachine.Dimension
    private typealias Machine = SupportVectorMachine.Machine

    static let attributes = [
        "threshold", "svmRepresentation", "classificationMethod", "maxWins",
        "alternateBinaryTargetCategory",
    ]
    static let parts = kernels + ["VectorDictionary", "SupportVectorMachine"]
    static let kernels = [
        "LinearKernelType", "PolynomialKernelType", "RadialBasisKernelType", "SigmoidKernelType",
    ]

    private let parts: ModelParts
    private var element: Element { parts.element }
    private let usesVectors: Bool
    private let isClassification: Bool
    private let isOneAgainstOne: Bool

    static func read(
        _ parts: ModelParts
    ) throws(PMMLError) -> SupportVectorMachine {
        let element = parts.element
        let representation = element["svmRepresentation"] ?? "SupportVectors"
        guard ["SupportVectors", "Coefficients"].contains(representation) else {
            throw element.error(.unsupported, attribute: "svmRepresentation")
        }
        let method = element["classificationMethod"] ?? "OneAgainstAll"
        guard ["OneAgainstAll", "OneAgainstOne"].contains(method) else {
            throw element.error(.unsupported, attribute: "classificationMethod")
        }
        let machines = parts.all("SupportVectorMachine")
        let isClassification = try element.required("functionName") == "classification"
        // A single machine with two classes decides between them whatever the method says.
        let isPair =
            machines.count == 1
            && (machines[0]["alternateTargetCategory"] != nil
                || element["alternateBinaryTargetCategory"] != nil)
        let reader = SupportVectorMachineReader(
            parts: parts,
            usesVectors: representation == "SupportVectors",
            isClassification: isClassification,
            isOneAgainstOne: method == "OneAgainstOne" || isPair
        )
        return try reader.model(machines)
    }

    private func model(_ machines: [Element]) throws(PMMLError) -> SupportVectorMachine {
        var kernel: SupportVectorMachine.Kernel?
        for child in element.children where Self.kernels.contains(child.name) {
            guard kernel == nil else { throw child.error(.invalid) }
            kernel = try Self.kernel(child)
        }
        guard let kernel else { throw element.error(.invalid, detail: "kernel") }
        guard usesVectors || kernel == .linear else {
            throw element.error(.unsupported, attribute: "svmRepresentation")
        }
        let dictionary = try parts.part("VectorDictionary")
        try dictionary.allow(["numberOfVectors"])
        var dimensions: [Dimension] = []
        var vectors: [Double] = []
        var positions: [String: Int] = [:]
        for child in dictionary.children {
            switch child.name {
            case "VectorFields":
                guard dimensions.isEmpty else { throw child.error(.invalid) }
                dimensions = try fields(child)
            case "VectorInstance":
                try child.allow(["id"])
                let position = positions.count
                guard positions.updateValue(position, forKey: try child.required("id")) == nil
                else { throw child.error(.invalid, attribute: "id") }
                vectors += try NumberArray.read(child, count: dimensions.count)
            default:
                throw child.error(.unsupported)
            }
        }
        if let count = try dictionary.count("numberOfVectors"), count != positions.count {
            throw dictionary.error(.invalid, attribute: "numberOfVectors")
        }
        guard !dimensions.isEmpty else { throw dictionary.error(.invalid, detail: "VectorFields") }
        guard !machines.isEmpty else {
            throw element.error(.invalid, detail: "SupportVectorMachine")
        }
        guard isClassification || machines.count == 1 else { throw machines[1].error(.invalid) }
        var read: [Machine] = []
        for machine in machines {
            read.append(try self.machine(machine, positions, dimensions.count))
        }
        return SupportVectorMachine(
            kernel: kernel,
            dimensions: dimensions,
            vectors: vectors,
            machines: read,
            decision: try decision()
        )
    }

    private func decision() throws(PMMLError) -> SupportVectorMachine.Decision {
        guard isClassification else { return .regression }
        if isOneAgainstOne { return .oneAgainstOne }
        return .oneAgainstAll(isLargestBest: try element.boolean("maxWins", default: false))
    }

    private static func kernel(
        _ element: Element
    ) throws(PMMLError) -> SupportVectorMachine.Kernel {
        try element.allowNoChildren()
        let gamma = try element.number("gamma") ?? 1
        switch element.name {
        case "LinearKernelType":
            try element.allow(["description"])
            return .linear
        case "RadialBasisKernelType":
            try element.allow(["description", "gamma"])
            return .radialBasis(gamma: gamma)
        case "PolynomialKernelType":
            try element.allow(["description", "gamma", "coef0", "degree"])
            return .polynomial(
                gamma: gamma,
                coefficient: try element.number("coef0") ?? 1,
                degree: try element.number("degree") ?? 1
            )
        default:
            try element.allow(["description", "gamma", "coef0"])
            return .sigmoid(gamma: gamma, coefficient: try element.number("coef0") ?? 1)
        }
    }

    private func fields(_ element: Element) throws(PMMLError) -> [Dimension] {
        try element.allow(["numberOfFields"])
        var dimensions: [Dimension] = []
        for child in element.children {
            switch child.name {
            case "FieldRef":
                try child.allow(["field"])
                try child.allowNoChildren()
                dimensions.append(.field(try parts.field("field", of: child)))
            case "CategoricalPredictor":
                try child.allow(["name", "value", "coefficient"])
                try child.allowNoChildren()
                let field = try parts.field("name", of: child)
                let text = try child.required("value")
                guard let coefficient = try child.number("coefficient") else {
                    throw child.error(.invalid, attribute: "coefficient")
                }
                dimensions.append(
                    .category(
                        field: field,
                        value: try parts.operand(text, field: field, child, attribute: "value"),
                        coefficient: coefficient
                    )
                )
            default:
                throw child.error(.unsupported)
            }
        }
        if let count = try element.count("numberOfFields"), count != dimensions.count {
            throw element.error(.invalid, attribute: "numberOfFields")
        }
        guard !dimensions.isEmpty else { throw element.error(.invalid) }
        return dimensions
    }

    private func machine(
        _ element: Element,
        _ positions: [String: Int],
        _ dimensionCount: Int
    ) throws(PMMLError) -> Machine {
        try element.allow(["targetCategory", "alternateTargetCategory", "threshold"])
        var vectors: [Int] = []
        var coefficients: [Double]?
        var offset = 0.0
        for child in element.children {
            switch child.name {
            case "SupportVectors":
                guard usesVectors, vectors.isEmpty else { throw child.error(.invalid) }
                vectors = try Self.supportVectors(child, positions)
            case "Coefficients":
                guard coefficients == nil else { throw child.error(.invalid) }
                offset = try child.number("absoluteValue") ?? 0
                coefficients = try Self.coefficients(child)
            default:
                throw child.error(.unsupported)
            }
        }
        guard let coefficients else { throw element.error(.invalid, detail: "Coefficients") }
        let termCount = usesVectors ? vectors.count : dimensionCount
        guard coefficients.count == termCount else { throw element.error(.invalid) }
        let (category, alternate) = try categories(of: element)
        return Machine(
            category: category,
            alternateCategory: alternate,
            threshold: try parts.number("threshold", of: element) ?? 0,
            terms: usesVectors ? .vectors(vectors) : .dimensions,
            coefficients: coefficients,
            offset: offset
        )
    }

    /// The class of a machine, and the one it stands against.
    private func categories(
        of machine: Element
    ) throws(PMMLError) -> (category: String?, alternate: String?) {
        guard isClassification else { return (nil, nil) }
        let category = try machine.required("targetCategory")
        let alternate =
            machine["alternateTargetCategory"] ?? element["alternateBinaryTargetCategory"]
        guard !isOneAgainstOne || alternate != nil else {
            throw machine.error(.invalid, attribute: "alternateTargetCategory")
        }
        if let known = parts.target?.categories, !known.isEmpty {
            guard known.contains(category) else {
                throw machine.error(.invalid, attribute: "targetCategory")
            }
            if isOneAgainstOne, let alternate, !known.contains(alternate) {
                throw machine.error(.invalid, attribute: "alternateTargetCategory")
            }
        }
        return (category, isOneAgainstOne ? alternate : nil)
    }

    private static func supportVectors(
        _ element: Element,
        _ positions: [String: Int]
    ) throws(PMMLError) -> [Int] {
        try element.allow(["numberOfSupportVectors", "numberOfAttributes"])
        var vectors: [Int] = []
        for child in element.children {
            guard child.name == "SupportVector" else { throw child.error(.unsupported) }
            try child.allow(["vectorId"])
            guard let position = positions[try child.required("vectorId")] else {
                throw child.error(.invalid, attribute: "vectorId")
            }
            vectors.append(position)
        }
        if let count = try element.count("numberOfSupportVectors"), count != vectors.count {
            throw element.error(.invalid, attribute: "numberOfSupportVectors")
        }
        return vectors
    }

    private static func coefficients(_ element: Element) throws(PMMLError) -> [Double] {
        try element.allow(["absoluteValue", "numberOfCoefficients"])
        var coefficients: [Double] = []
        for child in element.children {
            guard child.name == "Coefficient" else { throw child.error(.unsupported) }
            try child.allow(["value"])
            coefficients.append(try child.number("value") ?? 0)
        }
        if let count = try element.count("numberOfCoefficients"), count != coefficients.count {
            throw element.error(.invalid, attribute: "numberOfCoefficients")
        }
        return coefficients
    }
}
