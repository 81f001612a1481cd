import ClinicalEngine
import Testing

@testable import limen

@Suite("A model as it is read")
struct ModelPageTests {
    @Test(
        "Conditions are said as bands, and bracketed where the order counts",
        arguments: [
            (
                Predicate.all([
                    .compare("x", .greaterThan, .number(8)),
                    .compare("x", .lessOrEqual, .number(11.5)),
                ]), "8 < x <= 11.5"
            ),
            (
                .all([
                    .compare("x", .lessThan, .number(3)),
                    .compare("x", .greaterOrEqual, .number(1)),
                ]), "1 <= x < 3"
            ),
            (
                .any([
                    .isMissing("x"),
                    .all([
                        .compare("s", .equal, .category("1")), .compare("y", .notEqual, .number(2)),
                    ]),
                ]), "x is missing or (s = 1 and y is not 2)"
            ),
            (.isIn("c", [.category("C"), .category("V")]), "c in {C, V}"),
            (.always, "always"), (.never, "never"),
            (
                .combined(
                    .surrogate,
                    [.compare("x", .lessThan, .number(3)), .isNotMissing("y")]
                ), "x < 3 (if unknown: y is not missing)"
            ),
        ]
    )
    func predicates(predicate: Predicate, text: String) {
        #expect(PredicateText.text(predicate) == text)
    }

    private static func call(_ function: Function, _ parts: Expression...) -> Expression {
        .apply(.init(function, parts))
    }

    private static func field(_ name: String) -> Expression { .field(name, mapMissingTo: nil) }
    private static func number(_ value: Double) -> Expression { .constant(.number(value)) }

    @Test(
        "Formulas keep the brackets that change the result, and no others",
        arguments: [
            (
                call(.divide, call(.subtract, field("x"), number(2)), number(4)), "(x - 2) / 4"
            ),
            (
                call(.subtract, field("a"), call(.subtract, field("b"), field("c"))),
                "a - (b - c)"
            ),
            (
                call(.subtract, call(.subtract, field("a"), field("b")), field("c")), "a - b - c"
            ),
            (call(.add, call(.multiply, field("a"), field("b")), number(1)), "a * b + 1"),
            (call(.multiply, field("a"), call(.add, field("b"), number(1))), "a * (b + 1)"),
            (call(.divide, field("a"), call(.multiply, field("b"), field("c"))), "a / (b * c)"),
            (
                call(
                    .if,
                    call(.equal, field("s"), .constant(.text("m"))),
                    number(1),
                    call(.min, field("x"), number(0.5))
                ), "if s = \"m\" then 1 else min(x, 0.5)"
            ),
            (
                call(.not, call(.or, field("a"), call(.isMissing, field("b")))),
                "not (a or b is missing)"
            ),
            (.field("x", mapMissingTo: .number(7)), "x (7 if missing)"),
            (
                .normDiscrete(field: "s", value: .category("m"), mapMissingTo: nil),
                "(1 if s = m else 0)"
            ),
        ]
    )
    func formulas(expression: Expression, text: String) {
        #expect(ExpressionText.text(expression) == text)
    }

    @Test("A scaler is undone through scalers of scalers, and nothing else is taken for one")
    func linearForms() throws {
        func derived(_ name: String, _ expression: Expression) -> DerivedField {
            DerivedField(name: name, type: .double, kind: .continuous, expression: expression)
        }
        let fields = [
            derived(
                "z",
                Self.call(
                    .divide,
                    Self.call(.subtract, Self.field("x"), Self.number(10)),
                    Self.number(4)
                )
            ),
            derived("w", Self.call(.multiply, Self.number(-2), Self.field("z"))),
            derived("log", Self.call(.ln, Self.field("x"))),
            derived("zero", Self.call(.multiply, Self.field("x"), Self.number(0))),
            derived(
                "norm",
                .normContinuous(
                    field: "x",
                    norms: [
                        .init(original: 10, normalized: 0), .init(original: 30, normalized: 1),
                    ],
                    outliers: .asIs,
                    mapMissingTo: nil
                )
            ),
            derived("a", Self.field("b")), derived("b", Self.field("a")),
        ]
        let scaled = try #require(LinearForm.form(of: "w", among: fields))
        #expect(scaled.field == "x")
        #expect(scaled.original(of: -3) == 16)
        #expect(LinearForm.form(of: "norm", among: fields)?.original(of: 0.5) == 20)
        #expect(LinearForm.form(of: "x", among: fields)?.original(of: 7) == 7)
        for name in ["log", "zero", "a"] {
            #expect(LinearForm.form(of: name, among: fields) == nil, "\(name)")
        }
    }

    /// Bands of a number from 0 to 10: each with a comparison, a border and points.
    private static func review(
        _ bands: [(Predicate, Double)],
        isWhole: Bool = false
    ) -> [BandReview.Fault] {
        var field = FieldDefinition(name: "x", kind: .continuous)
        field.intervals = [Interval(lower: 0, upper: 10)]
        field.isWhole = isWhole
        let characteristic = Scorecard.Characteristic(
            name: "x",
            attributes: bands.map { .init(predicate: $0.0, partialScore: $0.1) }
        )
        return BandReview(characteristic, fields: [field])?.faults ?? []
    }

    @Test("Bands that overlap or leave a gap are found, and sound ones are not")
    func bands() {
        let low = Predicate.compare("x", .lessOrEqual, .number(5))
        let high = Predicate.compare("x", .greaterThan, .number(5))
        let next = Predicate.compare("x", .greaterOrEqual, .number(6))
        #expect(Self.review([(low, 0), (high, 1)]).isEmpty)
        // Between 5 and 6 there is nothing for whole numbers, and a gap for others.
        #expect(Self.review([(low, 0), (next, 1)], isWhole: true).isEmpty)
        #expect(Self.review([(low, 0), (next, 1)]) == [.gap(value: "5.5")])
        let wide = Predicate.compare("x", .greaterOrEqual, .number(5))
        #expect(
            Self.review([(low, 0), (wide, 1)]) == [.overlap(first: 1, second: 2, value: "5")]
        )
        // The same points twice, and a last line for the rest, change nothing.
        #expect(Self.review([(low, 1), (wide, 1)]).isEmpty)
        #expect(Self.review([(low, 1), (.always, 0)]).isEmpty)
        // Beyond the valid values nobody needs a band.
        let most = Predicate.compare("x", .lessOrEqual, .number(10))
        #expect(Self.review([(most, 1)]).isEmpty)
    }

    @Test(
        "Numbers keep the digits that count",
        arguments: [
            (8.0, "8", "8"), (4.1499996, "4.1499996", "4.15"),
            (0.0332257832, "0.0332257832", "0.0332258"),
            (-2.515437, "-2.515437", "-2.51544"), (1e20, "1e+20", "1e+20"), (0, "0", "0"),
            (123_456_789.4, "123456789.4", "123456789"),
        ]
    )
    func numbers(number: Double, exact: String, rounded: String) {
        #expect(NumberText.exact(number) == exact)
        #expect(NumberText.rounded(number) == rounded)
    }
}
