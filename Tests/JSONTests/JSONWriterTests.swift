import Basics
import JSON
import Testing

@Suite("JSON writer")
struct JSONWriterTests {
    @Test("commas stand between members and elements, and nowhere else")
    func separators() {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("a", 1)
        writer.name("b")
        writer.beginArray()
        writer.value(true)
        writer.null()
        writer.beginObject()
        writer.endObject()
        writer.beginArray()
        writer.endArray()
        writer.endArray()
        writer.member("c", ifPresent: nil)
        writer.member("d", ifPresent: "x")
        writer.member("e", false)
        writer.name("f")
        writer.rawValue("[1, 2]".utf8)
        writer.endObject()
        #expect(writer.text == #"{"a":1,"b":[true,null,{},[]],"d":"x","e":false,"f":[1, 2]}"#)
    }

    @Test(
        "text comes back as it was given",
        arguments: [
            "", "plain", "quote \" backslash \\ slash /", "\n\r\t\u{8}\u{C}\u{0}\u{1F}",
            "\u{7F}\u{80}\u{9F}", "é 漢 😀",
            "\u{2028}\u{2029}\u{202E}\u{2066}\u{200F}\u{61C}\u{FEFF}",
            "e\u{301}", "👩‍⚕️ at the bedside", "\u{10FFFF}\u{E000}",
        ]
    )
    func roundTrip(_ text: String) throws {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member(text, text)
        writer.endObject()
        let root = try JSONDocument(parsing: writer.bytes).root
        #expect(root[text]?.isString(text) == true)
        #expect(Array(root.members).first?.name.isString(text) == true)
    }

    @Test("what could break a log line or hide text is escaped")
    func escapes() {
        var writer = JSONWriter()
        writer.value("\"\\\n\r\t\u{1}\u{7F}\u{85}\u{2028}\u{202E}\u{61C}\u{FEFF}é")
        #expect(
            writer.text
                == #""\"\\\n\r\t\u0001\u007f\u0085\u2028\u202e\u061c\ufeffé""#
        )
    }

    @Test(
        "every character survives wherever it stands in a text",
        arguments: [
            "\"", "\\", "\n", "\r", "\t", "\u{0}", "\u{1F}", "\u{7F}", "\u{80}", "\u{9F}", "\u{A0}",
            "\u{B0}", "\u{61B}", "\u{61C}", "\u{200D}", "\u{200E}", "\u{2027}", "\u{2028}",
            "\u{202E}",
            "\u{202F}", "\u{2065}", "\u{2066}", "\u{2069}", "\u{FEFE}", "\u{FEFF}", "\u{1F600}",
        ]
    )
    func everywhere(_ character: String) throws {
        let isShown = [
            "\u{A0}", "\u{B0}", "\u{61B}", "\u{200D}", "\u{2027}", "\u{202F}", "\u{2065}",
            "\u{FEFE}", "\u{1F600}",
        ].contains(character)
        for before in 0...17 {
            for after in [0, 1, 7, 8, 9, 40] {
                let text =
                    String(repeating: "a", count: before) + character
                    + String(repeating: "b", count: after) + character
                var writer = JSONWriter()
                writer.value(text)
                #expect(try JSONDocument(parsing: writer.bytes).root.stringValue == text)
                let inside = writer.text.unicodeScalars.dropFirst().dropLast()
                let isFound = character.unicodeScalars.allSatisfy(inside.contains)
                #expect(isFound == (isShown || character == "\"" || character == "\\"))
            }
        }
    }

    @Test("members that are JSON already stand among others")
    func rawMembers() {
        var writer = JSONWriter()
        writer.beginObject()
        writer.rawMembers(Array(#""a":1,"b":2"#.utf8))
        writer.rawMembers([])
        writer.member("c", 3)
        writer.rawMembers(Array(#""d":4"#.utf8))
        writer.endObject()
        #expect(writer.text == #"{"a":1,"b":2,"c":3,"d":4}"#)
    }

    @Test("numbers are written as JSON numbers and keep their scale")
    func numbers() throws {
        var writer = JSONWriter()
        writer.beginArray()
        writer.value(Int.min)
        writer.value(try #require(DecimalNumber(text: "-7.10")))
        writer.value(try #require(DecimalNumber(text: "0.000")))
        for number in [0.1, -0.0, 1e300, 2.5e-308, 1e16, 100_000] { writer.value(number) }
        writer.value(Double.nan)
        writer.value(Double.infinity)
        writer.endArray()
        #expect(
            writer.text
                == "[-9223372036854775808,-7.10,0.000,0.1,-0.0,1e+300,2.5e-308,1e+16,100000.0,"
                + "null,null]"
        )
        #expect(Array(try JSONDocument(parsing: writer.bytes).root.elements).count == 11)
    }

    @Test("a value of a document is copied as it stands")
    func copies() throws {
        let text = #"{"a":[1.50,"x\u00e9",{"b":null}],"c":true}"#
        let root = try JSONDocument(parsing: text).root
        var writer = JSONWriter()
        writer.beginArray()
        writer.value(root)
        for (_, value) in root.members { writer.value(value) }
        for element in root["a"]?.elements ?? root.elements { writer.value(element) }
        writer.endArray()
        #expect(
            writer.text
                == "[" + text + #",[1.50,"x\u00e9",{"b":null}],true,1.50,"x\u00e9",{"b":null}]"#
        )
    }

    @Test("members written one after the other parse to the same members", arguments: [0, 1, 70])
    func manyMembers(_ count: Int) throws {
        var writer = JSONWriter()
        writer.beginObject()
        for index in 0..<count { writer.member("name \(index)\n", index) }
        writer.endObject()
        let members = Array(try JSONDocument(parsing: writer.bytes).root.members)
        #expect(members.map { $0.value.integerValue } == (0..<count).map { $0 })
    }

    @Test("a container that was not opened, or closed as the other kind, is a programming error")
    func misuse() async {
        await #expect(processExitsWith: .failure) {
            var writer = JSONWriter()
            writer.endObject()
        }
        await #expect(processExitsWith: .failure) {
            var writer = JSONWriter()
            writer.beginArray()
            writer.endObject()
        }
        await #expect(processExitsWith: .failure) {
            var writer = JSONWriter()
            writer.beginObject()
            writer.value(1)
        }
        await #expect(processExitsWith: .failure) {
            var writer = JSONWriter()
            writer.beginArray()
            writer.name("a")
        }
    }
}
