import Basics
import ClinicalEngine
import Testing

@Suite("Models that cannot be compiled")
struct ModelErrorTests {
    private static func compile(
        fields: [FieldDefinition] = [FieldDefinition(name: "x", kind: .continuous)],
        predicate: Predicate = .always,
        points: Double = 1
    ) throws {
        _ = try ClinicalModel(
            Scorecard(
                name: "card",
                fields: fields,
                characteristics: [
                    .init(
                        name: "part",
                        attributes: [.init(predicate: predicate, partialScore: points)]
                    )
                ]
            )
        )
    }

    @Test("A predicate on a field that the model lacks is refused")
    func unknownField() {
        #expect(throws: ModelError(code: .unknownField, place: "y")) {
            try Self.compile(predicate: .isMissing("y"))
        }
    }

    @Test("Two fields of one name are refused")
    func duplicate() {
        let field = FieldDefinition(name: "x", kind: .continuous)
        #expect(throws: ModelError(code: .duplicate, place: "x")) {
            try Self.compile(fields: [field, field])
        }
    }

    @Test("Categories have no order and numbers no text")
    func operands() {
        var field = FieldDefinition(name: "x", kind: .categorical)
        field.values = [.init(text: "a")]
        for predicate: Predicate in [
            .compare("x", .lessThan, .category("a")), .compare("x", .equal, .category("b")),
            .compare("x", .equal, .number(1)), .isIn("x", [.category("a"), .category("b")]),
        ] {
            #expect(throws: ModelError(code: .operandMismatch, place: "x")) {
                try Self.compile(fields: [field], predicate: predicate)
            }
        }
        for operand: Predicate.Operand in [.category("1"), .number(.nan), .number(.infinity)] {
            #expect(throws: ModelError(code: .operandMismatch, place: "x")) {
                try Self.compile(predicate: .compare("x", .equal, operand))
            }
        }
    }

    @Test("Points that are not finite are refused", arguments: [Double.nan, .infinity])
    func notFinite(points: Double) {
        #expect(throws: ModelError(code: .notFinite, place: "part")) {
            try Self.compile(points: points)
        }
    }

    @Test("A scorecard without parts is refused")
    func empty() {
        #expect(throws: ModelError(code: .empty, place: "card")) {
            _ = try ClinicalModel(Scorecard(name: "card", fields: [], characteristics: []))
        }
        #expect(throws: ModelError(code: .empty, place: "part")) {
            _ = try ClinicalModel(
                Scorecard(
                    name: "card",
                    fields: [],
                    characteristics: [.init(name: "part", attributes: [])]
                )
            )
        }
    }

    @Test("Fields go up to the limit and not beyond it", arguments: [255, 256, 257])
    func fieldLimit(count: Int) throws {
        let fields = (0..<count).map { FieldDefinition(name: "f\($0)", kind: .continuous) }
        if count <= Limits.modelFieldsMax {
            var card = Scorecard(name: "card", fields: fields, characteristics: [])
            card.characteristics = fields.map {
                .init(
                    name: $0.name,
                    attributes: [
                        .init(
                            predicate: .compare($0.name, .greaterThan, .number(0)),
                            partialScore: 1
                        )
                    ]
                )
            }
            if count <= Limits.characteristicsMax {
                let model = try ClinicalModel(card)
                #expect(
                    model.evaluate(Array(repeating: .number(1), count: count)).value
                        == Double(count)
                )
                #expect(
                    model.evaluate(Array(repeating: .missing, count: count)).missing.count
                        == count
                )
            }
        } else {
            #expect(throws: ModelError(code: .tooLarge, place: "fields")) {
                try Self.compile(fields: fields)
            }
        }
    }

    @Test("Characteristics and reason codes go up to the limit", arguments: [255, 256, 257])
    func characteristicLimit(count: Int) throws {
        var card = Scorecard(
            name: "card",
            fields: [],
            characteristics: (0..<count).map {
                .init(
                    name: "part",
                    reasonCode: "R\($0)",
                    attributes: [.init(predicate: .always, partialScore: Double($0))]
                )
            }
        )
        card.reasonCodeAlgorithm = .pointsAbove
        card.baselineScore = 0
        if count <= Limits.characteristicsMax {
            let result = try ClinicalModel(card).evaluate([])
            #expect(result.reasonCodes.count == count)
            #expect(result.reasonCodes.first == "R\(count - 1)")
        } else {
            #expect(throws: ModelError(code: .tooLarge, place: "card")) {
                _ = try ClinicalModel(card)
            }
        }
    }
}
