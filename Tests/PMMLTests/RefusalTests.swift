import Basics
import PMML
import Testing

@Suite("Documents that are refused")
struct RefusalTests {
    /// What is written into the sample, and the error that it must give.
    struct Case: Sendable, CustomTestStringConvertible {
        let text: String
        let code: PMMLError.Code
        let element: String
        let line: Int

        var testDescription: String { "\(element) line \(line)" }
    }

    @Test("The sample itself is accepted")
    func sample() {
        #expect(Sample.error(Sample.document()) == nil)
    }

    @Test(
        "What is not implemented is named with its line",
        arguments: [
            Case(
                text: Sample.document(after: "\n<Targets><Target><Partition/></Target></Targets>"),
                code: .unsupported,
                element: "Partition",
                line: 21
            ),
            Case(
                text: Sample.document(after: "\n\n<Invented/>"),
                code: .unsupported,
                element: "Invented",
                line: 22
            ),
            Case(
                text: Sample.document(predicate: "<SimplePredicat/>"),
                code: .unsupported,
                element: "SimplePredicat",
                line: 17
            ),
            Case(
                text: Sample.document(scorecard: #"functionName="classification""#),
                code: .unsupported,
                element: "Scorecard@functionName",
                line: 10
            ),
            Case(
                text: Sample.document(
                    scorecard: #"functionName="regression" isScorable="false""#
                ),
                code: .unsupported,
                element: "Scorecard@isScorable",
                line: 10
            ),
            Case(
                text: Sample.document(
                    scorecard: #"functionName="regression" reasonCodeAlgorithm="other""#
                ),
                code: .unsupported,
                element: "Scorecard@reasonCodeAlgorithm",
                line: 10
            ),
            Case(
                text: Sample.document(
                    scorecard: #"functionName="regression" useReasonCodes="false" speed="9""#
                ),
                code: .unsupported,
                element: "Scorecard@speed",
                line: 10
            ),
            Case(
                text: Sample.document(
                    predicate: #"<SimplePredicate field="x" operator="like" value="5"/>"#
                ),
                code: .unsupported,
                element: "SimplePredicate@operator",
                line: 17
            ),
            Case(
                text: Sample.document(
                    predicate: #"<CompoundPredicate booleanOperator="nand"><True/><True/>"#
                        + "</CompoundPredicate>"
                ),
                code: .unsupported,
                element: "CompoundPredicate@booleanOperator",
                line: 17
            ),
            Case(
                text: Sample.document(
                    predicate: "<True/><ComplexPartialScore><TextIndex/></ComplexPartialScore>"
                ),
                code: .unsupported,
                element: "TextIndex",
                line: 17
            ),
            Case(
                text: Sample.document(
                    before: "\n<LocalTransformations>\n<DerivedField name=\"d\" "
                        + "optype=\"continuous\" dataType=\"double\">"
                        + "<Lag field=\"x\"/></DerivedField></LocalTransformations>"
                ),
                code: .unsupported,
                element: "Lag",
                line: 16
            ),
            Case(
                text: Sample.document(
                    xField: #"<DataField name="x" optype="continuous" dataType="date"/>"#
                ),
                code: .unsupported,
                element: "DataField@dataType",
                line: 4
            ),
            Case(
                text: Sample.document(
                    miningX: #"<MiningField name="x" invalidValueTreatment="guess"/>"#
                ),
                code: .unsupported,
                element: "MiningField@invalidValueTreatment",
                line: 12
            ),
            Case(
                text: Sample.document(miningX: #"<MiningField name="x" usageType="group"/>"#),
                code: .unsupported,
                element: "MiningField@usageType",
                line: 12
            ),
            Case(
                text: Sample.document(
                    before: "<Output><OutputField name=\"o\" feature=\"affinity\"/></Output>"
                ),
                code: .unsupported,
                element: "OutputField@feature",
                line: 14
            ),
            Case(
                text: Sample.document(namespace: "http://www.dmg.org/PMML-3_2"),
                code: .unsupported,
                element: "PMML@xmlns",
                line: 1
            ),
            Case(
                text: Sample.document(namespace: "http://www.dmg.org/PMML-4_5"),
                code: .unsupported,
                element: "PMML@xmlns",
                line: 1
            ),
            Case(
                text: Sample.document(namespace: ""),
                code: .unsupported,
                element: "PMML@xmlns",
                line: 1
            ),
            Case(
                text: Sample.document(version: "5.0"),
                code: .unsupported,
                element: "PMML@version",
                line: 1
            ),
            Case(
                text: Sample.document(predicate: "<f:True xmlns:f=\"urn:f\"/>"),
                code: .unsupported,
                element: "True",
                line: 17
            ),
        ]
    )
    func unsupported(refused: Case) {
        let expected = PMMLError(
            code: refused.code,
            element: refused.element,
            line: refused.line
        )
        #expect(Sample.error(refused.text) == expected)
    }

    @Test(
        "What PMML does not allow is named with its line",
        arguments: [
            (#"<SimplePredicate operator="equal" value="5"/>"#, "SimplePredicate@field"),
            (#"<SimplePredicate field="x" value="5"/>"#, "SimplePredicate@operator"),
            (#"<SimplePredicate field="x" operator="equal"/>"#, "SimplePredicate@value"),
            (
                #"<SimplePredicate field="x" operator="equal" value="five"/>"#,
                "SimplePredicate@value"
            ),
            (
                #"<SimplePredicate field="x" operator="equal" value="NaN"/>"#,
                "SimplePredicate@value"
            ),
            (
                #"<SimplePredicate field="x" operator="equal" value="0x10"/>"#,
                "SimplePredicate@value"
            ),
            (
                #"<SimplePredicate field="x" operator="isMissing" value="5"/>"#,
                "SimplePredicate@value"
            ),
            (
                #"<SimplePredicate field="y" operator="equal" value="5"/>"#,
                "SimplePredicate@field"
            ),
            (
                #"<SimplePredicate field="t" operator="equal" value="5"/>"#,
                "SimplePredicate@field"
            ),
            (
                #"<SimplePredicate field="c" operator="equal" value="z"/>"#,
                "SimplePredicate@value"
            ),
            (
                #"<SimplePredicate field="c" operator="lessThan" value="a"/>"#,
                "SimplePredicate@operator"
            ),
            (
                #"<CompoundPredicate><True/><True/></CompoundPredicate>"#,
                "CompoundPredicate@booleanOperator"
            ),
            (
                #"<CompoundPredicate booleanOperator="and"><True/></CompoundPredicate>"#,
                "CompoundPredicate"
            ),
            (
                #"<SimpleSetPredicate field="c" booleanOperator="isIn"/>"#, "SimpleSetPredicate"
            ),
            (
                #"<SimpleSetPredicate field="c" booleanOperator="isIn">"#
                    + #"<Array n="3" type="string">a b</Array></SimpleSetPredicate>"#,
                "Array@n"
            ),
            (
                #"<SimpleSetPredicate field="c" booleanOperator="isIn">"#
                    + #"<Array type="string">a "b</Array></SimpleSetPredicate>"#,
                "Array"
            ),
            (
                #"<SimpleSetPredicate field="c" booleanOperator="isIn">"#
                    + #"<Array type="string">a z</Array></SimpleSetPredicate>"#,
                "Array"
            ),
            ("<True/><False/>", "False"),
        ]
    )
    func invalidPredicate(predicate: String, element: String) {
        let expected = PMMLError(code: .invalid, element: element, line: 17)
        #expect(Sample.error(Sample.document(predicate: predicate)) == expected)
    }

    @Test(
        "A data field that contradicts itself is refused",
        arguments: [
            (#"<DataField optype="continuous" dataType="double"/>"#, "DataField@name"),
            (#"<DataField name="x" dataType="double"/>"#, "DataField@optype"),
            (#"<DataField name="x" optype="continuous"/>"#, "DataField@dataType"),
            (
                #"<DataField name="x" optype="continuous" dataType="string"/>"#,
                "DataField@dataType"
            ),
            (
                #"<DataField name="c" optype="continuous" dataType="double"/>"#,
                "DataField@name"
            ),
            (
                #"<DataField name="x" optype="continuous" dataType="double">"#
                    + #"<Interval leftMargin="0"/></DataField>"#,
                "Interval@closure"
            ),
            (
                #"<DataField name="x" optype="continuous" dataType="double">"#
                    + #"<Interval closure="openOpen"/></DataField>"#,
                "Interval"
            ),
            (
                #"<DataField name="x" optype="continuous" dataType="double">"#
                    + #"<Interval closure="closedOpen" leftMargin="2" rightMargin="2"/></DataField>"#,
                "Interval"
            ),
            (
                #"<DataField name="x" optype="continuous" dataType="double">"#
                    + #"<Value value="two"/></DataField>"#,
                "Value@value"
            ),
        ]
    )
    func invalidField(field: String, element: String) {
        let error = Sample.error(Sample.document(xField: field))
        #expect(error?.code == .invalid)
        #expect(error?.element == element)
        #expect(error?.line == (element == "DataField@name" && field.contains("\"c\"") ? 5 : 4))
    }

    @Test("Reason codes need a baseline and a code")
    func reasonCodes() {
        let scorecard = #"functionName="regression""#
        let noBaseline = Sample.error(Sample.document(scorecard: scorecard))
        let expected = PMMLError(
            code: .invalid,
            element: "Characteristic@baselineScore",
            line: 15
        )
        #expect(noBaseline == expected)
        let text = Sample.document(scorecard: scorecard + #" baselineScore="0""#)
            .replacing(#" reasonCode="X""#, with: "")
        #expect(Sample.error(text)?.element == "Attribute@reasonCode")
    }

    @Test("A second model is refused: which one is meant would be a guess")
    func twoModels() {
        let text = Sample.document().replacing("</PMML>", with: "<Scorecard/></PMML>")
        #expect(Sample.error(text)?.element == "Scorecard")
        #expect(Sample.error(text)?.code == .unsupported)
    }

    @Test("An error never carries a value of the document")
    func noText() {
        let text = Sample.document(
            predicate: #"<SimplePredicate field="secret" operator="equal" value="secret"/>"#
        )
        #expect(Sample.error(text)?.element.contains("secret") == false)
    }
}
