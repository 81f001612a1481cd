import ClinicalEngine
import Testing

@Suite("Reason codes")
struct ReasonCodeTests {
    private struct Part: Sendable {
        let points: Double
        let code: String?
        var baseline: Double?
        var attributeCode: String?
    }

    private static func codes(
        _ parts: [Part],
        _ algorithm: Scorecard.ReasonCodeAlgorithm?,
        baseline: Double? = 0
    ) throws -> [String] {
        var card = Scorecard(
            name: "card",
            fields: [],
            characteristics: parts.enumerated().map { number, part in
                .init(
                    name: "part \(number)",
                    reasonCode: part.code,
                    baselineScore: part.baseline,
                    attributes: [
                        .init(
                            predicate: .always,
                            partialScore: part.points,
                            reasonCode: part.attributeCode
                        )
                    ]
                )
            }
        )
        card.reasonCodeAlgorithm = algorithm
        card.baselineScore = baseline
        return try ClinicalModel(card).evaluate([]).reasonCodes
    }

    @Test("Points above the baseline rank the highest first")
    func pointsAbove() throws {
        let parts = [
            Part(points: 1, code: "A"), Part(points: 3, code: "B"), Part(points: 2, code: "C"),
        ]
        #expect(try Self.codes(parts, .pointsAbove) == ["B", "C", "A"])
    }

    @Test("Points below the baseline rank the lowest first")
    func pointsBelow() throws {
        let parts = [
            Part(points: 1, code: "A"), Part(points: 3, code: "B"), Part(points: 2, code: "C"),
        ]
        #expect(try Self.codes(parts, .pointsBelow, baseline: 5) == ["A", "C", "B"])
    }

    @Test("Equal distances keep the order of the document")
    func ties() throws {
        let parts = ["A", "B", "C", "D"].map { Part(points: $0 == "C" ? 2 : 1, code: $0) }
        #expect(try Self.codes(parts, .pointsAbove) == ["C", "A", "B", "D"])
    }

    @Test("What lies on the other side of the baseline is no reason")
    func wrongSide() throws {
        let parts = [
            Part(points: 0, code: "A"), Part(points: 1, code: "B"), Part(points: 2, code: "C"),
        ]
        #expect(try Self.codes(parts, .pointsAbove, baseline: 1) == ["C", "B"])
        #expect(try Self.codes(parts, .pointsBelow, baseline: 1) == ["A", "B"])
    }

    @Test("The baseline of a characteristic goes before that of the scorecard")
    func ownBaseline() throws {
        let parts = [
            Part(points: 5, code: "A", baseline: 4), Part(points: 3, code: "B"),
        ]
        #expect(try Self.codes(parts, .pointsAbove, baseline: 0) == ["B", "A"])
        let onlyOwn = [Part(points: 5, code: "A", baseline: 4)]
        #expect(try Self.codes(onlyOwn, .pointsAbove, baseline: nil) == ["A"])
    }

    @Test("The reason code of an attribute goes before that of its characteristic")
    func attributeCode() throws {
        let parts = [Part(points: 1, code: "A", attributeCode: "A1"), Part(points: 2, code: "B")]
        #expect(try Self.codes(parts, .pointsAbove) == ["B", "A1"])
    }

    @Test("Characteristics that share a code are one reason with the sum of their points")
    func sharedCode() throws {
        let parts = [
            Part(points: 3, code: "A"), Part(points: 2, code: "B"), Part(points: 2, code: "B"),
        ]
        #expect(try Self.codes(parts, .pointsAbove) == ["B", "A"])
    }

    @Test("No reason codes are given when the document asks for none")
    func unused() throws {
        #expect(try Self.codes([Part(points: 3, code: "A")], nil).isEmpty)
    }

    @Test("Reason codes without a baseline or without a code are refused")
    func absent() {
        #expect(throws: ModelError(code: .reasonCodeAbsent, place: "part 0")) {
            try Self.codes([Part(points: 3, code: "A")], .pointsAbove, baseline: nil)
        }
        #expect(throws: ModelError(code: .reasonCodeAbsent, place: "part 0")) {
            try Self.codes([Part(points: 3, code: nil)], .pointsAbove)
        }
    }
}
