import ClinicalEngine
import Testing

@Suite("Scorecards")
struct ScorecardTests {
    /// One point for each field that is above zero, as many as are asked for.
    private static func card(
        _ points: [(name: String, points: Double, code: String?)],
        edit: (inout Scorecard) -> Void = { _ in }
    ) throws -> ClinicalModel {
        var card = Scorecard(
            name: "card",
            fields: points.map { FieldDefinition(name: $0.name, kind: .continuous) },
            characteristics: points.map { part in
                .init(
                    name: part.name,
                    reasonCode: part.code,
                    attributes: [
                        .init(
                            predicate: .compare(part.name, .greaterThan, .number(0)),
                            partialScore: part.points
                        ),
                        .init(
                            predicate: .compare(part.name, .lessOrEqual, .number(0)),
                            partialScore: 0
                        ),
                    ]
                )
            }
        )
        edit(&card)
        return try ClinicalModel(card)
    }

    private static func inputs(_ numbers: Double?...) -> [InputValue] {
        numbers.map { $0.map { .number($0) } ?? .missing }
    }

    @Test("The score is the initial score and the points of each characteristic")
    func sum() throws {
        let model = try Self.card([("a", 2, nil), ("b", 3.5, nil)]) { $0.initialScore = 10 }
        let result = model.evaluate(Self.inputs(1, 1))
        #expect(result.status == .complete)
        #expect(result.value == 15.5)
        #expect(result.lower == 15.5)
        #expect(result.upper == 15.5)
        #expect(result.contributions.map(\.points) == [2, 3.5])
        #expect(result.contributions.map(\.name) == ["a", "b"])
        #expect(result.contributions.map(\.fields) == [["a"], ["b"]])
        #expect(result.reasonCodes.isEmpty)
        #expect(result.refusal == nil)
    }

    @Test("The first attribute that holds counts, not the best one")
    func firstMatch() throws {
        let model = try ClinicalModel(
            Scorecard(
                name: "card",
                fields: [FieldDefinition(name: "x", kind: .continuous)],
                characteristics: [
                    .init(
                        name: "x",
                        attributes: [
                            .init(
                                predicate: .compare("x", .greaterThan, .number(5)),
                                partialScore: 1
                            ),
                            .init(
                                predicate: .compare("x", .greaterThan, .number(3)),
                                partialScore: 2
                            ),
                        ]
                    )
                ]
            )
        )
        #expect(model.evaluate([.number(6)]).value == 1)
        #expect(model.evaluate([.number(4)]).value == 2)
    }

    @Test("A missing input gives bounds, its name and no score")
    func incomplete() throws {
        let model = try Self.card([("a", 2, "A"), ("b", -3, "B"), ("c", 4, "C")]) {
            $0.reasonCodeAlgorithm = .pointsAbove
            $0.baselineScore = 0
        }
        let result = model.evaluate(Self.inputs(1, nil, nil))
        #expect(result.status == .incomplete)
        #expect(result.value == nil)
        #expect(result.lower == -1)
        #expect(result.upper == 6)
        #expect(result.missing == ["b", "c"])
        #expect(result.contributions.map(\.points) == [2, nil, nil])
        #expect(result.contributions.map(\.pointsMin) == [2, -3, 0])
        #expect(result.contributions.map(\.pointsMax) == [2, 0, 4])
        #expect(result.contributions.map(\.reasonCode) == ["A", "B", "C"])
        #expect(result.reasonCodes.isEmpty)
    }

    @Test("An attribute that catches the rest does not stand in for a missing input")
    func catchAll() throws {
        let model = try ClinicalModel(
            Scorecard(
                name: "card",
                fields: [FieldDefinition(name: "x", kind: .continuous)],
                characteristics: [
                    .init(
                        name: "x",
                        attributes: [
                            .init(
                                predicate: .compare("x", .greaterThan, .number(5)),
                                partialScore: 3
                            ),
                            .init(predicate: .always, partialScore: 0),
                        ]
                    )
                ]
            )
        )
        let result = model.evaluate([.missing])
        #expect(result.status == .incomplete)
        #expect(result.lower == 0)
        #expect(result.upper == 3)
        #expect(model.evaluate([.number(1)]).value == 0)
    }

    @Test("A document that asks whether a field is missing decides what that is worth")
    func missingIsAnAnswer() throws {
        for isFirst in [true, false] {
            let bands: [Scorecard.Attribute] = [
                .init(predicate: .compare("x", .greaterThan, .number(5)), partialScore: 3),
                .init(predicate: .compare("x", .lessOrEqual, .number(5)), partialScore: 0),
            ]
            let absent = Scorecard.Attribute(predicate: .isMissing("x"), partialScore: 7)
            let model = try ClinicalModel(
                Scorecard(
                    name: "card",
                    fields: [FieldDefinition(name: "x", kind: .continuous)],
                    characteristics: [
                        .init(name: "x", attributes: isFirst ? [absent] + bands : bands + [absent])
                    ]
                )
            )
            #expect(model.evaluate([.missing]).status == .complete)
            #expect(model.evaluate([.missing]).value == 7)
            #expect(model.evaluate([.missing]).imputed == ["x"])
            #expect(model.evaluate([.number(6)]).imputed.isEmpty)
            #expect(model.evaluate([.number(6)]).value == 3)
        }
    }

    @Test("Inputs without a matching attribute are refused by the field of the characteristic")
    func noPrediction() throws {
        let model = try ClinicalModel(
            Scorecard(
                name: "card",
                fields: [
                    FieldDefinition(name: "x", kind: .continuous),
                    FieldDefinition(name: "y", kind: .continuous),
                ],
                characteristics: [
                    .init(
                        name: "y",
                        attributes: [
                            .init(
                                predicate: .all([
                                    .compare("x", .greaterThan, .number(5)),
                                    .compare("y", .greaterThan, .number(5)),
                                ]),
                                partialScore: 3
                            )
                        ]
                    )
                ]
            )
        )
        let result = model.evaluate([.number(1), .number(9)])
        #expect(result.status == .refused)
        #expect(result.refusal == .init(code: .noPrediction, field: "y"))
        #expect(result.contributions.isEmpty)
        let missing = model.evaluate([.number(1), .missing])
        #expect(missing.refusal == .init(code: .missingValue, field: "y"))
        #expect(model.evaluate([.number(9), .missing]).status == .incomplete)
    }

    @Test("A sum that is not finite is refused")
    func overflow() throws {
        let model = try Self.card([("a", 1.7e308, nil), ("b", 1.7e308, nil)])
        #expect(model.evaluate(Self.inputs(1, 1)).refusal == .init(code: .notFinite, field: nil))
        #expect(model.evaluate(Self.inputs(1, 0)).value == 1.7e308)
    }

    @Test("Bounds of open characteristics contain the score of every completion")
    func boundsContain() throws {
        var random = Seeded(state: 42)
        for _ in 0..<60 {
            let model = try Self.randomModel(&random)
            for mask in 0..<8 {
                let known = (0..<3).map { _ in Double(random.next(5)) }
                let inputs: [InputValue] = (0..<3).map {
                    mask >> $0 & 1 == 1 ? .missing : .number(known[$0])
                }
                let result = model.evaluate(inputs)
                guard result.status != .refused else { continue }
                let lower = try #require(result.lower)
                let upper = try #require(result.upper)
                for completion in 0..<125 {
                    let all: [InputValue] = (0..<3).map { field in
                        let value = [completion % 5, completion / 5 % 5, completion / 25][field]
                        return mask >> field & 1 == 1 ? .number(Double(value)) : inputs[field]
                    }
                    let value = try #require(model.evaluate(all).value)
                    #expect(value >= lower)
                    #expect(value <= upper)
                }
            }
        }
    }

    /// Three characteristics over three fields, with bands that overlap and a last attribute that
    /// holds always.
    private static func randomModel(_ random: inout Seeded) throws -> ClinicalModel {
        let names = ["x", "y", "z"]
        var characteristics: [Scorecard.Characteristic] = []
        for name in names {
            var attributes: [Scorecard.Attribute] = []
            for _ in 0..<4 {
                let parts = (0..<2).map { _ in
                    Predicate.compare(
                        names[random.next(3)],
                        Predicate.Comparison.allCases[random.next(6)],
                        .number(Double(random.next(5)))
                    )
                }
                let combination = Predicate.Combination.allCases[random.next(3)]
                attributes.append(
                    .init(
                        predicate: .combined(combination, parts),
                        partialScore: Double(random.next(9)) - 4
                    )
                )
            }
            attributes.append(.init(predicate: .always, partialScore: Double(random.next(5))))
            characteristics.append(.init(name: name, attributes: attributes))
        }
        return try ClinicalModel(
            Scorecard(
                name: "random",
                fields: names.map { FieldDefinition(name: $0, kind: .continuous) },
                characteristics: characteristics
            )
        )
    }

    @Test("Many threads get the same answers from one model")
    func concurrent() async throws {
        let model = try Self.card([("a", 2, "A"), ("b", 3, "B"), ("c", 4, "C")]) {
            $0.reasonCodeAlgorithm = .pointsAbove
            $0.baselineScore = 0
        }
        let cases: [[InputValue]] = [
            Self.inputs(1, 1, 1), Self.inputs(0, nil, 1), Self.inputs(nil, nil, nil),
        ]
        let expected = cases.map { model.evaluate($0) }
        let agreed = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    (0..<500).allSatisfy { model.evaluate(cases[$0 % 3]) == expected[$0 % 3] }
                }
            }
            return await group.allSatisfy { $0 }
        }
        #expect(agreed)
    }
}

/// A small generator of numbers that are the same in every run.
private struct Seeded {
    var state: UInt64

    mutating func next(_ bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % bound
    }
}
