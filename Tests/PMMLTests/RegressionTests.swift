import ClinicalEngine
import Foundation
import PMML
import Testing

@Suite("Regressions")
struct RegressionTests {
    private static func regression(
        _ normalization: String,
        terms: String = #"<NumericPredictor name="x" coefficient="0.5"/>"#
    ) -> String {
        Document.text(
            "<RegressionModel functionName=\"regression\" normalizationMethod=\"\(normalization)\">"
                + Document.schema()
                + "<RegressionTable intercept=\"-1\">\(terms)</RegressionTable></RegressionModel>",
            target: Document.number
        )
    }

    private static func classification(
        _ normalization: String,
        tables: String,
        target: String = #"<DataField name="t" optype="categorical" dataType="string">"#
            + #"<Value value="yes"/><Value value="no"/><Value value="maybe"/></DataField>"#
    ) -> String {
        Document.text(
            "<RegressionModel functionName=\"classification\" "
                + "normalizationMethod=\"\(normalization)\">" + Document.schema()
                + "<Output><OutputField name=\"p\" feature=\"probability\" value=\"no\"/>"
                + "<OutputField name=\"label\" feature=\"predictedValue\"/></Output>"
                + tables + "</RegressionModel>",
            target: target
        )
    }

    private static func table(_ category: String, _ intercept: Double) -> String {
        "<RegressionTable targetCategory=\"\(category)\" intercept=\"\(intercept)\"/>"
    }

    // -1 + 0.5 * 3 = 0.5
    private static let links: [(String, Double)] = [
        ("none", 0.5), ("softmax", 1 / (1 + Foundation.exp(-0.5))),
        ("logit", 1 / (1 + Foundation.exp(-0.5))), ("exp", Foundation.exp(0.5)),
        ("probit", 0.5 * Foundation.erfc(-0.5 / 2.0.squareRoot())),
        ("cloglog", 1 - Foundation.exp(-Foundation.exp(0.5))),
        ("loglog", Foundation.exp(-Foundation.exp(-0.5))),
        ("cauchit", 0.5 + Foundation.atan(0.5) / Double.pi),
    ]

    @Test("A number goes through the inverse of its link", arguments: links)
    func numbers(normalization: String, expected: Double) throws {
        let result = try Document.evaluate(Self.regression(normalization))
        #expect(abs(try #require(result.value) - expected) < 1e-15)
    }

    @Test("Powers, categories and products are added; each is a contribution")
    func terms() throws {
        let text = Self.regression(
            "none",
            terms: #"<NumericPredictor name="x" coefficient="2" exponent="2"/>"#
                + #"<CategoricalPredictor name="c" value="b" coefficient="5"/>"#
                + #"<CategoricalPredictor name="c" value="a" coefficient="7"/>"#
                + #"<PredictorTerm coefficient="10"><FieldRef field="x"/><FieldRef field="y"/>"#
                + "</PredictorTerm>"
        )
        let result = try Document.evaluate(text)
        #expect(result.value == 82)
        #expect(result.contributions.map(\.points) == [18, 5, 60])
        #expect(result.contributions.map(\.name) == ["x", "c", "x"])
        #expect(try Document.evaluate(text, c: "a").value == 84)
    }

    @Test("A missing number leaves no result; a missing category adds nothing and is listed")
    func missing() throws {
        let text = Self.regression(
            "none",
            terms: #"<NumericPredictor name="x" coefficient="2"/>"#
                + #"<CategoricalPredictor name="c" value="b" coefficient="5"/>"#
        )
        let refused = try Document.evaluate(text, x: nil)
        #expect(refused.refusal == .init(code: .missingValue, field: "x"))
        #expect(refused.missing == ["x"])
        let partial = try Document.evaluate(text, c: nil)
        #expect(partial.value == 5)
        #expect(partial.imputed == ["c"])
    }

    @Test("softmax, simplemax and links give probabilities that add up to one")
    func categories() throws {
        let tables = Self.table("yes", 1) + Self.table("no", 2) + Self.table("maybe", 3)
        let sum = Foundation.exp(1.0) + Foundation.exp(2.0) + Foundation.exp(3.0)
        func logistic(_ x: Double) -> Double { 1 / (1 + Foundation.exp(-x)) }
        let logits = logistic(1) + logistic(2) + logistic(3)
        let expected: [(String, Double)] = [
            ("softmax", Foundation.exp(2.0) / sum), ("simplemax", 2.0 / 6),
            ("logit", logistic(2) / logits),
        ]
        for (normalization, probability) in expected {
            let text = Self.classification(normalization, tables: tables)
            let result = try Document.evaluate(text)
            #expect(result.category == "maybe")
            #expect(result.value == nil)
            #expect(result.probabilities.map(\.category) == ["yes", "no", "maybe"])
            let total = result.probabilities.reduce(0) { $0 + $1.value }
            #expect(abs(total - 1) < 1e-15)
            #expect(abs(result.probabilities[1].value - probability) < 1e-15)
            #expect(result.outputs[1].value == .text("maybe"))
        }
    }

    @Test("Without a link the last category takes what the others leave")
    func rest() throws {
        let tables = Self.table("yes", 0.2) + Self.table("no", 0.5) + Self.table("maybe", 9)
        let result = try Document.evaluate(Self.classification("none", tables: tables))
        #expect(result.category == "no")
        #expect(abs(result.probabilities[2].value - 0.3) < 1e-15)
    }

    @Test("Of an ordered target the sums are cumulative")
    func ordinal() throws {
        let target =
            #"<DataField name="t" optype="ordinal" dataType="string"><Value value="no"/>"#
            + #"<Value value="maybe"/><Value value="yes"/></DataField>"#
        let tables = Self.table("no", -1) + Self.table("maybe", 1) + Self.table("yes", 0)
        let text = Self.classification("logit", tables: tables, target: target)
        let result = try Document.evaluate(text)
        let low = 1 / (1 + Foundation.exp(1.0))
        let middle = 1 / (1 + Foundation.exp(-1.0)) - low
        #expect(abs(result.probabilities[0].value - low) < 1e-15)
        #expect(abs(result.probabilities[1].value - middle) < 1e-15)
        #expect(abs(result.probabilities[2].value - (1 - middle - low)) < 1e-15)
        #expect(result.category == "maybe")
    }

    @Test("Numbers that overflow are refused, at load or when they arise")
    func overflow() throws {
        let text = Self.regression(
            "none",
            terms: #"<NumericPredictor name="x" coefficient="1e999"/>"#
        )
        #expect(Sample.error(text)?.element == "NumericPredictor@coefficient")
        let large = Self.regression(
            "exp",
            terms: #"<NumericPredictor name="x" coefficient="500"/>"#
        )
        #expect(try Document.evaluate(large).refusal?.code == .notFinite)
        let huge = Self.regression(
            "none",
            terms: #"<NumericPredictor name="x" coefficient="1e300"/>"#
        )
        #expect(try Document.evaluate(huge, x: 1e200).refusal?.code == .notFinite)
    }

    @Test("Tables that do not fit the categories are refused with their line")
    func misfits() {
        for tables in [
            Self.table("yes", 1), Self.table("yes", 1) + Self.table("yes", 1) + Self.table("no", 1),
            Self.table("yes", 1) + Self.table("no", 1) + Self.table("never", 1),
        ] {
            let error = Sample.error(Self.classification("softmax", tables: tables))
            #expect(error?.code == .invalid)
            #expect(error?.element == "RegressionModel LIMEN-ENGINE-011")
        }
        let simplemax = Self.regression("simplemax")
        #expect(Sample.error(simplemax)?.code == .invalid)
        #expect(
            Sample.error(Self.regression("other"))?.element == "RegressionModel@normalizationMethod"
        )
    }
}
