import Basics
import JSON
import Testing

@Suite("JSON value")
struct JSONValueTests {
    private func root(_ text: String) throws -> JSONValue {
        try JSONDocument(parsing: text).root
    }

    @Test("a member is found by its decoded name")
    func members() throws {
        let value = try root(#"{"a":1,"ab":2,"\u0061c":3,"":4,"é":5}"#)
        #expect(value["a"]?.integerValue == 1)
        #expect(value["ab"]?.integerValue == 2)
        #expect(value["ac"]?.integerValue == 3)
        #expect(value[""]?.integerValue == 4)
        #expect(value["é"]?.integerValue == 5)
        #expect(value["b"] == nil)
        #expect(value["a"]?["a"] == nil)
        #expect(try root("[1]")["a"] == nil)
    }

    @Test("names are compared by code point, not by canonical equivalence")
    func names() throws {
        let value = try root(#"{"\u00e9":1,"e\u0301":2}"#)
        #expect(value["\u{E9}"]?.integerValue == 1)
        #expect(value["e\u{301}"]?.integerValue == 2)
        #expect(try root("\"\u{E9}\"").isString("e\u{301}") == false)
    }

    @Test("text of strings is decoded, whatever escapes it is written with")
    func strings() throws {
        let text = #""\"\\\/\b\f\n\r\t\u0000\u00E9\uD83D\uDE00 é😀""#
        let expected = "\"\\/\u{8}\u{C}\n\r\t\u{0}é😀 é😀"
        #expect(try root(text).stringValue == expected)
        #expect(try root(text).isString(expected))
        #expect(try root("\"ab\"").isString("ab"))
        #expect(try root("\"ab\"").isString("abc") == false)
        #expect(try root("\"ab\"").isString("ac") == false)
        #expect(try root("1").isString("1") == false)
        #expect(try root("1").stringValue == nil)
    }

    @Test("numbers keep their text and are exact")
    func numbers() throws {
        let value = try root("[7.10,1E+2,-0,1e400,123456789012345678901234567890]")
        let elements = Array(value.elements)
        #expect(
            elements.map(\.numberText) == [
                "7.10", "1E+2", "-0", "1e400",
                "123456789012345678901234567890",
            ]
        )
        #expect(elements[0].decimalValue?.text == "7.10")
        #expect(elements[1].integerValue == 100)
        #expect(elements[3].decimalValue == nil)
        #expect(elements[4].decimalValue?.text == "123456789012345678901234567890")
        #expect(elements[4].integerValue == nil)
    }

    @Test("path and pointer lead to the value, also through awkward names")
    func paths() throws {
        let value = try root(#"{"a/b":[{"~":1},{"x":[10,20]}],"y":2}"#)
        let inner = Array(value["a/b"]?.elements ?? value.elements)[1]["x"]
        let last = try #require(inner.map { Array($0.elements)[1] })
        #expect(last.path == "a/b[1].x[1]")
        #expect(last.pointer == "/a~1b/1/x/1")
        let tilde = try #require(value["a/b"].map { Array($0.elements)[0] }?["~"])
        #expect(tilde.pointer == "/a~1b/0/~0")
        #expect(value.path == "")
        #expect(value.pointer == "")
    }

    @Test("byte offsets point at the first byte of a value")
    func offsets() throws {
        let value = try root(#" {"a": "b", "c": [1]}"#)
        #expect(value.byteOffset == 1)
        #expect(value["a"]?.byteOffset == 7)
        #expect(value["c"]?.byteOffset == 17)
    }

    @Test("the other kinds answer nothing")
    func kinds() throws {
        let elements = Array(try root("[null,true,false,{},[]]").elements)
        #expect(elements.map(\.kind) == [.null, .true, .false, .object, .array])
        #expect(elements.map(\.boolValue) == [nil, true, false, nil, nil])
        #expect(elements[0].isNull)
        #expect(elements.allSatisfy { Array($0.members).isEmpty && Array($0.elements).isEmpty })
        #expect(elements[1].isSamePlace(as: elements[1]))
        #expect(!elements[1].isSamePlace(as: elements[2]))
    }
}
