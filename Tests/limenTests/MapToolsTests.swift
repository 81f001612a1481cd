import Basics
import Foundation
import Gateway
import JSON
import Support
import Testing

@testable import limen

/// The shipped configuration, as the commands read it.
enum ShippedFiles {
    static func read(_ change: (inout [String: [UInt8]]) -> Void = { _ in }) throws -> ProfileFiles
    {
        var files: [String: [UInt8]] = [:]
        for folder in ["Profiles", "Hooks"] {
            let root = Shared.checkout.appendingPathComponent(folder)
            let names = FileManager.default.enumerator(atPath: root.path)
            while let name = names?.nextObject() as? String {
                guard let data = try? Data(contentsOf: root.appendingPathComponent(name)) else {
                    continue
                }
                files[folder + "/" + name] = Array(data)
            }
        }
        change(&files)
        return ProfileFiles(home: Shared.checkout.path, files: files)
    }
}

@Suite("limen map explain")
struct MapExplainTests {
    static func observation(
        _ id: String,
        _ code: String,
        _ value: String,
        at time: String,
        status: String = "final"
    ) -> String {
        """
        {"resource":{"resourceType":"Observation","id":"\(id)","status":"\(status)","code":{"coding":\
        [{"system":"http://loinc.org","code":"\(code)"}]},"subject":{"reference":"Patient/p1"},\
        "effectiveDateTime":"\(time)","valueQuantity":\(value)}}
        """
    }

    static func quantity(_ value: String, _ unit: String) -> String {
        #"{"value":\#(value),"code":"\#(unit)","system":"http://unitsofmeasure.org"}"#
    }

    static let bundle = """
        {"resourceType":"Bundle","entry":[
        {"resource":{"resourceType":"Patient","id":"p1","birthDate":"1960-02-03"}},
        \(observation("t", "8310-5", quantity("101.3", "[degF]"), at: "2026-05-04T09:30:00Z")),
        \(observation("h1", "8867-4", quantity("88", "/min"), at: "2026-05-04T09:30:00Z")),
        \(observation("h2", "8867-4", quantity("70", "/min"), at: "2026-05-04T08:00:00Z")),
        \(observation("s", "59408-5", quantity("95", "%"), at: "2026-05-03T18:20:00Z"))]}
        """

    static func explanation(
        _ text: String = bundle,
        _ options: [String] = [],
        profile: String = "news2"
    ) throws -> Explanation {
        try Explanation(
            files: try ShippedFiles.read(),
            name: profile,
            data: try ClinicalData(texts: [text]),
            request: try Arguments(
                ["--at", "2026-05-04T10:00:00Z"] + options,
                of: "map explain"
            )
        )
    }

    static func page(_ explanation: Explanation, columns: Int? = nil) -> String {
        let style = TextStyle(columns: columns, usesColour: false)
        return explanation.page(style: style, showsAll: false).lines.joined(separator: "\n")
    }

    @Test("says first what is missing, and why")
    func missing() throws {
        let lines = Self.page(try Self.explanation()).split(
            separator: "\n",
            omittingEmptySubsequences: false
        )
        #expect(lines[0] == "news2 1.0.0  Patient/p1  as of 2026-05-04T10:00:00Z  5 resources")
        #expect(
            lines[1] == "5 of 8 inputs MISSING: respiratoryRate, spo2, onOxygen, systolic, "
                + "consciousness"
        )
        #expect(lines[3] == "missing")
        #expect(lines[4] == "  respiratoryRate  no resource came near it")
        #expect(
            lines.contains(
                "  spo2             stale: it is older than the window; accepted: an age of at most "
                    + "12 h; this is 3 h 40 min older"
            )
        )
        #expect(
            lines.contains(
                "                     Observation/s  effectiveDateTime  95 %  15h40m old"
            )
        )
    }

    @Test("shows value, conversion, source, age, rule, code and what lost")
    func values() throws {
        let text = Self.page(try Self.explanation())
        for line in [
            "  temperature  38.5 Cel  30m old    Observation/t  valueQuantity",
            "               101.3 [degF] -> 38.5 Cel: (value - 32) x 5/9",
            "               rule 1 of 1, from[0]: http://loinc.org|8310-5",
            "  pulse        88 /min   30m old    Observation/h1  valueQuantity",
            "               not taken: superseded: another observation was preferred; "
                + "accepted: select latest, prefer newest",
            "                 Observation/h2  valueQuantity  70 /min  2h old  "
                + "1h30m older than the one taken",
            "score  none: missing respiratoryRate, spo2, onOxygen, systolic, consciousness; "
                + "1 to 15 possible",
            "  spo2             0 to 3  (spo2, onOxygen missing)",
            "  temperature      1",
            "card  news2/incomplete",
        ] {
            #expect(text.contains(line), "\(line)")
        }
    }

    @Test("keeps every line within the columns of a narrow terminal", arguments: [60, 80, 132])
    func width(_ columns: Int) throws {
        for line in Self.page(try Self.explanation(), columns: columns).split(separator: "\n") {
            // A token that is wider than what is left of its line stands alone on it, unbroken.
            let isOneWord = line.split(separator: " ").count == 1
            #expect(TextStyle.width(line) <= columns || isOneWord, "\(line)")
            #expect(line.last != " ")
        }
    }

    @Test("writes stable JSON with the report, the stories, the evaluation and the cards")
    func json() throws {
        let root = try JSONDocument(parsing: try Self.explanation().json).root
        #expect(root["format"]?.stringValue == "limen-map-explain/1")
        #expect(root["profile"]?["name"]?.stringValue == "news2")
        #expect(root["inputs"]?.elements.map { $0 }.count == 8)
        let stories = root["stories"]?.elements.map { $0 } ?? []
        let pulse = try #require(stories.first { $0["input"]?.isString("pulse") ?? false })
        #expect(pulse["matched"]?.elements.map(\.stringValue) == ["http://loinc.org|8867-4"])
        let other = try #require(pulse["others"]?.elements.first { _ in true })
        #expect(other["resource"]?.stringValue == "Observation/h2")
        #expect(other["isRunnerUp"]?.boolValue == true)
        #expect(other["ageSeconds"]?.integerValue == 7_200)
        #expect(root["evaluation"]?["status"]?.stringValue == "incomplete")
        #expect(root["cards"]?.elements.map { $0["name"]?.stringValue } == ["incomplete"])
    }

    @Test("shows only the inputs that are asked for, and counts only them")
    func chosen() throws {
        let part = try Self.explanation(Self.bundle, ["--input", "pulse"])
        #expect(part.exitCode == .ok)
        let text = Self.page(part)
        #expect(text.contains("the input has a value"))
        #expect(!text.contains("temperature"))
        #expect(!text.contains("score"))
        let error = #expect(throws: CommandError.self) {
            try Self.explanation(Self.bundle, ["--input", "shoe"])
        }
        #expect(error?.exitCode == .usage)
        #expect(error?.sentence.contains("respiratoryRate") ?? false)
    }

    @Test("lets no control character of the data reach the terminal")
    func controls() throws {
        let bundle = Self.bundle.replacing(#""%""#, with: #""\u001b[2Jx""#)
        #expect(bundle != Self.bundle)
        let text = Self.page(try Self.explanation(bundle))
        #expect(!text.contains("\u{1B}"))
        #expect(text.contains(#"\u{1b}[2Jx"#))
    }

    @Test("refuses the whole where a resource is about another patient, and shows no score")
    func otherPatient() throws {
        let bundle = Self.bundle.replacing(
            #""id":"h2","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"8867-4"}]},"subject":{"reference":"Patient/p1"}"#,
            with:
                #""id":"h2","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"8867-4"}]},"subject":{"reference":"Patient/p2"}"#
        )
        #expect(bundle != Self.bundle)
        #expect(try Self.explanation(bundle, ["--input", "pulse"]).exitCode == .findings)
        let text = Self.page(try Self.explanation(bundle))
        #expect(text.contains("REFUSED: a resource is about another patient"))
        #expect(text.contains("score  none: the request is refused"))
        #expect(!text.contains("card  news2"))
    }

    @Test(
        "tells of an entry that cannot be read with its place, and ends with a finding",
        arguments: [
            #"{"resource":{"id":"secret","valueQuantity":{"value":140}}}"#,
            #"{"fullUrl":"urn:uuid:secret"}"#, #"{"resource":null}"#, #"{"resource":"secret"}"#,
            "{}", "null", #"{"resourceType":"Observation","id":"secret"}"#,
        ]
    )
    func unreadEntries(entry: String) throws {
        let bundle = String(Self.bundle.dropLast(2)) + "," + entry + "]}"
        let explanation = try Self.explanation(bundle, ["--input", "pulse"])
        #expect(explanation.exitCode == .findings)
        let text = Self.page(explanation)
        #expect(text.contains("INCOMPLETE DATA: 1 entry cannot be read"))
        #expect(text.contains("data: /entry/5: the entry holds no resource that can be read"))
        #expect(!text.contains("secret"))
        let root = try JSONDocument(parsing: explanation.json).root
        #expect(root["leftOutCount"]?.integerValue == 1)
        #expect(root["unreadable"]?.elements.map(\.stringValue) == ["data: /entry/5"])
    }

    @Test(
        "tells of data that are known not to be all there are, and ends with a finding",
        arguments: [
            (#""total":99,"#, "", "/total"),
            (#""link":[{"relation":"next","url":"https://secret.example"}],"#, "", "/link"),
            (
                "",
                #",{"resource":{"resourceType":"OperationOutcome","issue":[{"severity":"error"}]}}"#,
                "/entry/5"
            ),
        ]
    )
    func gaps(head: String, entry: String, place: String) throws {
        let start = #""resourceType":"Bundle","#
        let bundle =
            String(Self.bundle.dropLast(2)).replacing(start, with: start + head)
            + entry + "]}"
        #expect(bundle.count == Self.bundle.count + head.count + entry.count)
        let explanation = try Self.explanation(bundle, ["--input", "pulse"])
        #expect(explanation.exitCode == .findings)
        let text = Self.page(explanation)
        #expect(text.contains("INCOMPLETE DATA: the data are known not to be all there are"))
        #expect(text.contains("data: " + place))
        #expect(!text.contains("secret"))
        let root = try JSONDocument(parsing: explanation.json).root
        #expect(root["incomplete"]?.elements.map { $0 }.count == 1)
    }

    /// A file without atrial fibrillation.
    private static func conditions(_ head: String, _ entry: String, count: Int = 1) -> String {
        let condition =
            #",{"resource":{"resourceType":"Condition","id":"h","#
            + #""code":{"coding":[{"system":"http://snomed.info/sct","code":"38341003"}]},"#
            + #""subject":{"reference":"Patient/p1"}}}"#
        return #"{"resourceType":"Bundle",\#(head)"entry":[{"resource":{"resourceType":"Patient","#
            + #""id":"p1","birthDate":"1950-02-03"}}"#
            + (count == 0 ? "" : condition) + (entry.isEmpty ? "" : "," + entry) + "]}"
    }

    @Test(
        "does not say that nothing is on record where data are known to be lacking",
        arguments: HookRequestBuilderTests.shortfalls
    )
    func absenceUnknown(_ shortfall: (head: String, entry: String)) throws {
        let explanation = try Self.explanation(
            Self.conditions(shortfall.head, shortfall.entry),
            profile: "cha2ds2-va"
        )
        #expect(explanation.exitCode == .findings)
        let text = Self.page(explanation)
        #expect(text.contains("INCOMPLETE DATA"))
        #expect(text.contains("UNDECIDED whether the model applies"))
        #expect(!text.contains("NOT APPLICABLE") && !text.contains("does not apply"))
        let root = try JSONDocument(parsing: explanation.json).root
        let cards = root["cards"]?.elements.map { $0["name"]?.stringValue ?? "" } ?? []
        #expect(cards.count == 1 && cards != ["standard-not-applicable"])
    }

    @Test("says that the gateway refuses what it would refuse, and decides nothing")
    func refused() throws {
        let error = #"{"resource":{"resourceType":"OperationOutcome"}}"#
        for (head, entry, count) in [
            (#""total":2,"#, "", 0), ("", "{}", 0), ("", error, 1),
            (#""link":{"relation":"next"},"#, "", 1),
        ] {
            let explanation = try Self.explanation(
                Self.conditions(head, entry, count: count),
                profile: "cha2ds2-va"
            )
            let root = try JSONDocument(parsing: explanation.json).root
            #expect(root["isRefused"]?.boolValue == true)
            let text = Self.page(explanation)
            #expect(text.contains("score  none: the request is refused"))
            #expect(text.contains("cha2ds2-va: the gateway refuses the request"))
            #expect(text.contains("INCOMPLETE DATA") && !text.contains("NOT APPLICABLE"))
        }
        let whole = Self.page(
            try Self.explanation(Self.conditions("", ""), profile: "cha2ds2-va")
        )
        #expect(whole.contains("NOT APPLICABLE") && !whole.contains("INCOMPLETE DATA"))
    }

    @Test("says of a profile without its model what is lacking, and maps all the same")
    func noModel() throws {
        let files = try ShippedFiles.read { $0["Profiles/news2/model.pmml"] = nil }
        let explanation = try Explanation(
            files: files,
            name: "news2",
            data: try ClinicalData(texts: [Self.bundle]),
            request: try Arguments(["--at", "newest"], of: "map explain")
        )
        let text = Self.page(explanation)
        #expect(text.contains("38.5 Cel"))
        #expect(text.contains("score  none: the profile has no model that loads"))
        #expect(text.contains("Profiles/news2/model.pmml"))
    }
}

@Suite("Data for limen map")
struct ClinicalDataTests {
    private static let lines = """
        {"resourceType":"Patient","id":"a"}
        {"resourceType":"Patient","id":"b"}

        {"resourceType":"Observation","id":"1","subject":{"reference":"Patient/a"}}
        {"resourceType":"Observation","id":"2","subject":{"reference":"http://x/Patient/b"}}
        """

    @Test("NDJSON is read line by line, and one of several patients is chosen")
    func lines() throws {
        let data = try ClinicalData(texts: [Self.lines])
        #expect(data.patientIDs == ["a", "b"])
        let error = #expect(throws: CommandError.self) { try data.patientID(asked: nil) }
        #expect(error?.sentence.contains("--patient ID: a, b") ?? false)
        #expect(throws: CommandError.self) { try data.patientID(asked: "c") }
        let (patient, leftOut) = try data.patient("b")
        #expect(patient.resources.map { $0["id"]?.stringValue } == ["2"])
        #expect(patient.patient?["id"]?.stringValue == "b")
        #expect(leftOut == 2)
    }

    @Test("a fault is named with its line and column")
    func faults() {
        let error = #expect(throws: CommandError.self) {
            try ClinicalData(texts: [Self.lines + "\n{\"resourceType\":}"], label: "x.ndjson")
        }
        #expect(error?.sentence.hasPrefix("x.ndjson:6:17: ") ?? false)
        let whole = #expect(throws: CommandError.self) {
            try ClinicalData(texts: ["{\n  \"a\": }"], label: "x.json")
        }
        #expect(whole?.sentence.hasPrefix("x.json:2:8: ") ?? false)
        #expect(throws: CommandError.self) { try ClinicalData(texts: [#"{"a":1}"#]) }
    }
}

@Suite("Text for a terminal")
struct TextStyleTests {
    @Test("is measured in columns, not in characters")
    func width() {
        #expect(TextStyle.width("abc") == 3)
        #expect(TextStyle.width("\u{6F22}\u{5B57}") == 4)
        #expect(TextStyle.width("e\u{301}\u{E4}") == 2)
        #expect(TextStyle.padded("\u{6F22}", to: 4) == "\u{6F22}  ")
    }

    @Test("is broken at spaces and set in, and a pipe gets it whole")
    func wrapping() {
        let narrow = TextStyle(columns: 12, usesColour: false)
        #expect(
            narrow.lines("one two three four", indent: 2) == ["  one two", "    three", "    four"]
        )
        let pipe = TextStyle(columns: nil, usesColour: false)
        #expect(pipe.lines("one two three four", indent: 2) == ["  one two three four"])
        #expect(narrow.lines("averyveryverylongword", indent: 0) == ["averyveryverylongword"])
    }

    @Test("has colours only where they are wanted")
    func colours() {
        #expect(TextStyle(columns: nil, usesColour: false).text("a", .alarm) == "a")
        #expect(
            TextStyle(columns: nil, usesColour: true).text("a", .alarm) == "\u{1B}[1;31ma\u{1B}[0m"
        )
        #expect(TextStyle(columns: nil, usesColour: true).text("", .alarm) == "")
    }

    @Test("shows control characters and marks of direction as their numbers")
    func safe() {
        #expect(TextStyle.safe("a\u{1B}b\u{202E}c\u{9B}d\n") == "a\\u{1b}b\\u{202e}c\\u{9b}d\\u{a}")
        #expect(TextStyle.safe("\u{B0}C") == "\u{B0}C")
    }
}
