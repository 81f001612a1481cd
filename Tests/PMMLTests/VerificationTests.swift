import PMML
import Testing

@Suite("Model verification")
struct VerificationTests {
    private static func document(
        _ rows: String,
        fields: String = #"<VerificationField field="x"/><VerificationField field="t"/>"#,
        counts: String = ""
    ) -> String {
        Sample.document(
            verification: "\n<ModelVerification \(counts)><VerificationFields>\(fields)"
                + "</VerificationFields><InlineTable>\n\(rows)\n</InlineTable></ModelVerification>"
        )
    }

    @Test("A model that gives what its rows expect is activated")
    func passes() {
        let rows = "<row><x>6</x><t>2</t></row>\n<row><x>1</x><t>1.0000001</t></row>"
        #expect(Sample.error(Self.document(rows)) == nil)
        #expect(
            Sample.error(Self.document(rows, counts: #"recordCount="2" fieldCount="2""#)) == nil
        )
    }

    @Test("The first row that differs is named with its line, and the model is not activated")
    func fails() {
        let rows = "<row><x>6</x><t>2</t></row>\n<row><x>1</x><t>2</t></row>"
        let expected = PMMLError(
            code: .verificationFailed,
            element: "ModelVerification row 2",
            line: 23
        )
        #expect(Sample.error(Self.document(rows)) == expected)
    }

    @Test(
        "Results agree within the precision that the document asks for",
        arguments: [("1E-6", "2.000001", true), ("1E-6", "2.00001", false), ("0.1", "2.2", true)]
    )
    func precision(precision: String, expected: String, passes: Bool) {
        let text = Self.document(
            "<row><x>6</x><t>\(expected)</t></row>",
            fields: "<VerificationField field=\"x\"/>"
                + "<VerificationField field=\"t\" precision=\"\(precision)\"/>"
        )
        #expect((Sample.error(text) == nil) == passes)
    }

    @Test(
        "A tolerance at which any result would pass is refused with its line",
        arguments: [
            ("precision", "1"), ("precision", "1e300"), ("precision", "-0.1"),
            ("precision", "many"), ("zeroThreshold", "-1"),
        ]
    )
    func noTolerance(attribute: String, value: String) throws {
        let text = Self.document(
            "<row><x>6</x><t>200</t></row>",
            fields: "<VerificationField field=\"x\"/>\n"
                + "<VerificationField field=\"t\" \(attribute)=\"\(value)\"/>"
        )
        let error = try #require(Sample.error(text))
        #expect(error.code == .invalid)
        #expect(error.element == "VerificationField@" + attribute)
        #expect(error.line == 22)
    }

    @Test(
        "A tolerance above a hundredth is told to the reviewer",
        arguments: [
            ("", []), (#"precision="0.01""#, []), (#"precision="0.011""#, ["t"]),
            (#"zeroThreshold="0.01""#, []), (#"zeroThreshold="5""#, ["t"]),
        ] as [(String, [String])]
    )
    func laxFields(attributes: String, fields: [String]) throws {
        let text = Self.document(
            "<row><x>6</x><t>2</t></row>",
            fields: "<VerificationField field=\"x\"/>"
                + "<VerificationField field=\"t\" \(attributes)/>"
        )
        let inspection = try DocumentInspection(Array(text.utf8))
        #expect(inspection.laxVerificationFields.map(\.field) == fields)
    }

    @Test("An empty cell is a missing input, and an absent result must be absent")
    func missing() {
        #expect(Sample.error(Self.document("<row><x/></row>")) == nil)
        #expect(Sample.error(Self.document("<row></row>")) == nil)
        for rows in ["<row><t>1</t></row>", "<row><x>6</x></row>"] {
            #expect(Sample.error(Self.document(rows))?.code == .verificationFailed)
        }
    }

    @Test("Columns may carry a prefix of a foreign namespace")
    func prefixed() {
        let text = Self.document(
            "<row><d:a xmlns:d=\"urn:d\">6</d:a><d:b xmlns:d=\"urn:d\">1</d:b></row>",
            fields: #"<VerificationField field="x" column="d:a"/>"#
                + #"<VerificationField field="t" column="d:b"/>"#
        )
        #expect(Sample.error(text)?.code == .verificationFailed)
        #expect(Sample.error(text.replacing(">1</d:b>", with: ">2</d:b>")) == nil)
    }

    @Test(
        "A table that does not fit its own description is refused",
        arguments: [
            ("<row><x>6</x><y>2</y></row>", "row"), ("<row><x>six</x><t>2</t></row>", "row 1"),
            ("", "ModelVerification"), ("<line/>", "line"),
        ]
    )
    func misfit(rows: String, element: String) {
        #expect(Sample.error(Self.document(rows))?.element == element)
    }

    @Test("Counts that are wrong and fields that nobody has are refused")
    func wrongCounts() {
        let row = "<row><x>6</x><t>2</t></row>"
        let wrong = Self.document(row, counts: #"recordCount="3""#)
        #expect(Sample.error(wrong)?.element == "ModelVerification@recordCount")
        let unknown = Self.document(
            "<row><x>6</x><z>2</z></row>",
            fields: #"<VerificationField field="x"/><VerificationField field="z"/>"#
        )
        #expect(Sample.error(unknown)?.element == "VerificationField@field")
        let unchecked = Self.document(
            "<row><x>6</x></row>",
            fields: #"<VerificationField field="x"/>"#
        )
        #expect(Sample.error(unchecked)?.code == .invalid)
    }

    @Test("Other points in any band of our documents are caught", arguments: ["news2", "qsofa"])
    func otherPoints(name: String) throws {
        let text = String(decoding: try Sample.bytes(name), as: UTF8.self)
        var count = 0
        for points in 0...3 {
            for range in text.ranges(of: "partialScore=\"\(points)\"") {
                var changed = text
                changed.replaceSubrange(range, with: "partialScore=\"\(points + 4)\"")
                count += 1
                #expect(Sample.error(changed)?.code == .verificationFailed)
            }
        }
        #expect(count >= 6)
    }

    @Test("Any edge of our NEWS2 that is moved by one step is caught")
    func movedEdges() throws {
        let text = String(decoding: try Sample.bytes("news2"), as: UTF8.self)
        let edges = text.matches(of: /operator="(lessOrEqual|greaterThan)" value="([0-9.]+)"/)
        #expect(edges.count == 53)
        for edge in edges {
            let value = try #require(Double(edge.2))
            let step = edge.2.contains(".") ? 0.1 : 1
            // A lower edge that moves down is hidden behind the attribute before it.
            for change in edge.1 == "lessOrEqual" ? [step, -step] : [step] {
                let moved = ((value + change) * 10).rounded() / 10
                var changed = text
                changed.replaceSubrange(
                    edge.range,
                    with: "operator=\"\(edge.1)\" value=\"\(moved)\""
                )
                #expect(Sample.error(changed)?.code == .verificationFailed, "\(edge.0)")
            }
        }
    }
}
