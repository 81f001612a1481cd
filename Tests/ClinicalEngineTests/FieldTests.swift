import ClinicalEngine
import Testing

@Suite("Fields")
struct FieldTests {
    /// Ten points when `x` is above 5 (or is the category "b"), else none.
    private static func evaluate(
        _ field: FieldDefinition,
        _ input: InputValue
    ) throws -> Evaluation {
        let condition: Predicate =
            field.kind == .continuous
            ? .compare(field.name, .greaterThan, .number(5))
            : .compare(field.name, .equal, .category("b"))
        let model = try ClinicalModel(
            Scorecard(
                name: "probe",
                fields: [field],
                characteristics: [
                    .init(
                        name: "probe",
                        attributes: [
                            .init(predicate: condition, partialScore: 10),
                            .init(predicate: .always, partialScore: 0),
                        ]
                    )
                ]
            )
        )
        return model.evaluate([input])
    }

    private static func number(_ edit: (inout FieldDefinition) -> Void) -> FieldDefinition {
        var field = FieldDefinition(name: "x", kind: .continuous)
        field.intervals = [Interval(lower: 0, upper: 10, isUpperClosed: false)]
        edit(&field)
        return field
    }

    private static func category(_ edit: (inout FieldDefinition) -> Void) -> FieldDefinition {
        var field = FieldDefinition(name: "x", kind: .categorical)
        field.values = [.init(text: "a"), .init(text: "b")]
        edit(&field)
        return field
    }

    private static let invalid = Evaluation.Refusal(code: .invalidValue, field: "x")

    @Test("A number outside every interval is refused and named", arguments: [-0.1, 10, 11])
    func outside(number: Double) throws {
        let result = try Self.evaluate(Self.number { _ in }, .number(number))
        #expect(result.status == .refused)
        #expect(result.refusal == Self.invalid)
        #expect(result.value == nil)
        #expect(result.lower == nil)
    }

    @Test("A number within an interval is taken", arguments: [(0.0, 0.0), (5.1, 10), (9.99, 10)])
    func inside(number: Double, points: Double) throws {
        let result = try Self.evaluate(Self.number { _ in }, .number(number))
        #expect(result.status == .complete)
        #expect(result.value == points)
    }

    @Test(
        "Not a number is invalid, not missing",
        arguments: [Double.nan, .infinity, -.infinity],
        [FieldDefinition.InvalidTreatment.refuse, .keep]
    )
    func notFinite(number: Double, treatment: FieldDefinition.InvalidTreatment) throws {
        let field = Self.number { $0.invalidTreatment = treatment }
        #expect(try Self.evaluate(field, .number(number)).refusal == Self.invalid)
    }

    @Test("Text for a number and an unknown category are refused")
    func wrongKind() throws {
        let number = Self.number { _ in }
        #expect(try Self.evaluate(number, .category("7")).refusal == Self.invalid)
        let category = Self.category { _ in }
        for input: InputValue in [.category("c"), .category(""), .category("B"), .number(1)] {
            #expect(try Self.evaluate(category, input).refusal == Self.invalid)
        }
    }

    @Test(
        "A category that is a number is written in decimal",
        arguments: [("1", true), ("1.0", true), ("1e0", true), ("0x1", false), ("nan", false)]
    )
    func decimal(text: String, isNumber: Bool) throws {
        var field = FieldDefinition(name: "x", kind: .categorical)
        field.isNumeric = true
        let model = try ClinicalModel(
            Scorecard(
                name: "probe",
                fields: [field],
                characteristics: [
                    .init(
                        name: "probe",
                        attributes: [
                            .init(
                                predicate: .compare("x", .equal, .number(1)),
                                partialScore: 10
                            ), .init(predicate: .always, partialScore: 0),
                        ]
                    )
                ]
            )
        )
        let result = model.evaluate([.category(text)])
        #expect(result.value == (isNumber ? 10 : nil))
        if !isNumber { #expect(result.refusal == Self.invalid) }
    }

    @Test("An invalid value is used as it is only when the document says so")
    func asIs() throws {
        let number = Self.number { $0.invalidTreatment = .keep }
        #expect(try Self.evaluate(number, .number(99)).value == 10)
        let category = Self.category { $0.invalidTreatment = .keep }
        #expect(try Self.evaluate(category, .category("c")).value == 0)
    }

    @Test("An invalid value counts as missing when the document says so")
    func asMissing() throws {
        let field = Self.number { $0.invalidTreatment = .asMissing }
        let result = try Self.evaluate(field, .number(99))
        #expect(result.status == .incomplete)
        #expect(result.missing == ["x"])
        #expect(result.lower == 0)
        #expect(result.upper == 10)
        #expect(try Self.evaluate(field, .number(.nan)).status == .incomplete)
    }

    @Test("A replaced value is reported as imputed")
    func imputed() throws {
        let field = Self.number { $0.missingReplacement = .number(7) }
        let result = try Self.evaluate(field, .missing)
        #expect(result.status == .complete)
        #expect(result.value == 10)
        #expect(result.imputed == ["x"])
        #expect(result.missing.isEmpty)
        #expect(try Self.evaluate(field, .number(6)).imputed.isEmpty)
    }

    @Test("A replacement that the field cannot have is refused when the model is compiled")
    func impossibleReplacement() {
        #expect(throws: ModelError(code: .operandMismatch, place: "x")) {
            try Self.evaluate(
                Self.category { $0.missingReplacement = .number(7) },
                .missing
            )
        }
    }

    @Test("A missing value is refused when the document calls it invalid")
    func missingInvalid() throws {
        let field = Self.number { $0.isMissingInvalid = true }
        #expect(try Self.evaluate(field, .missing).refusal == Self.invalid)
    }

    @Test("Listed values may be missing or invalid")
    func roles() throws {
        let number = Self.number {
            $0.intervals = []
            $0.values = [
                .init(text: "-1", number: -1, role: .missing),
                .init(text: "9", number: 9, role: .invalid),
            ]
        }
        #expect(try Self.evaluate(number, .number(-1)).missing == ["x"])
        #expect(try Self.evaluate(number, .number(9)).refusal == Self.invalid)
        #expect(try Self.evaluate(number, .number(8)).value == 10)
        let category = Self.category {
            $0.values.append(.init(text: "?", role: .missing))
            $0.values.append(.init(text: "-", role: .invalid))
        }
        #expect(try Self.evaluate(category, .category("?")).missing == ["x"])
        #expect(try Self.evaluate(category, .category("-")).refusal == Self.invalid)
    }

    @Test("A whole number field refuses fractions")
    func whole() throws {
        let field = Self.number { $0.isWhole = true }
        #expect(try Self.evaluate(field, .number(6)).value == 10)
        #expect(try Self.evaluate(field, .number(6.5)).refusal == Self.invalid)
    }

    @Test("Outliers are clamped or count as missing when the document says so")
    func outliers() throws {
        let clamped = Self.number {
            $0.outlierTreatment = .clamp
            $0.usual = Interval(lower: 2, upper: 4)
        }
        #expect(try Self.evaluate(clamped, .number(8)).value == 0)
        let missing = Self.number {
            $0.outlierTreatment = .asMissing
            $0.usual = Interval(lower: 2, upper: 4)
        }
        #expect(try Self.evaluate(missing, .number(8)).missing == ["x"])
        #expect(try Self.evaluate(missing, .number(3)).value == 0)
    }

    @Test("Categories written as numbers may be given as numbers")
    func numericCategories() throws {
        var field = FieldDefinition(name: "x", kind: .categorical)
        field.isNumeric = true
        field.values = [.init(text: "1", number: 1), .init(text: "2", number: 2)]
        let model = try ClinicalModel(
            Scorecard(
                name: "probe",
                fields: [field],
                characteristics: [
                    .init(
                        name: "probe",
                        attributes: [
                            .init(
                                predicate: .compare("x", .equal, .category("2")),
                                partialScore: 3
                            ),
                            .init(
                                predicate: .compare("x", .equal, .number(1)),
                                partialScore: 1
                            ),
                        ]
                    )
                ]
            )
        )
        #expect(model.evaluate([.number(2)]).value == 3)
        #expect(model.evaluate([.category("2")]).value == 3)
        #expect(model.evaluate([.number(1)]).value == 1)
        #expect(model.evaluate([.number(3)]).refusal == Self.invalid)
    }

    @Test("Ordered categories compare by their order in the list")
    func ordinal() throws {
        var field = FieldDefinition(name: "x", kind: .ordinal)
        field.values = [.init(text: "low"), .init(text: "medium"), .init(text: "high")]
        let model = try ClinicalModel(
            Scorecard(
                name: "probe",
                fields: [field],
                characteristics: [
                    .init(
                        name: "probe",
                        attributes: [
                            .init(
                                predicate: .compare("x", .greaterOrEqual, .category("medium")),
                                partialScore: 1
                            ),
                            .init(predicate: .always, partialScore: 0),
                        ]
                    )
                ]
            )
        )
        #expect(model.evaluate([.category("low")]).value == 0)
        #expect(model.evaluate([.category("medium")]).value == 1)
        #expect(model.evaluate([.category("high")]).value == 1)
    }

    @Test("What no predicate reads is neither needed nor checked")
    func unread() throws {
        var other = FieldDefinition(name: "y", kind: .continuous)
        other.intervals = [Interval(lower: 0, upper: 1)]
        let model = try ClinicalModel(
            Scorecard(
                name: "probe",
                fields: [FieldDefinition(name: "x", kind: .continuous), other],
                characteristics: [
                    .init(
                        name: nil,
                        attributes: [
                            .init(predicate: .isNotMissing("x"), partialScore: 1)
                        ]
                    )
                ]
            )
        )
        #expect(model.evaluate([.number(1), .missing]).value == 1)
        #expect(model.evaluate([.number(1), .number(9)]).value == 1)
        #expect(model.evaluate([.number(1), .missing]).contributions.map(\.name) == ["x"])
    }
}
