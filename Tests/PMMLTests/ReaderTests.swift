import ClinicalEngine
import PMML
import Testing

@Suite("Reading scorecards")
struct ReaderTests {
    private static func value(
        _ text: String,
        x: InputValue = .missing,
        c: InputValue = .missing
    ) throws -> Evaluation {
        try Sample.compile(text).evaluate([x, c])
    }

    @Test(
        "All namespaces from 4.0 to 4.4 are read",
        arguments: ["4_0", "4_1", "4_2", "4_3", "4_4"]
    )
    func namespaces(name: String) {
        let text = Sample.document(
            namespace: "http://www.dmg.org/PMML-" + name,
            version: name.replacing("_", with: ".")
        )
        #expect(Sample.error(text) == nil)
    }

    @Test("Elements with a prefix are the same elements")
    func prefixed() throws {
        let text = Sample.document()
            .replacing("</", with: "</p:").replacing("<", with: "<p:")
            .replacing("<p:/p:", with: "</p:").replacing("xmlns=", with: "xmlns:p=")
        #expect(try Self.value(text, x: .number(6)).value == 2)
    }

    @Test(
        "Each operator reads as its name says",
        arguments: [
            ("equal", [false, true, false]), ("notEqual", [true, false, true]),
            ("lessThan", [true, false, false]), ("lessOrEqual", [true, true, false]),
            ("greaterThan", [false, false, true]), ("greaterOrEqual", [false, true, true]),
        ]
    )
    func operators(name: String, expected: [Bool]) throws {
        let text = Sample.document(
            predicate: "<SimplePredicate field=\"x\" operator=\"\(name)\" value=\" 5.0 \"/>"
        )
        for (number, isTrue) in zip([4.0, 5.0, 6.0], expected) {
            #expect(try Self.value(text, x: .number(number)).value == (isTrue ? 2 : 1))
        }
    }

    @Test("Nested conditions join in their order, with extensions among them")
    func compound() throws {
        let text = Sample.document(
            predicate: """
                <CompoundPredicate booleanOperator="or"><Extension><Any/></Extension>
                <CompoundPredicate booleanOperator="and">
                <SimplePredicate field="x" operator="greaterThan" value="5"/>
                <SimplePredicate field="c" operator="equal" value="a"/>
                </CompoundPredicate>
                <SimplePredicate field="x" operator="equal" value="0"/><Extension/>
                </CompoundPredicate>
                """
        )
        #expect(try Self.value(text, x: .number(6), c: .category("a")).value == 2)
        #expect(try Self.value(text, x: .number(6), c: .category("b")).value == 1)
        #expect(try Self.value(text, x: .number(0), c: .category("b")).value == 2)
        #expect(try Self.value(text, x: .number(0)).value == 2)
        #expect(try Self.value(text, x: .number(6)).missing == ["c"])
        #expect(try Self.value(text, x: .number(1)).value == 1)
    }

    @Test("A surrogate is asked when the first condition is unknown")
    func surrogate() throws {
        let text = Sample.document(
            predicate: """
                <CompoundPredicate booleanOperator="surrogate">
                <SimplePredicate field="x" operator="greaterThan" value="5"/>
                <SimplePredicate field="c" operator="equal" value="a"/>
                <False/>
                </CompoundPredicate>
                """
        )
        #expect(try Self.value(text, c: .category("a")).value == 2)
        #expect(try Self.value(text, x: .number(1), c: .category("a")).value == 1)
        #expect(try Self.value(text).value == 1)
    }

    @Test(
        "Sets read quoted values with spaces, and both operators",
        arguments: [
            ("isIn", #"a "c d""#, [2.0, 1, 2]), ("isNotIn", #"a "c d""#, [1, 2, 1]),
            ("isIn", "\n \"b\"\t", [1, 2, 1]), ("isIn", "", [1, 1, 1]),
        ]
    )
    func sets(name: String, values: String, expected: [Double]) throws {
        let text = Sample.document(
            predicate: """
                <SimpleSetPredicate field="c" booleanOperator="\(name)">
                <Array type="string">\(values)</Array></SimpleSetPredicate>
                """
        )
        for (category, points) in zip(["a", "b", "c d"], expected) {
            #expect(try Self.value(text, c: .category(category)).value == points)
        }
    }

    @Test("A replaced missing value is reported as imputed")
    func imputed() throws {
        let text = Sample.document(
            miningX: #"<MiningField name="x" missingValueReplacement="7""#
                + #" missingValueTreatment="asMedian"/>"#
        )
        let result = try Self.value(text)
        #expect(result.value == 2)
        #expect(result.imputed == ["x"])
    }

    @Test("The treatments of invalid values, missing values and outliers are read")
    func treatments() throws {
        let bounded =
            #"<DataField name="x" optype="continuous" dataType="double">"#
            + #"<Interval closure="openClosed" leftMargin="0" rightMargin="10"/></DataField>"#
        func document(_ treatment: String) -> String {
            Sample.document(
                xField: bounded,
                miningX: "<MiningField name=\"x\" \(treatment)/>"
            )
        }
        let invalid = Evaluation.Refusal(code: .invalidValue, field: "x")
        #expect(try Self.value(document(""), x: .number(10)).value == 2)
        #expect(try Self.value(document(""), x: .number(0)).refusal == invalid)
        #expect(try Self.value(document(""), x: .number(11)).refusal == invalid)
        let asIs = document(#"invalidValueTreatment="asIs""#)
        #expect(try Self.value(asIs, x: .number(11)).value == 2)
        let asMissing = document(#"invalidValueTreatment="asMissing""#)
        #expect(try Self.value(asMissing, x: .number(11)).missing == ["x"])
        let refused = document(#"missingValueTreatment="returnInvalid""#)
        #expect(try Self.value(refused).refusal == invalid)
        let clamped = document(#"outliers="asExtremeValues" lowValue="1" highValue="4""#)
        #expect(try Self.value(clamped, x: .number(9)).value == 1)
        let dropped = document(#"outliers="asMissingValues" highValue="4""#)
        #expect(try Self.value(dropped, x: .number(9)).missing == ["x"])
        for wrong in [
            #"missingValueTreatment="asMean""#, #"outliers="asExtremeValues""#,
            #"missingValueReplacement="seven""#,
        ] {
            #expect(Sample.error(document(wrong))?.code == .invalid)
        }
    }

    @Test("Reason codes follow the algorithm, pointsBelow when none is named")
    func reasonCodes() throws {
        let below = Sample.document(scorecard: #"functionName="regression" baselineScore="1.5""#)
        #expect(try Self.value(below, x: .number(1)).reasonCodes == ["X"])
        #expect(try Self.value(below, x: .number(9)).reasonCodes == [])
        let above = Sample.document(
            scorecard: #"functionName="regression" baselineScore="1.5""#
                + #" reasonCodeAlgorithm="pointsAbove" initialScore="-4""#
        )
        #expect(try Self.value(above, x: .number(9)).reasonCodes == ["X"])
        #expect(try Self.value(above, x: .number(9)).value == -2)
    }

    @Test("Comments, foreign attributes, extensions and descriptions change nothing")
    func ignored() throws {
        let text = Sample.document(
            scorecard: #"functionName="regression" useReasonCodes="false" x-tool="1""#
                + #" xmlns:q="urn:q" q:a="b" algorithmName="hand""#,
            before: "<!-- c --><Extension name=\"n\"><q xmlns=\"urn:q\">t</q></Extension>",
            after: "<ModelStats><UnivariateStats/></ModelStats>"
        ).replacing(
            "<Header/>",
            with: "<?pi x?><Header description=\"d\" modelVersion=\"3\" copyright=\"o\">"
                + "<Application name=\"a\"/><Timestamp>now</Timestamp></Header>"
        )
        let model = try Sample.compile(text)
        #expect(model.evaluate([.number(6), .missing]).value == 2)
        #expect(model.about.description == "d")
        #expect(model.about.version == "3")
        #expect(model.about.copyright == "o")
    }

    @Test(
        "An element of another namespace is refused wherever it stands",
        arguments: ["news2", "segments", "egfr-ckd-epi-2021", "meld-3", "sofa", "cha2ds2-vasc"]
    )
    func foreignElements(model: String) throws {
        let text = String(decoding: try Sample.bytes(model), as: UTF8.self)
        let names = Set(text.matches(of: /<([A-Z][A-Za-z]*)/).map { String($0.output.1) })
        #expect(names.count > 10)
        // What an Extension holds is its own matter, and this element says how it was made.
        for name in names.subtracting(["PMML", "Extension", "MiningBuildTask"]).sorted() {
            let place = try #require(text.firstRange(of: try Regex("<\(name)(?![A-Za-z])")))
            var foreign = text
            foreign.insert(contentsOf: " xmlns=\"urn:foreign\"", at: place.upperBound)
            let error = try #require(Sample.error(foreign), "\(name)")
            #expect(error.line > 1)
        }
    }

    @Test(
        "A version that is not that of the namespace is told to the reviewer, and read",
        arguments: [
            ("4_4", "4.4", nil), ("4_4", "4.4.1", nil), ("4_2", "4.2.1", nil), ("4_0", "4.0", nil),
            ("4_4", "4.2", "4.4"), ("4_2", "4.4", "4.2"), ("4_1", "4.2.1", "4.1"),
        ] as [(String, String, String?)]
    )
    func versions(namespace: String, version: String, other: String?) throws {
        let text = Sample.document(
            namespace: "http://www.dmg.org/PMML-" + namespace,
            version: version
        )
        let inspection = try DocumentInspection(Array(text.utf8))
        #expect(inspection.otherVersion?.namespace == other)
        #expect(inspection.otherVersion?.stated == (other == nil ? nil : version))
    }
}
