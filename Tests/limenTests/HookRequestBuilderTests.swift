import Basics
import CDSHooks
import JSON
import Testing

@testable import limen

/// An OperationOutcome by which a search did not reach all there is.
private enum PrefetchOutcome {
    static let incomplete =
        #"{"resourceType":"OperationOutcome","issue":[{"severity":"warning","code":"incomplete"}]}"#
}

@Suite("A request built from a bundle")
struct HookRequestBuilderTests {
    private static let instance = UUIDBytes(high: 1, low: 2).withVersion(4)

    private static func request(
        _ bundle: String,
        templates: [HookRequestBuilder.Template],
        patient: String? = nil
    ) throws -> JSONValue {
        let rewriter = try BundleRewriter(JSONDocument(parsing: bundle).root)
        let builder = HookRequestBuilder(
            hook: "patient-view",
            hookInstance: instance,
            templates: templates,
            rewriter: rewriter,
            patientID: try HookRequestBuilder.patientID(in: rewriter, asked: patient),
            replayAt: "2020-01-01T00:00:00Z",
            explains: true
        )
        return try JSONDocument(parsing: builder.body()).root
    }

    private static let transaction = """
        {"resourceType":"Bundle","type":"transaction","entry":[
        {"fullUrl":"urn:uuid:aa","resource":{"resourceType":"Patient","gender":"female"},
         "request":{"method":"POST","url":"Patient/p7"}},
        {"fullUrl":"urn:uuid:bb","resource":{"resourceType":"Observation","id":"o1",
         "code":{"coding":[{"system":"s","code":"c"}]},
         "subject":{"reference":"urn:uuid:aa"},"valueQuantity":{"value":7.10}}}]}
        """

    @Test("gives resources the ids and references that a server would, and keeps decimals")
    func rewriting() throws {
        let root = try Self.request(
            Self.transaction,
            templates: [
                .init(key: "patient", template: "Patient/{{context.patientId}}"),
                .init(key: "obs", template: "Observation?patient={{context.patientId}}"),
            ]
        )
        #expect(root["context"]?["patientId"]?.stringValue == "p7")
        #expect(root["prefetch"]?["patient"]?["id"]?.stringValue == "p7")
        let entry = root["prefetch"]?["obs"]?["entry"]?.elements.first { _ in true }
        let observation = entry?["resource"]
        #expect(observation?["subject"]?["reference"]?.stringValue == "Patient/p7")
        #expect(observation?["valueQuantity"]?["value"]?.numberText == "7.10")
        #expect(root["extension"]?["org.limen.explain"]?.boolValue == true)
        let at = root["extension"]?["org.limen.replayAt"]?.stringValue
        #expect(at == "2020-01-01T00:00:00Z")
    }

    @Test("sends null for a key that the file holds nothing for")
    func noData() throws {
        let root = try Self.request(
            Self.transaction,
            templates: [.init(key: "conditions", template: "Condition?patient=x")]
        )
        #expect(root["prefetch"]?["conditions"]?.isNull == true)
    }

    @Test(
        "passes on to every search that the file is known not to be all there is",
        arguments: [
            (#""link":[{"relation":"next","url":"u"}],"total":9,"#, ""),
            (#""total":3,"#, ""),
            (
                "",
                #",{"resource":{"resourceType":"OperationOutcome","issue":[{"severity":"error"}]}}"#
            ),
        ]
    )
    func gaps(head: String, entry: String) throws {
        let text = """
            {"resourceType":"Bundle","type":"searchset",\(head)"entry":[
            {"resource":{"resourceType":"Patient","id":"p"}},
            {"resource":{"resourceType":"Observation","id":"o"}}\(entry)]}
            """
        let root = try Self.request(
            text,
            templates: [
                .init(key: "observations", template: "Observation?patient=x"),
                .init(key: "conditions", template: "Condition?patient=x"),
            ]
        )
        for (key, count) in [("observations", 1), ("conditions", 0)] {
            let bundle = root["prefetch"]?[key]
            let link = bundle?["link"]?.elements.first { _ in true }
            let types = bundle?["entry"]?.elements.map {
                $0["resource"]?["resourceType"]?.stringValue ?? ""
            }
            #expect((link?["url"]?.stringValue == "u") == head.contains("next"))
            // Of a page the total is that of all of them.
            let total = bundle?["total"]?.integerValue
            #expect(total == (head.hasPrefix(#""total""#) ? count + 1 : nil))
            let own = count == 1 ? ["Observation"] : []
            #expect(types == own + (entry.isEmpty ? [] : ["OperationOutcome"]))
        }
        let sentences = try BundleRewriter(JSONDocument(parsing: text).root).completeness.sentences
        #expect(sentences.count == 1)
    }

    @Test("A hint, and as many entries as total says, are no gap")
    func noGaps() throws {
        let text = """
            {"resourceType":"Bundle","type":"searchset","total":1,"link":[{"relation":"self"}],
            "entry":[{"resource":{"resourceType":"Observation","id":"o"}},
            {"search":{"mode":"outcome"},"resource":{"resourceType":"OperationOutcome",
            "issue":[{"severity":"information"}]}}]}
            """
        let completeness = BundleCompleteness(try JSONDocument(parsing: text).root)
        #expect(completeness.sentences.isEmpty)
    }

    /// What makes a file one that is known not to be whole, before its entries and among them.
    static let shortfalls = [
        (#""link":[{"relation":"next","url":"u"}],"total":9,"#, ""),
        (#""link":[{"relation":"Next","url":"u"}],"#, ""),
        (#""total":"12","#, ""), (#""total":-1,"#, ""), (#""total":3.5,"#, ""),
        (#""total":3,"#, ""),
        (
            #""total":3,"#,
            #"{"resource":{"resourceType":"OperationOutcome","issue":[{"severity":"warning"}]}}"#
        ),
        ("", #"{"resource":\#(PrefetchOutcome.incomplete)}"#), ("", "{}"),
        (
            "",
            #"{"response":{"status":"200","outcome":\#(PrefetchOutcome.incomplete)},"#
                + #""resource":{"resourceType":"Observation","id":"o2"}}"#
        ),
        ("", #"{"response":{"status":"200","outcome":{"issue":[{"severity":"fatal"}]}}}"#),
        (
            "",
            #"{"response":{"status":"500"},"resource":{"resourceType":"Condition","id":"c2"}}"#
        ),
    ]

    @Test("lets the gateway read the completeness of a file as its own", arguments: shortfalls)
    func completeness(_ shortfall: (head: String, entry: String)) throws {
        let comma = shortfall.entry.isEmpty ? "" : ","
        let text = """
            {"resourceType":"Bundle","type":"searchset",\(shortfall.head)"entry":[
            {"resource":{"resourceType":"Condition","id":"c"}},
            {"resource":{"resourceType":"Observation","id":"o"}}\(comma)\(shortfall.entry)]}
            """
        let texts = ["Observation?patient=x", "Condition?patient=x"]
        let root = try Self.request(
            text,
            templates: texts.map { .init(key: $0, template: $0) },
            patient: "p"
        )
        let prefetch = try Prefetch(
            reading: root["prefetch"],
            templates: texts.map { PrefetchTemplate(key: $0, text: $0, feeds: []) }
        )
        for entry in prefetch.entries {
            #expect(entry.state == .resources && (entry.isPaged || entry.isPartial))
        }
        let rewriter = try BundleRewriter(JSONDocument(parsing: text).root)
        #expect(rewriter.completeness.isWhole == rewriter.completeness.sentences.isEmpty)
        #expect(!rewriter.completeness.isWhole || !rewriter.unread.isEmpty)
    }

    @Test("takes a total without room for what is there", arguments: ["Condition", "Patient"])
    func hostileTotal(_ type: String) throws {
        let text = """
            {"resourceType":"Bundle","type":"searchset","total":9223372036854775807,"entry":[
            {"resource":{"resourceType":"\(type)","id":"c"},"search":{"mode":"include"}}]}
            """
        let root = try Self.request(
            text,
            templates: [.init(key: "conditions", template: "Condition?patient=x")],
            patient: "p"
        )
        #expect(root["prefetch"]?["conditions"]?["total"]?.integerValue == .max)
    }

    @Test("passes on links that are no list, for the gateway to refuse")
    func unreadableLinks() throws {
        let text = """
            {"resourceType":"Bundle","link":{"relation":"next"},
            "entry":[{"resource":{"resourceType":"Condition","id":"c"}}]}
            """
        let template = "Condition?patient=x"
        let root = try Self.request(
            text,
            templates: [.init(key: "conditions", template: template)],
            patient: "p"
        )
        let error = #expect(throws: HookRequestError.self) {
            try Prefetch(
                reading: root["prefetch"],
                templates: [PrefetchTemplate(key: "conditions", text: template, feeds: [])]
            )
        }
        #expect(error?.pointer == "/prefetch/conditions/link")
    }

    @Test("counts by type what no key asks for")
    func unsent() throws {
        let text = """
            {"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Patient","id":"p"}},
            {"resource":{"resourceType":"MedicationDispense","id":"a"}},
            {"resource":{"resourceType":"MedicationAdministration","id":"b"}},
            {"resource":{"resourceType":"MedicationDispense","id":"c"}},
            {"resource":{"resourceType":"Observation","id":"o"}}]}
            """
        let builder = HookRequestBuilder(
            hook: "patient-view",
            hookInstance: Self.instance,
            templates: [.init(key: "observations", template: "Observation?patient=x")],
            rewriter: try BundleRewriter(JSONDocument(parsing: text).root),
            patientID: "p",
            replayAt: nil,
            explains: false
        )
        #expect(
            builder.unsentTypes.map { "\($0.type) \($0.count)" }
                == ["MedicationAdministration 1", "MedicationDispense 2"]
        )
    }

    private static let orders = """
        {"resourceType":"Bundle","entry":[
        {"resource":{"resourceType":"Patient","id":"p"}},
        {"resource":{"resourceType":"MedicationRequest","id":"d","status":"draft",
         "medicationReference":{"reference":"Medication/m"}}},
        {"resource":{"resourceType":"MedicationRequest","id":"a","status":"active"}},
        {"resource":{"resourceType":"Medication","id":"m","code":{}}}]}
        """

    @Test("makes draft orders of what is a draft, and fetches the Medications with the records")
    func drafts() throws {
        for hook in ["order-sign", "order-select"] {
            let builder = HookRequestBuilder(
                hook: hook,
                hookInstance: Self.instance,
                templates: [
                    .init(
                        key: "requests",
                        template: "MedicationRequest?patient=x"
                            + "&_include=MedicationRequest:medication&_count=500"
                    )
                ],
                rewriter: try BundleRewriter(JSONDocument(parsing: Self.orders).root),
                patientID: "p",
                replayAt: nil,
                explains: false
            )
            let root = try JSONDocument(parsing: builder.body()).root
            func ids(_ bundle: JSONValue?) -> [String] {
                bundle?["entry"]?.elements.compactMap { $0["resource"]?["id"]?.stringValue } ?? []
            }
            #expect(ids(root["context"]?["draftOrders"]) == ["d"])
            #expect(ids(root["prefetch"]?["requests"]) == ["a", "m"])
            let selections = root["context"]?["selections"]?.elements.compactMap(\.stringValue)
            #expect(selections == (hook == "order-select" ? ["MedicationRequest/d"] : nil))
        }
    }

    /// The ids of the resources of a Bundle.
    private static func ids(_ bundle: JSONValue?) -> [String] {
        bundle?["entry"]?.elements.compactMap { $0["resource"]?["id"]?.stringValue } ?? []
    }

    /// A file with a Medication and other resources, as a request of a hook.
    private static func medications(
        _ hook: String,
        _ resources: [String]
    ) throws -> (root: JSONValue, unsent: [String]) {
        let entries =
            [#"{"resourceType":"Patient","id":"p"}"#] + resources
            + [#"{"resourceType":"Medication","id":"m","code":{}}"#]
        let text =
            #"{"resourceType":"Bundle","entry":["#
            + entries.map { #"{"resource":\#($0)}"# }.joined(separator: ",") + "]}"
        let builder = HookRequestBuilder(
            hook: hook,
            hookInstance: instance,
            templates: ["MedicationRequest", "MedicationStatement"].map {
                .init(key: $0, template: "\($0)?patient=x&_include=\($0):medication&_count=500")
            },
            rewriter: try BundleRewriter(JSONDocument(parsing: text).root),
            patientID: "p",
            replayAt: nil,
            explains: false
        )
        let unsent = builder.unsentTypes.map { "\($0.type) \($0.count)" }
        return (try JSONDocument(parsing: builder.body()).root, unsent)
    }

    private static func medicine(_ type: String, _ id: String, status: String) -> String {
        #"{"resourceType":"\#(type)","id":"\#(id)","status":"\#(status)","#
            + #""medicationReference":{"reference":"https://ehr.example/Medication/m"}}"#
    }

    @Test("sends no key with nothing but Medications, and these with what refers to them")
    func medicationsAlone() throws {
        let draft = Self.medicine("MedicationRequest", "d", status: "draft")
        for hook in ["order-sign", "order-select"] {
            let (alone, unsent) = try Self.medications(hook, [draft])
            #expect(Self.ids(alone["context"]?["draftOrders"]) == ["d", "m"])
            #expect(alone["prefetch"]?["MedicationRequest"]?.isNull == true)
            #expect(alone["prefetch"]?["MedicationStatement"]?.isNull == true)
            #expect(unsent.isEmpty)
            let selections = alone["context"]?["selections"]?.elements.compactMap(\.stringValue)
            #expect(selections == (hook == "order-select" ? ["MedicationRequest/d"] : nil))
        }
        let statement = Self.medicine("MedicationStatement", "s", status: "active")
        let (beside, _) = try Self.medications("order-sign", [draft, statement])
        #expect(Self.ids(beside["context"]?["draftOrders"]) == ["d"])
        #expect(beside["prefetch"]?["MedicationRequest"]?.isNull == true)
        #expect(Self.ids(beside["prefetch"]?["MedicationStatement"]) == ["s", "m"])
        // Beside a record that refers to none it goes where the one is that does.
        let request = #"{"resourceType":"MedicationRequest","id":"r","status":"active"}"#
        let (named, _) = try Self.medications("patient-view", [request, statement])
        #expect(Self.ids(named["prefetch"]?["MedicationRequest"]) == ["r"])
        #expect(Self.ids(named["prefetch"]?["MedicationStatement"]) == ["s", "m"])
        let (stray, unsent) = try Self.medications("patient-view", [])
        #expect(stray["prefetch"]?["MedicationRequest"]?.isNull == true)
        #expect(unsent == ["Medication 1"])
    }

    @Test("puts a resource under the first search that asks for its code")
    func codes() throws {
        let root = try Self.request(
            Self.transaction,
            templates: [
                .init(key: "one", template: "Observation?code=s%7Ca,s%7Cb"),
                .init(key: "two", template: "Observation?patient=x&code=s%7Cc&_count=5"),
            ]
        )
        #expect(root["prefetch"]?["one"]?.isNull == true)
        #expect(root["prefetch"]?["two"]?["entry"]?.elements.map { $0 }.count == 1)
    }

    @Test("asks which patient is meant when there are none or several")
    func patients() throws {
        let several = """
            {"resourceType":"Bundle","entry":[
            {"resource":{"resourceType":"Patient","id":"a"}},
            {"resource":{"resourceType":"Patient","id":"b"}}]}
            """
        let ambiguous = #expect(throws: CommandError.self) {
            try Self.request(several, templates: [])
        }
        #expect(ambiguous?.sentence.contains("2 Patients") == true)
        let chosen = try Self.request(several, templates: [], patient: "b")
        #expect(chosen["context"]?["patientId"]?.stringValue == "b")
        let none = #expect(throws: CommandError.self) {
            try Self.request(#"{"resourceType":"Observation","id":"x"}"#, templates: [])
        }
        #expect(none?.sentence.contains("--patient") == true)
    }

    @Test("says that an entry is no list, and that a Bundle in a Bundle is not read")
    func wrongBundles() throws {
        func sentence(_ text: String) throws -> String? {
            let root = try JSONDocument(parsing: text).root
            return #expect(throws: CommandError.self) { try BundleRewriter(root) }?.sentence
        }
        #expect(try sentence(#"{"resourceType":"Bundle","entry":{}}"#)?.contains("no list") == true)
        let nested = #"{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Bundle"}}]}"#
        #expect(try sentence(nested)?.contains("entry[0]") == true)
    }

    @Test("Shares are rounded half up, and what is not all never looks so")
    func percent() {
        #expect(CoverageReport.percent(14, 44) == "32 %")
        #expect(CoverageReport.percent(1, 8) == "13 %")
        #expect(CoverageReport.percent(1, 1_000) == "<1 %")
        #expect(CoverageReport.percent(999, 1_000) == ">99 %")
        #expect(CoverageReport.percent(7, 7) == "100 %")
    }

    @Test(
        "says what is missing in a file that is no bundle",
        arguments: [
            "{}", "[]", #"{"resourceType":"Bundle","entry":[]}"#, #"{"resourceType":"Bundle"}"#,
            #"{"resourceType":"Bundle","entry":{}}"#,
            #"{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Bundle"}}]}"#,
        ]
    )
    func noBundle(text: String) throws {
        let root = try JSONDocument(parsing: text).root
        let error = #expect(throws: CommandError.self) { try BundleRewriter(root) }
        #expect(error?.exitCode == .badInput)
    }

    /// The transaction with one more entry, as a request for two searches.
    private static func searches(with entry: String) throws -> [[JSONValue]] {
        let root = try request(
            String(transaction.dropLast(2)) + "," + entry + "]}",
            templates: [
                .init(key: "obs", template: "Observation?patient={{context.patientId}}"),
                .init(key: "conditions", template: "Condition?patient={{context.patientId}}"),
            ]
        )
        return ["obs", "conditions"].map { key in
            root["prefetch"]?[key]?["entry"]?.elements.map { $0 } ?? []
        }
    }

    @Test(
        "carries an entry that cannot be read into every search, as it is",
        arguments: [
            #"{"fullUrl":"urn:uuid:x"}"#, #"{"resource":{"id":"x","valueInteger":7}}"#,
            #"{"resource":null}"#, #"{"resource":"x"}"#, #"{"resource":{"resourceType":7}}"#, "{}",
            "null", #"{"response":{"status":"404 Not Found"}}"#,
        ]
    )
    func unread(entry: String) throws {
        let searches = try Self.searches(with: entry)
        #expect(searches.map(\.count) == [2, 1])
        for search in searches {
            #expect(search.last.map { Array($0.rawBytes) } == Array(entry.utf8))
        }
        let text = String(Self.transaction.dropLast(2)) + "," + entry + "]}"
        let rewriter = try BundleRewriter(JSONDocument(parsing: text).root)
        #expect(rewriter.unread.map(\.pointer) == ["/entry/2"])
    }

    @Test("carries a resource without its entry to the search of its type, and no deletion")
    func unreadOfKnownKind() throws {
        let bare = try Self.searches(with: #"{"resourceType":"Condition","id":"c"}"#)
        #expect(bare.map(\.count) == [1, 1])
        for entry in [
            #"{"request":{"method":"DELETE","url":"Condition/c"}}"#,
            #"{"fullUrl":"urn:uuid:x","response":{"status":"201 Created"}}"#,
        ] {
            #expect(try Self.searches(with: entry).map(\.count) == [1, 0])
        }
    }

    @Test(
        "refuses a Bundle that holds what is in force no more",
        arguments: [
            (#""type":"history","entry":[{"resource":\#(condition)}]"#, "LIMEN-DATA-014"),
            (
                #""entry":[{"resource":\#(condition)},"#
                    + #"{"request":{"method":"DELETE","url":"Condition/c"}}]"#, "/entry/0: "
            ),
            (
                #""entry":[{"request":{"method":"DELETE"},"resource":\#(condition)}]"#,
                "LIMEN-DATA-015"
            ),
        ]
    )
    func retracted(members: String, part: String) throws {
        let text = #"{"resourceType":"Bundle",\#(members)}"#
        let root = try JSONDocument(parsing: text).root
        let error = #expect(throws: CommandError.self) { try BundleRewriter(root) }
        #expect(error?.exitCode == .badInput)
        #expect(error?.sentence.contains(part) == true)
    }

    static let condition = #"{"resourceType":"Condition","id":"c"}"#

    @Test("says of a Bundle of which nothing can be read where to look")
    func nothingRead() throws {
        let root = try JSONDocument(parsing: #"{"resourceType":"Bundle","entry":[{}]}"#).root
        let error = #expect(throws: CommandError.self) { try BundleRewriter(root) }
        #expect(error?.sentence.contains("/entry/0") == true)
    }
}
