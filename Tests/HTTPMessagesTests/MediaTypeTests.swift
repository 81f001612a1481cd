import HTTPMessages
import Testing

struct MediaTypeTests {
    /// What was read, as one text.
    private static func text(_ type: MediaType?) -> String {
        guard let type else { return "-" }
        var text = "\(type.type)/\(type.subtype)"
        for parameter in type.parameters { text += ";\(parameter.name)=\(parameter.value)" }
        return text
    }

    @Test(
        "is two tokens and its parameters, in whatever case and with whatever blanks",
        arguments: [
            ("a/b", "a/b"), ("Text/HTML", "text/html"), ("a/b;c=D", "a/b;c=D"),
            ("a/b \t; C=d ; e=f", "a/b;c=d;e=f"), ("a/b;", "a/b"), ("a/b; ;;c=d; ", "a/b;c=d"),
            ("a/b;c=\"d;e, f\"", "a/b;c=d;e, f"), ("a/b;c=\"\\\"\\\\\"", "a/b;c=\"\\"),
            ("a/b;c=\"\"", "a/b;c="), ("*/*", "*/*"), ("a/b;c=\"\u{E9}\"", "a/b;c=\u{E9}"),
        ]
    )
    func whole(_ text: String, _ read: String) {
        #expect(Self.text(MediaType(text)) == read)
    }

    @Test(
        "is nothing else",
        arguments: [
            "", "a", "a/", "/b", " a/b", "a /b", "a/ b", "a/b/c", "a/b c", "a/b,c/d", "a\u{E9}/b",
            "a/b;c", "a/b;=d", "a/b;c=", "a/b;c =d", "a/b;c= d", "a/b;c=d e", "a/b;c=\"d",
            "a/b;c=\"d\\", "a/b;c=\"d\"e", "a/b;c=\"\u{7}\"", "a/b;;c", "a/b;c=d/e",
        ]
    )
    func others(_ text: String) {
        #expect(MediaType(text) == nil)
    }

    @Test(
        "stands in lists, of which what is none costs no other",
        arguments: [
            ("", []), (" ,\t, ", []), ("a/b", ["a/b"]), ("a/b,c/d", ["a/b", "c/d"]),
            (",a/b ,, c/d;e=f ,", ["a/b", "c/d;e=f"]), ("a/b;c=\",\",d/e", ["a/b;c=,", "d/e"]),
            ("a, b/c", ["-", "b/c"]), ("a/b;c=\"x\u{7},\\\",\" , d/e", ["-", "d/e"]),
            ("a/b;c=\"d, e/f", ["-"]), ("a/b;c=\"\\", ["-"]),
            ("a b/c, */*;q=.2", ["-", "*/*;q=.2"]),
        ] as [(String, [String])]
    )
    func list(_ text: String, _ read: [String]) {
        #expect(MediaType.list(text).map(Self.text) == read)
    }

    @Test(
        "has no weight when it says 0, however often",
        arguments: [
            ("a/b;q=0", true), ("a/b;Q=0.", true), ("a/b;c=d; q=0.000", true),
            ("a/b;q=\"0\"", true), ("a/b;q=.0", true), ("a/b", false), ("a/b;q=1", false),
            ("a/b;q=0.001", false), ("a/b;q=.2", false), ("a/b;q=x", false),
            ("a/b;q=.", false), ("a/b;c=0", false),
        ] as [(String, Bool)]
    )
    func weights(_ text: String, _ isWeightless: Bool) {
        #expect(MediaType(text)?.isWeightless == isWeightless)
    }
}
