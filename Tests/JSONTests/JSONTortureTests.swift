import Foundation
import JSON
import Support
import Testing

/// The torture set: generated nesting, width, numbers and bytes, read in place.
@Suite(
    "JSON torture",
    .enabled(if: Shared.isPresent, "shared suites absent: set LIMEN_SHARED")
)
struct JSONTortureTests {
    static let folder = "conformance/json-torture/"
    static let generated = (try? Shared.lines(folder + "generated.jsonl")) ?? []
    static let transforms = (try? Shared.lines(folder + "jsontestsuite-transform.jsonl")) ?? []

    /// What a line asks for: text, verdict and the keys that make the text.
    private struct Torture {
        let id: String
        let expect: String
        let bytes: [UInt8]
    }

    private func read(_ line: String) throws -> Torture {
        let root = try JSONDocument(parsing: line).root
        func text(_ name: String) -> String? { root[name]?.stringValue }
        func count(_ name: String) -> Int? { root[name]?.integerValue }
        var bytes: [UInt8]
        if let literal = text("literal") {
            bytes = Array(literal.utf8)
        } else if let hex = text("hex") {
            let digits = Array(hex)
            bytes = stride(from: 0, to: digits.count, by: 2).compactMap {
                UInt8(String(digits[$0...$0 + 1]), radix: 16)
            }
        } else if let open = text("open") {
            let n = try #require(count("n"))
            bytes = Array(String(repeating: open, count: n).utf8)
            bytes += Array((text("mid") ?? "").utf8)
            bytes += Array(String(repeating: text("close") ?? "", count: n).utf8)
        } else if let keys = count("wide_keys") {
            bytes = [0x7B]
            for key in 0..<keys { bytes += Array("\(key == 0 ? "" : ",")\"k\(key)\":1".utf8) }
            bytes.append(0x7D)
        } else if let elements = count("wide_array") {
            bytes = [0x5B, 0x31]
            for _ in 1..<elements { bytes += [0x2C, 0x31] }
            bytes.append(0x5D)
        } else if let letters = count("long_string") {
            bytes = [0x22] + [UInt8](repeating: 0x61, count: letters) + [0x22]
        } else if let spaces = count("spaces") {
            let blanks = [UInt8](repeating: 0x20, count: spaces)
            bytes = blanks + [0x7B, 0x7D] + blanks
        } else {
            throw JSONError(code: .empty, offset: 0)
        }
        return Torture(id: try #require(text("id")), expect: text("expect") ?? "", bytes: bytes)
    }

    @Test("the generated set is not empty")
    func isPresent() {
        #expect(Self.generated.count >= 80)
        #expect(Self.transforms.count == 22)
    }

    @Test("every generated case gives what it asks for", arguments: generated)
    func generatedCase(_ line: String) throws {
        let torture = try read(line)
        var code: JSONError.Code?
        var root: JSONValue?
        do {
            root = try JSONDocument(parsing: torture.bytes).root
        } catch {
            code = error.code
        }
        switch torture.expect {
        case "accept": #expect(code == nil)
        case "reject": #expect(code != nil)
        case "limit": #expect(code == nil || code == .tooDeep)
        case "exact":
            let text = String(decoding: torture.bytes, as: UTF8.self)
            #expect(root?["value"]?.numberText == text.dropFirst(9).dropLast().description)
        default: Issue.record("an expectation that is not known")
        }
    }

    /// The decisions on what readers disagree about: text kept, or the fault.
    static let decisions: [String: String] = [
        "number_-9223372036854775808": "-9223372036854775808",
        "number_-9223372036854775809": "-9223372036854775809",
        "number_1.0": "1.0",
        "number_1.000000000000000005": "1.000000000000000005",
        "number_1000000000000000": "1000000000000000",
        "number_10000000000000000999": "10000000000000000999",
        "number_1e-999": "1E-999",
        "number_1e6": "1E6",
        "number_9223372036854775807": "9223372036854775807",
        "number_9223372036854775808": "9223372036854775808",
        "object_key_nfc_nfd": "two members",
        "object_key_nfd_nfc": "two members",
        "object_same_key_different_values": "LIMEN-JSON-009",
        "object_same_key_same_value": "LIMEN-JSON-009",
        "object_same_key_unclear_values": "LIMEN-JSON-009",
        "string_1_escaped_invalid_codepoint": "LIMEN-JSON-006",
        "string_1_invalid_codepoint": "LIMEN-JSON-007",
        "string_2_escaped_invalid_codepoints": "LIMEN-JSON-006",
        "string_2_invalid_codepoints": "LIMEN-JSON-007",
        "string_3_escaped_invalid_codepoints": "LIMEN-JSON-006",
        "string_3_invalid_codepoints": "LIMEN-JSON-007",
        "string_with_escaped_NULL": "A\u{0}B",
    ]

    @Test("every transform case is decided", arguments: transforms)
    func transformCase(_ line: String) throws {
        let root = try JSONDocument(parsing: line).root
        let name = try #require(root["name"]?.stringValue)
        let data = try #require(Data(base64Encoded: root["b64"]?.stringValue ?? ""))
        var outcome: String
        do {
            let root = try JSONDocument(parsing: Array(data)).root
            let first = Array(root.elements).first
            outcome = first?.numberText ?? first?.stringValue ?? "two members"
            if root.kind == .object { #expect(Array(root.members).count == 2) }
        } catch {
            outcome = error.code.rawValue
        }
        #expect(outcome == Self.decisions[name])
    }
}
