import ClinicalEngine
import Testing

/// What a predicate came to, seen through a scorecard of two attributes.
private enum Seen: String, CaseIterable, Sendable {
    case yes
    case no
    case unknown
}

@Suite("Predicates")
struct PredicateTests {
    /// Evaluates a predicate over `x` and `y`: it gives a point, and what is left gives none, so
    /// that unknown shows as a result that is incomplete.
    private static func evaluate(
        _ predicate: Predicate,
        x: InputValue = .missing,
        y: InputValue = .missing
    ) throws -> Seen {
        let model = try ClinicalModel(
            Scorecard(
                name: "probe",
                fields: [
                    FieldDefinition(name: "x", kind: .continuous),
                    FieldDefinition(name: "y", kind: .continuous),
                ],
                characteristics: [
                    .init(
                        name: "probe",
                        attributes: [
                            .init(predicate: predicate, partialScore: 1),
                            .init(predicate: .always, partialScore: 0),
                        ]
                    )
                ]
            )
        )
        let result = model.evaluate([x, y])
        switch result.status {
        case .complete: return result.value == 1 ? .yes : .no
        case .incomplete: return .unknown
        case .refused: throw Refused()
        }
    }

    private struct Refused: Error {}

    private static func leaf(_ seen: Seen, _ field: String) -> (Predicate, InputValue) {
        let predicate = Predicate.compare(field, .equal, .number(1))
        switch seen {
        case .yes: return (predicate, .number(1))
        case .no: return (predicate, .number(2))
        case .unknown: return (predicate, .missing)
        }
    }

    private static func expected(
        _ combination: Predicate.Combination,
        _ left: Seen,
        _ right: Seen
    ) -> Seen {
        switch combination {
        case .and:
            if left == .no || right == .no { return .no }
            return left == .yes && right == .yes ? .yes : .unknown
        case .or:
            if left == .yes || right == .yes { return .yes }
            return left == .no && right == .no ? .no : .unknown
        case .xor:
            if left == .unknown || right == .unknown { return .unknown }
            return left != right ? .yes : .no
        case .surrogate:
            return left != .unknown ? left : right
        }
    }

    @Test(
        "Two truth values join as the tables of PMML say",
        arguments: Predicate.Combination.allCases
    )
    func truthTables(combination: Predicate.Combination) throws {
        for left in Seen.allCases {
            for right in Seen.allCases {
                let (first, x) = Self.leaf(left, "x")
                let (second, y) = Self.leaf(right, "y")
                let seen = try Self.evaluate(
                    .combined(combination, [first, second]),
                    x: x,
                    y: y
                )
                let expected = Self.expected(combination, left, right)
                #expect(seen == expected, "\(left) \(combination) \(right)")
            }
        }
    }

    @Test(
        "Three parts join from left to right, and xor asks for an odd number of true ones",
        arguments: [
            (Predicate.Combination.xor, [true, true, true], true),
            (.xor, [true, true, false], false),
            (.and, [true, true, false], false),
            (.or, [false, false, true], true),
            (.surrogate, [false, true, true], false),
        ]
    )
    func threeParts(
        combination: Predicate.Combination,
        parts: [Bool],
        isTrue: Bool
    ) throws {
        let predicate = Predicate.combined(combination, parts.map { $0 ? .always : .never })
        #expect(try Self.evaluate(predicate) == (isTrue ? .yes : .no))
    }

    @Test(
        "Each comparison is right below, at and above its constant",
        arguments: [
            (Predicate.Comparison.equal, [false, true, false]),
            (.notEqual, [true, false, true]),
            (.lessThan, [true, false, false]),
            (.lessOrEqual, [true, true, false]),
            (.greaterThan, [false, false, true]),
            (.greaterOrEqual, [false, true, true]),
        ]
    )
    func comparisons(comparison: Predicate.Comparison, expected: [Bool]) throws {
        let predicate = Predicate.compare("x", comparison, .number(36.1))
        for (value, isTrue) in zip([36.0, 36.1, 36.2], expected) {
            #expect(try Self.evaluate(predicate, x: .number(value)) == (isTrue ? .yes : .no))
        }
        #expect(try Self.evaluate(predicate) == .unknown)
    }

    @Test("A set holds its members only and is unknown for a missing field")
    func sets() throws {
        let inside = Predicate.isIn("x", [.number(1), .number(3)])
        let outside = Predicate.isNotIn("x", [.number(1), .number(3)])
        #expect(try Self.evaluate(inside, x: .number(3)) == .yes)
        #expect(try Self.evaluate(inside, x: .number(2)) == .no)
        #expect(try Self.evaluate(outside, x: .number(3)) == .no)
        #expect(try Self.evaluate(outside, x: .number(2)) == .yes)
        #expect(try Self.evaluate(inside) == .unknown)
        #expect(try Self.evaluate(outside) == .unknown)
        #expect(try Self.evaluate(.isIn("x", []), x: .number(2)) == .no)
    }

    @Test("Asking whether a field is missing is never unknown")
    func missing() throws {
        #expect(try Self.evaluate(.isMissing("x")) == .yes)
        #expect(try Self.evaluate(.isMissing("x"), x: .number(0)) == .no)
        #expect(try Self.evaluate(.isNotMissing("x")) == .no)
        #expect(try Self.evaluate(.isNotMissing("x"), x: .number(0)) == .yes)
    }

    @Test(
        "Steps that do not leave exactly one truth value are refused",
        arguments: [
            [],
            [.constant(true), .constant(true)],
            [.combine(.and, count: 1)],
            [.constant(true), .combine(.and, count: 2)],
            [.constant(true), .combine(.and, count: 0)],
            [.constant(true), .combine(.and, count: -1)],
        ] as [[Predicate.Step]]
    )
    func malformedSteps(steps: [Predicate.Step]) {
        #expect(throws: ModelError(code: .malformedPredicate, place: "probe")) {
            try Self.evaluate(Predicate(steps: steps))
        }
    }

    @Test("Truth values wait up to the limit and not beyond it", arguments: [63, 64, 65])
    func depthLimit(count: Int) throws {
        let predicate = Predicate.all(Array(repeating: .always, count: count))
        if count <= 64 {
            #expect(try Self.evaluate(predicate) == .yes)
        } else {
            #expect(throws: ModelError(code: .tooLarge, place: "probe")) {
                try Self.evaluate(predicate)
            }
        }
    }

    @Test("A full stack keeps every value, the deepest one too")
    func deepStack() throws {
        let last = [Predicate](repeating: .always, count: 63)
        #expect(try Self.evaluate(.all([.never] + last)) == .no)
        #expect(try Self.evaluate(.all([.compare("x", .equal, .number(1))] + last)) == .unknown)
        #expect(try Self.evaluate(.combined(.xor, [.always] + last)) == .no)
    }
}
