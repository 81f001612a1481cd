import ClinicalEngine
import PMML
import Testing

@Suite("Targets, outputs and treatments")
struct TargetTests {
    private static func document(
        targets: String = "",
        output: String = "",
        x: String = "",
        needsY: Bool = false,
        fields: String = ""
    ) -> String {
        Document.text(
            "<RegressionModel functionName=\"regression\">" + Document.schema(x) + output + targets
                + "<RegressionTable intercept=\"0\">"
                + "<NumericPredictor name=\"x\" coefficient=\"1\"/>"
                + (needsY ? "<NumericPredictor name=\"y\" coefficient=\"0\"/>" : "")
                + "</RegressionTable></RegressionModel>",
            fields: fields,
            target: Document.number
        )
    }

    private static let adjusted: [(String, Double, Double)] = [
        (#"rescaleFactor="2" rescaleConstant="10""#, 3, 16), (#"min="5""#, 3, 5),
        (#"max="2""#, 3, 2), (#"min="5" rescaleFactor="2""#, 3, 10),
        (#"castInteger="round""#, 2.5, 3), (#"castInteger="floor""#, 2.9, 2),
        (#"castInteger="ceiling""#, 2.1, 3),
        (#"rescaleConstant="0.6" castInteger="floor""#, 2.5, 3),
    ]

    @Test("A prediction is limited, then scaled, then made whole", arguments: adjusted)
    func targets(attributes: String, x: Double, expected: Double) throws {
        let text = Self.document(
            targets: "<Targets><Target field=\"t\" \(attributes)/></Targets>"
        )
        #expect(try Document.evaluate(text, x: x).value == expected)
    }

    @Test("A default stands for a missing prediction, and is listed")
    func defaultValue() throws {
        let text = Self.document(
            targets:
                #"<Targets><Target field="t"><TargetValue defaultValue="42"/></Target></Targets>"#
        )
        let result = try Document.evaluate(text, x: nil)
        #expect(result.value == 42)
        #expect(result.imputed == ["x", "t"])
        #expect(try Document.evaluate(text).value == 3)
    }

    @Test("Outputs can be computed from earlier ones, and keep their types")
    func outputs() throws {
        let output = """
            <Output><OutputField name="raw" feature="predictedValue"/>
            <OutputField name="half" feature="transformedValue" optype="continuous"
            dataType="double" isFinalResult="false"><Apply function="/"><FieldRef field="raw"/>
            <Constant>2</Constant></Apply></OutputField>
            <OutputField name="word" feature="decision" optype="categorical" dataType="string">
            <Apply function="if"><Apply function="greaterThan"><FieldRef field="half"/>
            <Constant>1</Constant></Apply><Constant>high</Constant><Constant>low</Constant></Apply>
            </OutputField>
            <OutputField name="flag" feature="transformedValue" optype="categorical"
            dataType="boolean"><Apply function="isMissing"><FieldRef field="y"/></Apply>
            </OutputField></Output>
            """
        let text = Self.document(output: output)
        let result = try Document.evaluate(text)
        #expect(result.outputs.map(\.name) == ["raw", "half", "word", "flag"])
        #expect(
            result.outputs.map(\.value) == [
                .number(3), .number(1.5), .text("high"), .boolean(false),
            ]
        )
        #expect(result.outputs.map(\.isFinal) == [true, false, true, true])
        let other = try Document.evaluate(text, x: 1, y: nil)
        #expect(other.outputs[2].value == .text("low"))
        #expect(other.outputs[3].value == .boolean(true))
        let model = try Sample.compile(text)
        #expect(model.outputs == ["raw", "half", "word", "flag"])
    }

    @Test(
        "Outputs that the model cannot give are refused by name",
        arguments: ["residual", "standardError", "probability", "affinity", "warning", "ruleValue"]
    )
    func refusedOutputs(feature: String) {
        let text = Self.document(
            output: "<Output><OutputField name=\"o\" feature=\"\(feature)\"/></Output>"
        )
        #expect(Sample.error(text)?.element == "OutputField@feature")
        #expect(Sample.error(text)?.code == .unsupported)
    }

    private static let treated: [(String, Double?, Double?)] = [
        (#" missingValueReplacement="7" missingValueTreatment="asMean""#, nil, 7),
        (#" missingValueReplacement="7""#, nil, 7),
        (#" missingValueTreatment="returnInvalid""#, nil, nil),
        (#" outliers="asExtremeValues" lowValue="1" highValue="5""#, 9, 5),
        (#" outliers="asExtremeValues" lowValue="1" highValue="5""#, 0, 1),
        (#" outliers="asMissingValues" lowValue="1" highValue="5""#, 9, nil),
        (#" outliers="asMissingValues" highValue="5" missingValueReplacement="4""#, 9, 4),
    ]

    @Test("Missing values and outliers are treated as the schema says", arguments: treated)
    func treatments(attributes: String, x: Double?, expected: Double?) throws {
        let result = try Document.evaluate(Self.document(x: attributes), x: x)
        #expect(result.value == expected)
        if let expected, expected == 7 || expected == 4 { #expect(result.imputed == ["x"]) }
    }

    @Test("Invalid values are refused, kept, missing or replaced, as the schema says")
    func invalid() throws {
        func result(_ attributes: String) throws -> Evaluation {
            let text = Self.document(x: attributes).replacing(
                #"<DataField name="x" optype="continuous" dataType="double"/>"#,
                with: #"<DataField name="x" optype="continuous" dataType="double">"#
                    + #"<Interval closure="closedClosed" leftMargin="0" rightMargin="10"/></DataField>"#
            )
            return try Document.evaluate(text, x: 11)
        }
        let refused = try result("")
        #expect(refused.refusal == .init(code: .invalidValue, field: "x"))
        #expect(try result(#" invalidValueTreatment="asIs""#).value == 11)
        let missing = try result(#" invalidValueTreatment="asMissing""#)
        #expect(missing.refusal == .init(code: .missingValue, field: "x"))
        let replaced = try result(
            #" invalidValueTreatment="asValue" invalidValueReplacement="6""#
        )
        #expect(replaced.value == 6)
        #expect(replaced.imputed == ["x"])
        let text = Self.document(x: #" invalidValueTreatment="asValue""#)
        #expect(Sample.error(text)?.element == "MiningField@invalidValueReplacement")
    }

    @Test("Numbers of single precision are rounded before they are compared")
    func single() throws {
        let text = Self.document().replacing(
            #"name="x" optype="continuous" dataType="double""#,
            with: #"name="x" optype="continuous" dataType="float""#
        )
        #expect(try Document.evaluate(text, x: 0.1).value == Double(Float(0.1)))
    }

    @Test("Rows of a verification may expect outputs and categories")
    func verification() {
        let rows =
            #"<ModelVerification><VerificationFields><VerificationField field="x"/>"#
            + #"<VerificationField field="o"/></VerificationFields><InlineTable>"#
            + "<row><x>3</x><o>3</o></row><row><o/></row></InlineTable></ModelVerification>"
        let output = #"<Output><OutputField name="o" feature="predictedValue"/></Output>"#
        #expect(Sample.error(Self.document(targets: rows, output: output)) == nil)
        let wrong = rows.replacing("<o>3</o>", with: "<o>4</o>")
        let error = Sample.error(Self.document(targets: wrong, output: output))
        #expect(error?.code == .verificationFailed)
        #expect(error?.element == "ModelVerification row 1")
    }

    @Test("Complex partial scores are computed")
    func complexPartialScore() throws {
        let text = Sample.document(
            predicate: #"<SimplePredicate field="x" operator="greaterThan" value="5"/>"#
                + "<ComplexPartialScore><Apply function=\"*\"><FieldRef field=\"x\"/>"
                + "<Constant>2</Constant></Apply></ComplexPartialScore>"
        ).replacing(#" partialScore="2""#, with: "")
        let model = try Sample.compile(text)
        #expect(model.evaluate([.number(6), .category("a")]).value == 12)
        #expect(model.evaluate([.number(6), .category("a")]).contributions[0].points == 12)
        #expect(model.evaluate([.number(1), .category("a")]).value == 1)
        #expect(model.evaluate([.missing, .category("a")]).status == .refused)
    }

    @Test("No number stands for a missing category or cluster")
    func defaultCategory() {
        let targets =
            #"<Targets><Target field="t"><TargetValue value="yes" defaultValue="1"/>"#
            + "</Target></Targets>"
        let tree =
            "<TreeModel functionName=\"classification\">" + Document.schema() + targets
            + "<Node score=\"yes\"><True/></Node></TreeModel>"
        let error = Sample.error(Document.text(tree))
        #expect(error?.code == .unsupported)
        #expect(error?.element == "TargetValue@defaultValue")
        let whole = Document.text(tree.replacing(#" defaultValue="1""#, with: ""))
        #expect(Sample.error(whole) == nil)
    }

    @Test("Limits and scales leave a cluster where it is")
    func cluster() throws {
        let text = Document.text(
            "<ClusteringModel functionName=\"clustering\" modelClass=\"centerBased\" "
                + "numberOfClusters=\"2\">" + Document.schema(target: false)
                + "<Targets><Target max=\"0\" rescaleFactor=\"7\"/></Targets>"
                + "<ComparisonMeasure kind=\"distance\"><squaredEuclidean/></ComparisonMeasure>"
                + "<ClusteringField field=\"x\"/>"
                + "<Cluster id=\"A\"><Array type=\"real\" n=\"1\">0</Array></Cluster>"
                + "<Cluster id=\"B\"><Array type=\"real\" n=\"1\">5</Array></Cluster>"
                + "</ClusteringModel>",
            target: Document.number
        )
        #expect(try Document.evaluate(text, x: 5).segment?.id == "B")
        #expect(try Document.evaluate(text, x: 1).segment?.id == "A")
    }

    @Test("A default in place of a prediction has no parts")
    func defaultContributions() throws {
        let text = Self.document(
            targets:
                #"<Targets><Target field="t"><TargetValue defaultValue="42"/></Target></Targets>"#
        )
        #expect(try Document.evaluate(text, x: nil).contributions.isEmpty)
        #expect(try Document.evaluate(text, x: 3).contributions.map(\.points) == [3])
    }

    @Test("Just below a half is rounded down")
    func round() throws {
        let text = Self.document(
            targets: #"<Targets><Target field="t" castInteger="round"/></Targets>"#
        )
        #expect(try Document.evaluate(text, x: 0.49999999999999994).value == 0)
        #expect(try Document.evaluate(text, x: 0.5).value == 1)
        #expect(try Document.evaluate(text, x: -2.5).value == -2)
    }
}
