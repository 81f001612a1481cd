import JSON
import Support
import Testing

/// The vector path and the scalar path accept the same texts and make the same tape.
@Suite("JSON paths")
struct JSONPathsTests {
    /// Repeats itself for the same seed (SplitMix64).
    private struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    /// Texts of every kind, each short enough to be moved over a border of 64 bytes.
    static let fragments = [
        #"{"a":1}"#, #"["",""]"#, #"[1,-2.5e+3,true,false,null]"#, #"{"é":"ü漢😀","\u00e9":"\\\""}"#,
        "[\"\\\\\",\"\\\\\\\\\",\"\\\\\\\"\"]", "\"\\ud83d\\ude00\"", "[[[]],{},{\"a\":{}}]",
        "{\"a\" :\t[ 1 ,\r\n2 ] }", "tru", "nulll", "[1 2]", "[1\"a\"]", "[\"a\"1]", "\"\\ud83d\"",
        "\"\u{1}\"", "[\u{1}]", "[\u{C}1]", "\"\u{7F}\"", "[\\\"a\"]", "[1\\]", "{\"a\":1,\"a\":2}",
        "{\"a\":1,\"\\u0061\":2}", "[1|2]", "[^]", "\"\\x\"", "\"\\u12g4\"", "{\"a\"}", "{\"a\":}",
        "[1,]", "{,}", "]", "}", ",", ":", "\"", "\\", "", "é", "1é", "\u{FEFF}1", "-", "01", "1.",
    ]

    @Test("a text is read alike wherever it lies in a block", arguments: fragments)
    func everyAlignment(_ text: String) {
        let fragment = Array(text.utf8)
        let blanks = [UInt8](repeating: 0x20, count: 200)
        for before in 0...130 {
            #expect(JSONPaths.agree(on: blanks[..<before] + fragment), "behind \(before)")
        }
        for length in stride(from: 0, through: 200, by: 7) {
            #expect(JSONPaths.agree(on: fragment + blanks[..<length]), "before \(length)")
        }
    }

    @Test("a string of any length up to 200 is read alike, whatever stands at its end")
    func everyLength() {
        let ends: [[UInt8]] = [
            [], [0x22], [0x5C, 0x22], [0x5C, 0x5C, 0x22], [0x5C, 0x5C, 0x5C, 0x22], [0x5C],
            [0x5C, 0x6E, 0x22], [0xC3, 0xA9, 0x22], [0xC3, 0x22], [0xA9, 0x22],
            [0xF0, 0x9F, 0x98, 0x80, 0x22], [0xF0, 0x9F, 0x98, 0x22], [0x1F, 0x22], [0x22, 0x2C],
        ]
        for length in 0...200 {
            let start = [0x22] + [UInt8](repeating: 0x61, count: length)
            for end in ends {
                #expect(JSONPaths.agree(on: start + end), "\(length), \(end)")
            }
        }
    }

    @Test("runs of backslashes of every length are read alike over a border")
    func backslashes() {
        for before in 50...66 {
            for count in 0...140 {
                let text =
                    [0x22] + [UInt8](repeating: 0x61, count: before)
                    + [UInt8](repeating: 0x5C, count: count) + [0x22]
                #expect(JSONPaths.agree(on: text), "\(before), \(count)")
            }
        }
    }

    @Test("two and three bytes of every kind beyond ASCII are read alike over a border")
    func encodings() {
        let borders: [UInt8] = [
            0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC,
            0xED,
            0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF,
        ]
        var acceptedCount = 0
        for before in [10, 60, 61, 62] {
            let start = [0x22] + [UInt8](repeating: 0x61, count: before)
            for first in borders {
                for second in borders {
                    for third in [[], [0x80], [0xBF], [0x80, 0x80], [0xC2, 0x80]] as [[UInt8]] {
                        let text = start + [first, second] + third + [0x22]
                        #expect(
                            JSONPaths.agree(on: text),
                            "\(before), \(first), \(second), \(third)"
                        )
                        acceptedCount += (try? JSONDocument(parsing: text)) == nil ? 0 : 1
                    }
                }
            }
        }
        #expect(acceptedCount > 100)
    }

    @Test("texts that were changed at random are read alike", arguments: 0..<20)
    func mutations(_ seed: Int) {
        var generator = Generator(state: UInt64(seed))
        let marks = Array("{}[]:,\"\\ \n\t\r0123456789-+.eEtrufalsn/u\u{0}\u{1F}é漢😀\u{7F}".utf8)
        var acceptedCount = 0
        for round in 0..<300 {
            var bytes: [UInt8] = Array(JSONDocumentTests.sample.utf8)
            if round % 3 == 0, let text = Self.fragments.randomElement(using: &generator) {
                bytes = Array(text.utf8)
            }
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                change(&bytes, marks, &generator)
            }
            #expect(JSONPaths.agree(on: bytes), "seed \(seed), round \(round)")
            acceptedCount += (try? JSONDocument(parsing: bytes)) == nil ? 0 : 1
        }
        #expect(acceptedCount > 0)
    }

    private func change(_ bytes: inout [UInt8], _ marks: [UInt8], _ generator: inout Generator) {
        let place = Int.random(in: 0...bytes.count, using: &generator)
        let other = Int.random(in: 0...bytes.count, using: &generator)
        let range = min(place, other)..<max(place, other)
        let mark = marks.randomElement(using: &generator) ?? 0
        switch Int.random(in: 0..<6, using: &generator) {
        case 0 where place < bytes.count: bytes[place] = mark
        case 1: bytes.insert(mark, at: place)
        case 2 where place < bytes.count: bytes.remove(at: place)
        case 3: bytes.insert(contentsOf: bytes[range], at: place)
        case 4:
            bytes.insert(contentsOf: [UInt8](repeating: 0x20, count: range.count % 70), at: place)
        default: bytes.removeSubrange(range.prefix(5))
        }
    }

    @Test("an object of many members, an array of many elements and a deep value are read alike")
    func sizes() {
        for count in [1, 2, 24, 25, 400, 2_040, 2_050, 5_000] {
            let names = (0..<count).map { "\"n\($0)\":[\($0),\"\\n\"]" }.joined(separator: ",")
            #expect(JSONPaths.agree(on: Array("{\(names)}".utf8)))
            #expect(JSONPaths.agree(on: Array("{\(names),\"n0\":1}".utf8)))
            let ends = String(repeating: "[{}],", count: count)
            #expect(JSONPaths.agree(on: Array("[\(ends)1]".utf8)))
            let escapes = String(repeating: "\\\\\\u00e9", count: count)
            #expect(JSONPaths.agree(on: Array("[\"\(escapes)\"]".utf8)))
            #expect(JSONPaths.agree(on: Array("[\"\(escapes)\\\"]".utf8)))
        }
        for depth in 62...66 {
            let open = String(repeating: "[", count: depth)
            let close = String(repeating: "]", count: depth)
            #expect(JSONPaths.agree(on: Array((open + close).utf8)))
        }
    }

    @Test("the signs of 64 lanes are found alike with and without an instruction made for it")
    func signs() {
        var generator = Generator(state: 7)
        for _ in 0..<500 {
            let bytes = (0..<64).map { _ in UInt8.random(in: 0...255, using: &generator) }
            #expect(JSONPaths.signsAgree(on: bytes))
        }
        for index in 0..<64 {
            var bytes = [UInt8](repeating: 0, count: 64)
            bytes[index] = 0x80
            #expect(JSONPaths.signsAgree(on: bytes))
        }
    }
}

/// The same over the shared suites and the sample bundles.
@Suite(
    "JSON paths over shared texts",
    .enabled(if: Shared.isPresent, "shared suites absent: set LIMEN_SHARED")
)
struct JSONSharedPathsTests {
    static let folders = [
        "conformance/json-testsuite/test_parsing", "conformance/json-torture",
        "conformance/fhir-json", "conformance/fhir-json/cases", "data/smart-stu3", "data/messy",
        "data/synthea-2019-r4",
        "data/synthea-uscore-inferno", "data/r4-examples/hl7-core", "data/r4-examples/us-core-3",
        "data/r4-examples/us-core-9",
    ]

    @Test("every file and every line of it is read alike", arguments: folders)
    func files(_ folder: String) throws {
        var count = 0
        for name in try Shared.names(inFolder: folder) {
            guard let bytes = try? Shared.bytes(folder + "/" + name) else { continue }
            #expect(JSONPaths.agree(on: bytes), "\(name)")
            count += 1
            for line in bytes.split(separator: 0x0A).prefix(200) {
                #expect(JSONPaths.agree(on: Array(line)), "\(name)")
            }
        }
        #expect(count > 0)
    }

    @Test("a bundle that was changed at one place is read alike")
    func changedBundles() throws {
        let bytes = try Shared.bytes("data/smart-stu3/patient-6666001.fhir-bundle.json")
        for place in stride(from: 0, to: bytes.count, by: 61) {
            for byte in [0x22, 0x5C, 0x2C, 0x7D, 0x0B, 0xC3] as [UInt8] {
                var changed = bytes
                changed[place] = byte
                #expect(JSONPaths.agree(on: changed), "\(place), \(byte)")
            }
            #expect(JSONPaths.agree(on: Array(bytes[..<place])), "cut at \(place)")
        }
    }
}
