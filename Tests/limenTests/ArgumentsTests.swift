import Testing

@testable import limen

@Suite("The command line's arguments")
struct ArgumentsTests {
    @Test("hold words, options with values in both forms, and switches")
    func forms() throws {
        let arguments = try Arguments(
            ["fire", "news2", "--bundle", "a.json", "--at=2026-05-04T10:00:00Z", "--json"],
            of: "hook"
        )
        #expect(arguments.words == ["fire", "news2"])
        #expect(arguments.value("bundle") == "a.json")
        #expect(arguments.value("at") == "2026-05-04T10:00:00Z")
        #expect(arguments.has("json"))
        #expect(!arguments.has("curl"))
    }

    @Test("take a dash and what follows two dashes as words")
    func words() throws {
        let arguments = try Arguments(["-", "--", "--json"], of: "model check")
        #expect(arguments.words == ["-", "--json"])
    }

    @Test("take an empty value for a value, and not the word behind it")
    func emptyValue() throws {
        let arguments = try Arguments(["fire", "--at=", "news2"], of: "hook")
        #expect(arguments.value("at")?.isEmpty == true)
        #expect(arguments.words == ["fire", "news2"])
    }

    @Test("name the nearest option for one that is unknown, and need a value where one is due")
    func faults() {
        let unknown = #expect(throws: CommandError.self) {
            try Arguments(["fire", "--bundel", "x"], of: "hook")
        }
        #expect(unknown?.exitCode == .usage)
        #expect(unknown?.sentence.contains("did you mean --bundle?") == true)
        let missing = #expect(throws: CommandError.self) {
            try Arguments(["fire", "--bundle"], of: "hook")
        }
        #expect(missing?.sentence == "--bundle needs a value")
        let surplus = #expect(throws: CommandError.self) {
            try Arguments(["fire", "--json=yes"], of: "hook")
        }
        #expect(surplus?.sentence == "--json takes no value")
    }

    @Test("refuse a filter that is given twice, for one of the two would not count")
    func twice() throws {
        let line = ["list", "--service", "news2", "--json", "--service", "qsofa"]
        let error = #expect(throws: CommandError.self) { try Arguments(line, of: "audit") }
        #expect(error?.exitCode == .usage)
        #expect(
            error?.sentence == "--service is given twice, and limen audit list takes it once"
        )
        let batch = try Arguments(["--profile", "news2", "--profile=qsofa"], of: "batch")
        #expect(batch.all("profile") == ["news2", "qsofa"])
    }

    @Test("hold whole numbers to their range", arguments: ["0", "11", "x", "1.5", ""])
    func integers(text: String) throws {
        let arguments = try Arguments(["--limit", text], of: "audit list")
        #expect(throws: CommandError.self) {
            try arguments.integer("limit", default: 5, in: 1...10)
        }
    }

    @Test("measure the distance of two words by single edits")
    func distance() {
        #expect(Arguments.distance("hook", "hook") == 0)
        #expect(Arguments.distance("hok", "hook") == 1)
        #expect(Arguments.distance("", "abc") == 3)
        #expect(Arguments.distance("kitten", "sitting") == 3)
    }

    @Test("read a listen address, also of IPv6, and refuse what is none")
    func listenAddress() throws {
        let address = try ListenAddress("127.0.0.1:8080")
        #expect(address.host == "127.0.0.1")
        #expect(address.port == 8_080)
        #expect(try ListenAddress("[::1]:0").host == "::1")
        #expect(try ListenAddress(":9090").host == "0.0.0.0")
        for text in [":9090", "0.0.0.0:9090", "[::]:9090", "[0:0::0]:9090"] {
            #expect(try ListenAddress(text).isWildcard, "\(text)")
        }
        for text in ["127.0.0.1:9090", "[::1]:9090", "localhost:9090"] {
            #expect(try !ListenAddress(text).isWildcard, "\(text)")
        }
        for text in ["8080", "a:b", "a:70000", ""] {
            #expect(throws: CommandError.self) { try ListenAddress(text) }
        }
    }
}
