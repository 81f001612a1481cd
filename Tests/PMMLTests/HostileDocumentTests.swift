import Basics
import ClinicalEngine
import Foundation
import PMML
import Support
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

    @Test(
        "An instruction that says nothing is refused, and does not end the program",
        arguments: ["<?a?>", "<?a ?>", "<?a\n\t?>", "<?xml?>", "<??>", "<?", "<?a"]
    )
    func bareInstruction(text: String) {
        for document in [text + Self.tail, Self.tail + text, "<PMML>" + text + "</PMML>"] {
            let error = Sample.error(document)
            #expect(error?.code == .unsupported || error?.code == .malformed)
        }
        #expect(Sample.error("<?xml-stylesheet href=\"a\"?>" + Self.tail) == nil)
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

    @Test("A document of which there is too much to complain about is not read to its end")
    func complaints() {
        let lines = String(repeating: #"<Extension value="&five;"/>"# + "\n", count: 10_000)
        let error = Sample.error("<PMML>\n" + lines + "</PMML>")
        #expect(error?.code == .malformed)
        #expect((error?.line ?? .max) < 100)
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

    @Test("A document in another encoding is said to be so, and not to be no XML")
    func otherEncodings() throws {
        let text = "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n" + Self.tail
        // A lone letter in ISO-8859-1 is no UTF-8.
        let western = Array(text.utf8) + [0x3C, 0x21, 0x2D, 0x2D, 0xE9, 0x2D, 0x2D, 0x3E]
        let wide = ("\u{FEFF}" + Self.tail).utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        for bytes in [western, wide, Array(wide.dropFirst(2))] {
            let error = #expect(throws: PMMLError.self) { try PMMLDocument.compile(bytes) }
            #expect(error?.element == "xml@encoding")
            #expect(error?.words.contains("only UTF-8 is read") == true)
        }
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

    @Test("A tree of a million nodes is refused")
    func millionNodes() {
        let nodes = String(repeating: "<Node score=\"1\"><True/></Node>", count: 1_000_000)
        let text = Document.text(
            "<TreeModel functionName=\"regression\">" + Document.schema()
                + "<Node><True/>\(nodes)</Node></TreeModel>",
            target: Document.number
        )
        #expect(Sample.error(text)?.code == .tooLarge)
    }

    @Test("Random inputs give an answer or a refusal, and no number that is none")
    func randomInputs() throws {
        var state: UInt64 = 20_261_121
        func next(_ count: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % count
        }
        let odd: [InputValue] = [
            .missing, .number(.nan), .number(.infinity), .number(-1e308), .number(1e308),
            .number(0), .number(-0.0), .number(4.15), .category(""), .category("air"),
            .category("male"), .category("\u{0}"), .category("NaN"), .number(64),
        ]
        var texts = [
            Document.text(
                "<RegressionModel functionName=\"classification\" normalizationMethod=\"softmax\">"
                    + Document.schema()
                    + ["yes", "no", "maybe"].map {
                        "<RegressionTable targetCategory=\"\($0)\" intercept=\"1\">"
                            + "<NumericPredictor name=\"x\" coefficient=\"2\" exponent=\"3\"/>"
                            + "<CategoricalPredictor name=\"c\" value=\"a\" coefficient=\"1\"/>"
                            + "</RegressionTable>"
                    }.joined() + "</RegressionModel>"
            )
        ]
        if Shared.isPresent {
            for name in ["kmeans", "logreg", "tree", "gb"] {
                texts.append(try Shared.text("models-reference/ml/\(name).pmml"))
            }
        }
        for text in texts {
            let model = try Sample.compile(text)
            for _ in 0..<500 {
                let inputs = model.fields.map { _ in odd[next(odd.count)] }
                let result = model.evaluate(inputs)
                #expect(result.status != .refused || result.refusal != nil)
                #expect(result.value?.isFinite ?? true)
                #expect(result.probabilities.allSatisfy { $0.value.isFinite })
                #expect(result.segment?.distances.allSatisfy(\.isFinite) ?? true)
                for output in result.outputs {
                    if case .number(let number) = output.value { #expect(number.isFinite) }
                }
                #expect(model.evaluate(inputs) == result)
            }
        }
    }

    @Test(
        "Documents with random damage are refused or evaluated, and nothing breaks",
        .enabled(if: Shared.isPresent, "shared suites absent: set LIMEN_SHARED"),
        arguments: ["kmeans", "logreg", "tree", "gb"]
    )
    func damage(name: String) throws {
        var state: UInt64 = 42
        func next(_ count: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % count
        }
        var text = try Shared.text("models-reference/ml/\(name).pmml")
        if name == "gb" {
            // The first three trees are enough, and quick.
            let parts = text.components(separatedBy: "<Segment id=\"4\">")
            let rest = parts[1].components(separatedBy: "</Segmentation>\n\t\t\t\t</MiningModel>")
            text = parts[0] + "</Segmentation>\n</MiningModel>" + (rest.last ?? "")
        }
        let bytes = Array(text.utf8)
        _ = try PMMLDocument.compile(bytes)
        let words = [
            "NaN", "1e308", "-1", "0", "missing", "x\"", "True", "integer", "age", "<True/>",
        ]
        var refusals = 0
        for _ in 0..<150 {
            var damaged = bytes
            for _ in 0...next(3) {
                let position = next(damaged.count)
                switch next(3) {
                case 0: damaged[position] = UInt8(32 + next(95))
                case 1:
                    damaged.removeSubrange(position..<min(damaged.count, position + 1 + next(40)))
                default:
                    damaged.insert(contentsOf: Array(words[next(words.count)].utf8), at: position)
                }
            }
            guard let model = try? PMMLDocument.compile(damaged) else {
                refusals += 1
                continue
            }
            for value: InputValue in [.missing, .number(1), .number(66.5), .category("air")] {
                let result = model.evaluate(model.fields.map { _ in value })
                #expect(result.value?.isFinite ?? true)
                #expect(result.probabilities.allSatisfy { $0.value.isFinite })
            }
        }
        #expect(refusals > 20)
    }

    @Test(
        "Nothing but comments and instructions follows the document",
        arguments: ["garbage", "g", "<a/>", "\n<PMML/>\n", "&amp;"]
    )
    func followed(text: String) {
        #expect(Sample.error(Self.tail + text)?.code == .malformed)
        #expect(Sample.error(Self.tail + "\n<!-- end -->\n<?note end?>\n") == nil)
    }
}
