import Basics
import JSON
import Support
import Testing

@Suite("JSON document")
struct JSONDocumentTests {
    private func fault(_ text: String) -> JSONError? {
        fault(Array(text.utf8))
    }

    private func fault(_ bytes: [UInt8]) -> JSONError? {
        do {
            _ = try JSONDocument(parsing: bytes)
            return nil
        } catch {
            return error
        }
    }

    @Test(
        "a fault is named with its byte offset",
        arguments: [
            ("", JSONError.Code.empty, 0),
            (" \n", .empty, 2),
            ("{\"a\":}", .unexpectedByte, 5),
            ("{\"a\" 1}", .unexpectedByte, 5),
            ("{\"a\":1,}", .unexpectedByte, 7),
            ("{,}", .unexpectedByte, 1),
            ("[1,]", .unexpectedByte, 3),
            ("[1 2]", .unexpectedByte, 3),
            ("[1}", .unexpectedByte, 2),
            ("{\"a\":1]", .unexpectedByte, 6),
            ("]", .unexpectedByte, 0),
            ("[1", .unexpectedEnd, 2),
            ("[", .unexpectedEnd, 1),
            ("{", .unexpectedEnd, 1),
            ("{\"a\"", .unexpectedEnd, 4),
            ("tru", .unexpectedEnd, 3),
            ("trux", .unexpectedByte, 3),
            ("nulll", .trailingBytes, 4),
            ("01", .invalidNumber, 0),
            ("-", .unexpectedEnd, 1),
            ("-a", .invalidNumber, 1),
            ("1.", .unexpectedEnd, 2),
            ("1.e5", .invalidNumber, 2),
            ("1e+", .unexpectedEnd, 3),
            ("\"a\\x\"", .invalidEscape, 2),
            ("\"\\u12g4\"", .invalidEscape, 1),
            ("\"abcdefghijk\\ud800\"", .loneSurrogate, 12),
            ("\"\\ud83d\\u0041\"", .loneSurrogate, 1),
            ("\"12345678\u{1}\"", .controlCharacter, 9),
            ("\"1\u{1}\"", .controlCharacter, 2),
            ("{\"a\":1,\"b\":2,\"a\":3}", .duplicateName, 13),
            ("{\"a\":1,\"\\u0061\":2}", .duplicateName, 7),
            ("{\"\\u0061\":1,\"a\":2}", .duplicateName, 12),
            ("{\"verylongname1\":1,\"verylongname1\":2}", .duplicateName, 19),
            ("{\"\":1,\"\":2}", .duplicateName, 6),
            ("{} {}", .trailingBytes, 3),
            ("\u{FEFF}{}", .byteOrderMark, 0),
        ]
    )
    func faults(_ text: String, code: JSONError.Code, offset: Int) {
        #expect(fault(text) == JSONError(code: code, offset: offset))
    }

    @Test(
        "equal names in different objects, and names that only look alike, are no duplicates",
        arguments: [
            #"{"a":{"a":{"a":1}}}"#, #"[{"a":1},{"a":2}]"#, #"{"a":1,"A":2}"#,
            #"{"\u00e9":1,"e\u0301":2}"#, "{\"\u{E9}\":1,\"e\u{301}\":2}",
            #"{"a":1,"a\u0000":2}"#, #"{"abcdefgh1":1,"abcdefgh2":2}"#,
            #"{"x":{"b":1},"b":{"x":1}}"#, #"{"a":[{"b":1},{"b":2}],"b":3}"#,
        ]
    )
    func distinctNames(_ text: String) {
        #expect(fault(text) == nil)
    }

    @Test("a name that comes back after nested objects is a duplicate")
    func duplicateAcrossNesting() {
        #expect(fault(#"{"a":{"b":1,"c":[{"b":1}]},"b":2,"a":3}"#)?.offset == 33)
    }

    @Test("a duplicate is found in an object of any size", arguments: [2, 23, 24, 25, 26, 1_000])
    func duplicateInWide(_ count: Int) {
        for isEscaped in [false, true] {
            let names = (0..<count - 1).map { "\"name\($0)\":0" }
            let again = isEscaped ? "\"n\\u0061me0\":0" : "\"name0\":0"
            let text = "{" + (names + [again]).joined(separator: ",") + "}"
            #expect(fault(text)?.code == .duplicateName)
            #expect(fault(text)?.offset == text.utf8.count - again.utf8.count - 1)
            #expect(fault("{" + names.joined(separator: ",") + "}") == nil)
        }
    }

    @Test("a hundred thousand members are checked in little more than linear time")
    func wideObject() {
        func seconds(_ count: Int) -> Double {
            // Long shared beginnings are the worst case of a comparison by bytes.
            let text = (0..<count).map { "\"observation-component-\($0)\":0" }
            let bytes = Array(("{" + text.joined(separator: ",") + "}").utf8)
            let clock = ContinuousClock()
            let start = clock.now
            #expect(fault(bytes) == nil)
            return (clock.now - start) / .seconds(1)
        }
        let small = seconds(5_000)
        let large = seconds(100_000)
        // Twenty times the members: a quadratic check would take four hundred times as long.
        #expect(large < small * 100 + 0.5)
    }

    @Test("nesting is allowed up to the limit and refused one level deeper")
    func depth() {
        let depth = Limits.jsonDepthMax
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            func nested(_ count: Int) -> String {
                String(repeating: open, count: count) + "1"
                    + String(repeating: close, count: count)
            }
            #expect(fault(nested(depth - 1)) == nil)
            #expect(fault(nested(depth)) == nil)
            #expect(
                fault(nested(depth + 1))
                    == JSONError(code: .tooDeep, offset: depth * open.utf8.count)
            )
        }
    }

    static let sample = #"""
        {"resourceType": "Bundle", "entry": [ {"resource": {"id": "a\u00e9\ud83d\ude00\n",
          "flag": [true, false, null], "é": "ü漢😀", "value": -12.50e+3, "empty": {}, "none": []}}]}
        """#

    @Test("every proper beginning of a document is refused")
    func truncation() {
        let bytes = Array(Self.sample.utf8)
        #expect(fault(bytes) == nil)
        for count in 0..<bytes.count {
            #expect(fault(Array(bytes[..<count])) != nil, "cut at \(count)")
        }
    }

    @Test("a document with any one byte replaced is refused or read, and never traps")
    func mutation() {
        let bytes = Array(Self.sample.utf8)
        var acceptedCount = 0
        for index in bytes.indices {
            for byte in [0x00, 0x1F, 0x22, 0x5C, 0x7B, 0x7D, 0x5D, 0x2C, 0x80, 0xC3, 0xFF] {
                var changed = bytes
                changed[index] = UInt8(byte)
                guard let document = try? JSONDocument(parsing: changed) else { continue }
                acceptedCount += 1
                walk(document.root)
            }
        }
        #expect(acceptedCount > 0)
    }

    private func walk(_ value: JSONValue) {
        _ = (value.stringValue, value.numberText, value.decimalValue, value.boolValue)
        for element in value.elements { walk(element) }
        for (name, member) in value.members {
            _ = name.stringValue
            walk(member)
        }
    }

    @Test(
        "a real document is refused at every cut",
        .enabled(if: Shared.isPresent, "shared suites absent: set LIMEN_SHARED")
    )
    func realTruncation() throws {
        var bytes = try Shared.bytes("data/smart-stu3/patient-4444001.fhir-bundle.json")
        bytes.removeLast(Array(bytes.reversed().prefix { $0 <= 0x20 }).count)
        #expect(fault(bytes) == nil)
        // Every byte of the first and last two thousand, and every seventh between.
        for count in 0..<bytes.count
        where count < 2_000 || count > bytes.count - 2_000 || count % 7 == 0 {
            if fault(Array(bytes[..<count])) == nil {
                Issue.record("accepted when cut at \(count)")
            }
        }
    }

    static let messy = ((try? Shared.names(inFolder: "data/messy")) ?? [])
        .filter { $0.hasSuffix(".json") }

    @Test(
        "small real documents are refused at every cut",
        .enabled(if: Shared.isPresent, "shared suites absent: set LIMEN_SHARED"),
        arguments: messy
    )
    func messyTruncation(_ name: String) throws {
        var bytes = try Shared.bytes("data/messy/" + name)
        bytes.removeLast(Array(bytes.reversed().prefix { $0 <= 0x20 }).count)
        guard bytes.count < 16_384 else { return }
        // This one names members twice, which its collection offers as a thing to be refused.
        let isDuplicate = name == "patient-duplicate.json"
        #expect(fault(bytes)?.code == (isDuplicate ? .duplicateName : nil))
        for count in 0..<bytes.count where fault(Array(bytes[..<count])) == nil {
            Issue.record("accepted when cut at \(count)")
        }
    }

    @Test("text is skipped in words and at their borders alike", arguments: 0...40)
    func wordBorders(_ count: Int) throws {
        let plain = String(repeating: "x", count: count)
        for (written, read) in [
            ("", ""), ("\\n", "\n"), ("é", "é"), ("\\\"", "\""), ("\\u0041", "A"),
            ("\u{7F}", "\u{7F}"),
        ] {
            let text =
                "[\"" + plain + written + plain + "\" ,\t" + String(repeating: " ", count: count)
            let document = try JSONDocument(parsing: text + "\n1]")
            let elements = Array(document.root.elements)
            #expect(elements.first?.stringValue == plain + read + plain)
            #expect(elements.last?.numberText == "1")
        }
    }
}
