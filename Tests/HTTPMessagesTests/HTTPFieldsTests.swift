import HTTPMessages
import Testing

struct HTTPFieldsTests {
    @Test("a literal keeps order and repeated names, and names compare without regard to case")
    func literal() {
        var fields: HTTPFields = ["Content-Type": "a/b", "Vary": "Origin", "vary": "Accept"]
        #expect(fields["content-type"] == "a/b")
        #expect(fields["VARY"] == "Origin")
        #expect(fields.values("Vary") == ["Origin", "Accept"])
        #expect(fields.entries.map(\.name) == ["Content-Type", "Vary", "vary"])
        fields.set("Vary", "X")
        #expect(fields.entries.map(\.value) == ["a/b", "X"])
        fields.remove("content-type")
        #expect(fields.count == 1)
        #expect(!fields.contains("content-type"))
        #expect(fields.has("vary", equalTo: "x"))
        #expect(!fields.has("vary", equalTo: "xy"))
    }

    @Test("fields of one name are one list, whose empty members count for nothing")
    func members() {
        var fields: HTTPFields = ["X": " a ,,\tb c\t", "Y": "d", "x": ""]
        fields.append("X", ",")
        fields.append("x", "e")
        #expect(fields.members("x") == ["a", "b c", "e"])
        #expect(fields.members("z").isEmpty)
    }

    @Test("a value can begin no field and no message of its own")
    func injection() {
        var fields = HTTPFields()
        fields.append("X", "a\r\nSet-Cookie: b\u{0}")
        #expect(fields["x"] == "a  Set-Cookie: b ")
    }

    @Test("a name that is no token ends the process, as it can only be our own mistake")
    func badName() async {
        await #expect(processExitsWith: .failure) {
            var fields = HTTPFields()
            fields.append("X: y\r\nZ", "a")
        }
    }
}
