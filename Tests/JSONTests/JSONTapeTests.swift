import JSON
import Testing

@Suite("Values by their places on a tape")
struct JSONTapeTests {
    private let table = JSONNameTable(["id", "status", "valueQuantity", "effectiveDateTime"])

    private func members(_ text: String) throws -> (JSONMembers, JSONTape) {
        let root = try JSONDocument(parsing: text).root
        return (root.tape.members(of: root.place, in: table), root.tape)
    }

    @Test("a table finds the members it knows, whatever stands between them")
    func knownMembers() throws {
        let (members, tape) = try members(
            #"{"a":{"id":"inner"},"status":"final","b":[1,{"status":2}],"id":"o1","z":0}"#
        )
        #expect(members[0].flatMap { tape.string($0) } == "o1")
        #expect(members[1].flatMap { tape.string($0) } == "final")
        #expect(members[2] == nil)
        #expect(members[3] == nil)
    }

    @Test("a name written with escapes is the same name")
    func escapedName() throws {
        let (members, tape) = try members(#"{"\u0073tatus":"final","i\u0064":7}"#)
        #expect(members[1].flatMap { tape.string($0) } == "final")
        #expect(members[0].map { tape.kind($0) } == .number)
    }

    @Test("a null member counts as none, and so does any member of what is no object")
    func nothing() throws {
        for text in [#"{"id":null}"#, "[1,2]", #""id""#, "null", "7"] {
            let (members, _) = try members(text)
            #expect(members[0] == nil, "\(text)")
        }
    }

    @Test(
        "names that agree in length and in their first eight bytes are told apart",
        arguments: ["valueQuantitx", "valueQuantitY", "valueQu_ntity", "valueQuantit\u{1}"]
    )
    func nearNames(name: String) throws {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member(name, 1)
        writer.endObject()
        let root = try JSONDocument(parsing: writer.text).root
        #expect(root.tape.members(of: root.place, in: table)[2] == nil)
        #expect(root.tape.member(JSONName("valueQuantity"), of: root.place) == nil)
        #expect(root.tape.member(JSONName(name), of: root.place) != nil)
        #expect(root["valueQuantity"] == nil)
        #expect(root[name] != nil)
    }

    @Test("a stem finds the first member that goes on behind it, and counts them")
    func stems() throws {
        let root = try JSONDocument(
            parsing: #"{"value":1,"valueA":null,"valueB":2,"v":3,"\u0076alueC":4}"#
        ).root
        let found = try #require(root.tape.members(of: root.place, withStem: JSONName("value")))
        #expect(root.tape.string(found.name) == "valueB")
        #expect(found.count == 2)
        #expect(root.tape.members(of: root.place, withStem: JSONName("other")) == nil)
    }

    @Test("the elements of an array follow one another to its end")
    func elements() throws {
        let root = try JSONDocument(parsing: #"{"a":["x",["y"],{"z":1},"w"],"b":[]}"#).root
        let list = try #require(root.tape.member(JSONName("a"), of: root.place))
        var kinds: [JSONKind] = []
        var next = root.tape.firstElement(of: list)
        while let element = next {
            kinds.append(root.tape.kind(element))
            next = root.tape.element(after: element, of: list)
        }
        #expect(kinds == [.string, .array, .object, .string])
        let empty = try #require(root.tape.member(JSONName("b"), of: root.place))
        #expect(root.tape.firstElement(of: empty) == nil)
        #expect(root.tape.firstElement(of: root.place) == nil)
    }

    @Test(
        "text is equal and hashed by its decoded bytes",
        arguments: ["", "a", "1234567", "12345678", "123456789", "http://loinc.org|8310-5", "é"]
    )
    func texts(text: String) throws {
        let bytes = Array(text.utf8)
        var escaped = ""
        for unit in text.utf16 {
            let digits = String(unit, radix: 16)
            escaped += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
        for written in [text, escaped] {
            let root = try JSONDocument(parsing: "\"" + written + "\"").root
            #expect(root.tape.isString(root.place, bytes))
            #expect(!root.tape.isString(root.place, bytes + [0x20]))
            #expect(root.tape.hash(root.place, seed: 5) == JSONName.hash(bytes.span, seed: 5))
            #expect(root.tape.decodedBytes(root.place) == bytes)
        }
    }
}
