import Basics
import ClinicalEngine
import PMML
import Testing

@Suite("Hostile documents")
struct HostileDocumentTests {
    private static let tail = Sample.document()

    @Test(
        "A document type or an entity is refused before anything is parsed",
        arguments: [
            "<!DOCTYPE PMML>",
            "<?xml version=\"1.0\"?>\n<!DOCTYPE PMML SYSTEM \"file:///etc/passwd\">",
            """
            <!DOCTYPE PMML [
            <!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
            <!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">
            ]>
            """,
            "<!DOCTYPE PMML [<!ENTITY % x SYSTEM \"http://127.0.0.1:9/x.dtd\"> %x;]>",
            "<!-- <!DOCTYPE hidden> -->",
            "<!ENTITY a \"b\">",
            "<!doctype PMML>",
        ]
    )
    func doctype(head: String) {
        let error = Sample.error(head + Self.tail)
        #expect(error?.code == .doctype)
        #expect(error?.element == "DOCTYPE")
    }

    @Test("The line of a document type is given")
    func doctypeLine() {
        let text = "<?xml version=\"1.0\"?>\n\n<!DOCTYPE PMML>\n" + Self.tail
        #expect(Sample.error(text)?.line == 3)
    }

    @Test("An entity that nobody declared is malformed")
    func undeclaredEntity() {
        let text = Sample.document(
            predicate: #"<SimplePredicate field="x" operator="equal" value="&five;"/>"#
        )
        #expect(Sample.error(text)?.code == .malformed)
    }

    @Test("Our own document cut at every fiftieth byte is refused", arguments: ["news2", "qsofa"])
    func truncated(name: String) throws {
        let bytes = try Sample.bytes(name)
        let end = try #require(bytes.lastIndex(of: UInt8(ascii: ">")))
        for length in stride(from: 0, through: end, by: 50) {
            #expect(throws: PMMLError.self, "\(length) bytes") {
                try PMMLDocument.compile(Array(bytes[..<length]))
            }
        }
        #expect(throws: PMMLError.self) { try PMMLDocument.compile(Array(bytes[..<end])) }
        _ = try PMMLDocument.compile(Array(bytes[...end]))
    }

    @Test(
        "Elements nest up to the limit and not beyond it",
        arguments: [(100_000, true), (300, true), (117, false), (60, false)]
    )
    func nesting(count: Int, isTooDeep: Bool) {
        // Extensions may hold anything, so only the depth itself is at fault.
        let nested =
            String(repeating: "<Extension>", count: count)
            + String(repeating: "</Extension>", count: count)
        let text = Sample.document(before: nested)
        let error = Sample.error(text)
        #expect(error?.code == (isTooDeep ? .tooLarge : nil))
    }

    @Test("Predicates nested as deep as elements may be do not exhaust the stack")
    func nestedPredicates() {
        let open = #"<CompoundPredicate booleanOperator="or"><False/>"#
        for count in [50, 110] {
            let text = Sample.document(
                predicate: String(repeating: open, count: count) + "<True/>"
                    + String(repeating: "</CompoundPredicate>", count: count)
            )
            // Each level leaves one value waiting; 64 may wait.
            #expect(Sample.error(text)?.code == (count < 64 ? nil : .tooLarge))
        }
    }

    @Test("Lists that are looked through one by one have limits", arguments: [0, 1])
    func longLists(excess: Int) {
        let values = (0..<Limits.pmmlValuesMax + excess).map { "<Value value=\"\($0)\"/>" }
        let long = Sample.document(
            xField: "<DataField name=\"x\" optype=\"continuous\" dataType=\"double\">"
                + values.joined() + "</DataField>"
        )
        #expect(Sample.error(long)?.code == (excess == 0 ? nil : .tooLarge))
        // The sample itself has three fields.
        let fields = (0..<Limits.pmmlFieldsMax - 3 + excess).map {
            "<DataField name=\"f\($0)\" optype=\"continuous\" dataType=\"double\"/>"
        }
        let many = Sample.document().replacing(
            "</DataDictionary>",
            with: fields.joined() + "</DataDictionary>"
        )
        #expect(Sample.error(many)?.code == (excess == 0 ? nil : .tooLarge))
    }

    @Test("A document beyond the size limit is refused unread")
    func oversize() {
        let bytes = [UInt8](repeating: UInt8(ascii: " "), count: Limits.pmmlBytesMax + 1)
        #expect(throws: PMMLError(code: .tooLarge, element: "PMML", line: 1)) {
            try PMMLDocument.compile(bytes)
        }
    }

    @Test(
        "What is no XML in UTF-8 is malformed",
        arguments: [
            [], [0x20], [0xFF, 0xFE, 0x3C, 0x00], [0xFE, 0xFF, 0x00, 0x3C],
            [0x3C, 0x50, 0xC3, 0x28, 0x3E], Array("{\"PMML\": 1}".utf8),
            Array("<PMML".utf8), Array("<PMML></pmml>".utf8), Array("<a/><b/>".utf8),
        ] as [[UInt8]]
    )
    func malformed(bytes: [UInt8]) {
        #expect(throws: PMMLError.self) { try PMMLDocument.compile(bytes) }
    }

    @Test(
        "An encoding in which markup could hide is refused",
        arguments: ["UTF-16", "UTF-7", "IBM037", "ISO-8859-1", "UTF-8-X", ""]
    )
    func encoding(name: String) {
        let text = "<?xml version=\"1.0\" encoding=\"\(name)\"?>\n" + Self.tail
        #expect(Sample.error(text)?.element == "xml@encoding")
    }

    @Test("UTF-8 is accepted however it is announced")
    func utf8() {
        for head in [
            "", "<?xml version='1.0' encoding='utf-8'?>", "<?xml version=\"1.0\"?>",
            "<?xml version=\"1.0\" encoding=\"US-ASCII\" standalone=\"yes\"?>",
            "\u{FEFF}<?xml version=\"1.0\" encoding = \"UTF-8\"?>",
        ] {
            #expect(Sample.error(head + Self.tail) == nil, "\(head)")
        }
    }

    @Test("Bytes changed one at a time never crash and never give another model silently")
    func mutated() throws {
        let bytes = try Sample.bytes("qsofa")
        for position in stride(from: 0, to: bytes.count, by: 97) {
            for byte: UInt8 in [0x00, 0x3C, 0x22, 0xFF] where bytes[position] != byte {
                var changed = bytes
                changed[position] = byte
                if let model = try? PMMLDocument.compile(changed) {
                    #expect(model.fields.count == 3)
                }
            }
        }
    }
}
