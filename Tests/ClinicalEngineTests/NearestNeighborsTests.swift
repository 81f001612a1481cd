import Testing

@testable import ClinicalEngine

@Suite("Nearest neighbours")
struct NearestNeighborsTests {
    /// Rows of x and y: (0,0), (1,0), (0,2), (5,5), (5,6).
    private static func neighbors(
        _ answers: NearestNeighbors.Answers,
        count: Int = 3,
        measure: Clustering.Measure = .euclidean
    ) -> NearestNeighbors {
        let cells: [Double] = [0, 0, 1, 0, 0, 2, 5, 5, 5, 6]
        return NearestNeighbors(
            neighborCount: count,
            measure: measure,
            fields: [.init(name: "x"), .init(name: "y")],
            cells: cells.map { .number($0) },
            answers: answers,
            identifiers: ["p", "q", "r", "s", "t"]
        )
    }

    private static func classifier(
        _ model: NearestNeighbors
    ) throws(ModelError) -> ClinicalModel {
        try KernelModels.model(
            .nearestNeighbors(model),
            .classification,
            categories: ["no", "yes"],
            outputs: (1...model.neighborCount).map {
                OutputDefinition(name: "n\($0)", feature: .entityId(rank: $0))
            }
        )
    }

    private static let classes = NearestNeighbors.Answers.categories([
        "no", "yes", "yes", "no", "no",
    ])

    @Test("are found in their order, the earlier row first among equals")
    func order() throws {
        let model = try Self.classifier(Self.neighbors(Self.classes))
        let evaluation = KernelModels.evaluate(model, 0, 0)
        #expect(evaluation.outputs.map(\.value) == [.text("p"), .text("q"), .text("r")])
        #expect(evaluation.entity == "p")
        #expect(evaluation.category == "yes")
        #expect(evaluation.probability("yes") == (2.0 / 3 * 1e12).rounded() / 1e12)
        let tie = KernelModels.evaluate(model, 0.5, 0)
        #expect(tie.outputs.map(\.value) == [.text("p"), .text("q"), .text("r")])
    }

    @Test("in a tie of votes speak for the class that more of the rows have")
    func ties() throws {
        let model = try Self.classifier(Self.neighbors(Self.classes, count: 2))
        // p says no, q says yes; three of the five rows say no.
        #expect(KernelModels.evaluate(model, 0.5, 0).category == "no")
        let other = NearestNeighbors.Answers.categories(["no", "yes", "yes", "yes", "no"])
        let turned = try Self.classifier(Self.neighbors(other, count: 2))
        #expect(KernelModels.evaluate(turned, 0.5, 0).category == "yes")
    }

    @Test("count by the inverse of their distance when the document says so")
    func weights() throws {
        var model = Self.neighbors(Self.classes)
        model.categoricalScoring = .weightedMajorityVote
        model.threshold = 0
        // At (0, 0.5): p at 0.5, q at sqrt(1.25), r at 1.5.
        let evaluation = KernelModels.evaluate(try Self.classifier(model), 0, 0.5)
        let yes = 1 / (1.25).squareRoot() + 1 / 1.5
        let probability = try #require(evaluation.probabilities.last?.value)
        #expect(abs(probability - yes / (yes + 2)) < 1e-14)
        // A row that is the patient's own counts alone.
        #expect(KernelModels.evaluate(try Self.classifier(model), 1, 0).probability("yes") == 1)
    }

    @Test(
        "give the mean, the median or the weighted mean of their numbers",
        arguments: [
            (NearestNeighbors.ContinuousScoring.average, 13.0), (.median, 9.0),
            // (0 + 9/2 + 30/3) / (1 + 1/2 + 1/3)
            (.weightedAverage, 7.909090909090909),
        ]
    )
    func numbers(scoring: NearestNeighbors.ContinuousScoring, expected: Double) throws {
        var model = Self.neighbors(.numbers([0, 9, 30, 7, 7]), measure: .cityBlock)
        model.continuousScoring = scoring
        model.threshold = 1
        let compiled = try KernelModels.model(.nearestNeighbors(model), .regression)
        // City block distances from (0, 0): 0, 1, 2.
        let value = try #require(KernelModels.evaluate(compiled, 0, 0).value)
        #expect(abs(value - expected) < 1e-14)
    }

    @Test("are looked for by what is there; the rest is named, and nothing at all is refused")
    func missing() throws {
        let model = try Self.classifier(Self.neighbors(Self.classes, count: 1))
        let evaluation = KernelModels.evaluate(model, nil, 2)
        #expect(evaluation.entity == "r")
        #expect(evaluation.imputed == ["x"])
        let nothing = KernelModels.evaluate(model, nil, nil)
        #expect(nothing.refusal == .init(code: .missingValue, field: "x"))
    }

    @Test("compare texts by whether they are the same")
    func texts() throws {
        var field = Clustering.Field(name: "c")
        field.comparison = .delta
        var model = Self.neighbors(.numbers([1, 2]), count: 1)
        model.fields = [field]
        model.cells = [.category("a"), .category("b")]
        model.identifiers = ["p", "q"]
        let compiled = try KernelModels.model(.nearestNeighbors(model), .regression)
        #expect(KernelModels.evaluate(compiled, 0, 0, "b").value == 2)
        model.fields[0].comparison = .absDiff
        #expect(throws: ModelError(code: .operandMismatch, place: "c")) {
            try KernelModels.model(.nearestNeighbors(model), .regression)
        }
    }

    @Test("are the answer themselves when there is no target")
    func rows() throws {
        func model(_ feature: OutputDefinition.Feature) throws(ModelError) -> ClinicalModel {
            try KernelModels.model(
                .nearestNeighbors(Self.neighbors(.none, count: 2)),
                .clustering,
                outputs: [OutputDefinition(name: "n", feature: feature)]
            )
        }
        let evaluation = KernelModels.evaluate(try model(.entityId(rank: 2)), 5, 5.6)
        #expect(evaluation.entity == "t")
        #expect(evaluation.outputs.map(\.value) == [.text("s")])
        #expect(throws: ModelError(code: .unsupported, place: "n")) { try model(.affinity(nil)) }
        #expect(throws: ModelError(code: .unsupported, place: "n")) {
            try model(.entityId(rank: 3))
        }
    }

    @Test("are refused when rows and answers do not fit together")
    func faults() {
        for wrong in [
            Self.neighbors(Self.classes, count: 6), Self.neighbors(Self.classes, count: 0),
            Self.neighbors(.numbers([1, 2, 3, 4, 5])), Self.neighbors(.categories(["no"])),
        ] {
            #expect(throws: ModelError.self) {
                try KernelModels.model(
                    .nearestNeighbors(wrong),
                    .classification,
                    categories: ["no", "yes"]
                )
            }
        }
    }

    @Test("count what only the patient has by c10, as clusters do")
    func binarySimilarity() throws {
        var model = Self.neighbors(
            .numbers([1, 2]),
            count: 1,
            measure: .binarySimilarity(top: [0, 1, 0, 0], bottom: [1, 1, 1, 1])
        )
        // The patient has x only: the first row has none of both, the second one has both.
        model.cells = [0, 0, 1, 1].map { .number($0) }
        model.identifiers = ["p", "q"]
        let compiled = try KernelModels.model(.nearestNeighbors(model), .regression)
        #expect(KernelModels.evaluate(compiled, 1, 0).value == 1)
    }
}
