import JSON
import Testing

@testable import CDSHooks

@Suite("Prefetch")
struct PrefetchTests {
    static func read(_ text: String, _ keys: [String] = ["obs"]) throws -> Prefetch {
        try Prefetch(
            reading: JSONDocument(parsing: text).root,
            templates: keys.map {
                PrefetchTemplate(
                    key: $0,
                    text: "Observation?patient={{context.patientId}}",
                    feeds: []
                )
            }
        )
    }

    static let observation = #"{"resourceType":"Observation","id":"o"}"#
    static let error = #"{"resourceType":"OperationOutcome","issue":[{"severity":"error"}]}"#
    static let hint = #"{"resourceType":"OperationOutcome","issue":[{"severity":"warning"}]}"#

    static func bundle(_ resources: String..., link: String = "") -> String {
        let entries = resources.map { #"{"resource":\#($0)}"# }.joined(separator: ",")
        return #"{"resourceType":"Bundle","entry":[\#(entries)]\#(link)}"#
    }

    @Test(
        "keeps the states of a key apart",
        arguments: [
            (#"{}"#, Prefetch.State.absent, 0),
            (#"{"obs":null}"#, .empty, 0),
            (#"{"obs":{"resourceType":"Bundle"}}"#, .empty, 0),
            (#"{"obs":{"resourceType":"Bundle","total":0,"entry":[]}}"#, .empty, 0),
            (#"{"obs":\#(error)}"#, .failed, 0),
            (#"{"obs":\#(hint)}"#, .failed, 0),
            (#"{"obs":\#(bundle(error))}"#, .failed, 0),
            (#"{"obs":\#(bundle(observation, error))}"#, .failed, 0),
            (#"{"obs":\#(bundle(hint))}"#, .empty, 0),
            (#"{"obs":\#(bundle(outcome("warning", "incomplete")))}"#, .empty, 0),
            (#"{"obs":\#(bundle(observation, outcome("fatal", "incomplete")))}"#, .failed, 0),
            (#"{"obs":{"resourceType":"Bundle","total":"0","entry":[]}}"#, .failed, 0),
            (#"{"obs":\#(bundle(observation, hint))}"#, .resources, 1),
            (#"{"obs":\#(observation)}"#, .resources, 1),
            (#"{"obs":\#(bundle(observation, observation))}"#, .resources, 2),
            (#"{"obs":\#(bundle(bundle(observation)))}"#, .resources, 1),
            (
                #"{"obs":{"response":{"status":"200 OK"},"resource":\#(observation)}}"#, .resources,
                1
            ),
            (#"{"obs":{"response":{"status":"404"}}}"#, .failed, 0),
            (#"{"obs":{"response":{"status":"500"},"resource":\#(observation)}}"#, .failed, 0),
            (#"{"obs":{"resourceType":"Bundle","total":3}}"#, .failed, 0),
            (#"{"obs":{"resourceType":"Bundle","total":3,"entry":[]}}"#, .failed, 0),
            (#"{"obs":\#(batch(("404", error)))}"#, .failed, 0),
            (#"{"obs":\#(batch(("500", observation)))}"#, .failed, 0),
            (#"{"obs":\#(batch(("403", hint), ("401", error)))}"#, .failed, 0),
            (#"{"obs":\#(batch(("200 OK", observation)))}"#, .resources, 1),
            (#"{"obs":\#(batch(("200", bundle(observation)), ("304", "null")))}"#, .resources, 1),
            (#"{"obs":\#(batch(("200", #"{"resourceType":"Bundle","total":2}"#)))}"#, .failed, 0),
            (#"{"obs":{"resourceType":"Patient"}}"#, .unreadable, 1),
            (#"{"obs":{"resourceType":"observation"}}"#, .unreadable, 1),
            (#"{"obs":\#(bundle(#"{"resourceType":"List"}"#))}"#, .unreadable, 1),
            (#"{"obs":\#(bundle(#"{"id":"x"}"#, hint))}"#, .unreadable, 0),
            (#"{"obs":\#(bundle(#"{"id":"x"}"#, error))}"#, .failed, 0),
        ] as [(String, Prefetch.State, Int)]
    )
    func states(_ text: String, _ state: Prefetch.State, _ count: Int) throws {
        let prefetch = try Self.read(text)
        #expect(prefetch.entries.map(\.state) == [state])
        #expect(prefetch.items.count == count)
    }

    /// A batch-response with a status and a resource for each entry.
    static func batch(_ parts: (status: String, resource: String)...) -> String {
        let entries = parts.map {
            #"{"response":{"status":"\#($0.status)"},"resource":\#($0.resource)}"#
        }
        return #"{"resourceType":"Bundle","type":"batch-response","entry":["#
            + entries.joined(separator: ",") + "]}"
    }

    @Test(
        "is partial when a part of it was sent with an error",
        arguments: [
            (batch(("200", observation), ("404", error)), true),
            (batch(("500", error), ("200", bundle(observation))), true),
            (batch(("200", observation), ("200", #"{"resourceType":"Bundle","total":1}"#)), true),
            (batch(("200", observation), ("200", #"{"resourceType":"Bundle","total":0}"#)), false),
            (batch(("200", observation), ("201", observation)), false),
            (
                #"{"resourceType":"Bundle","entry":[{"resource":\#(observation)},"#
                    + #"{"response":{"outcome":\#(error)}}]}"#, true
            ),
            (
                #"{"resourceType":"Bundle","entry":[{"resource":\#(observation),"#
                    + #""response":{"status":"200","outcome":\#(hint)}}]}"#, false
            ),
        ]
    )
    func partial(_ value: String, _ isPartial: Bool) throws {
        let prefetch = try Self.read(#"{"obs":\#(value)}"#)
        #expect(prefetch.entries[0].state == .resources)
        #expect(prefetch.entries[0].isPartial == isPartial)
        #expect(prefetch.flags.contains(.partial) == isPartial)
    }

    static func outcome(_ severity: String, _ code: String) -> String {
        #"{"resourceType":"OperationOutcome","issue":["#
            + #"{"severity":"information","code":"informational"},"#
            + #"{"severity":"\#(severity)","code":"\#(code)"}]}"#
    }

    @Test(
        "is partial with an outcome by which something may be lacking, however mild it is",
        arguments: [
            ("warning", "incomplete", true), ("information", "suppressed", true),
            ("warning", "too-costly", true), ("warning", "throttled", true),
            ("warning", "timeout", true), ("information", "forbidden", true),
            ("warning", "processing", false), ("warning", "not-supported", false),
            ("warning", "value", false), ("information", "informational", false),
            ("success", "success", false),
        ]
    )
    func cutShort(_ severity: String, _ code: String, _ isPartial: Bool) throws {
        let outcome = Self.outcome(severity, code)
        let withResponse =
            #"{"resourceType":"Bundle","entry":[{"resource":\#(Self.observation),"#
            + #""response":{"status":"200","outcome":\#(outcome)}}]}"#
        let wrapper =
            #"{"response":{"status":"200","outcome":\#(outcome)},"#
            + #""resource":\#(Self.observation)}"#
        for (value, count) in [
            (Self.bundle(Self.observation, outcome), 1), (Self.bundle(outcome), 0),
            (withResponse, 1), (wrapper, 1),
        ] {
            let prefetch = try Self.read(#"{"obs":\#(value)}"#)
            #expect(prefetch.entries[0].state == (count == 0 ? .empty : .resources))
            #expect(prefetch.items.count == count)
            #expect(prefetch.entries[0].isPartial == isPartial, "\(value)")
            #expect(prefetch.entries[0].isLacking == isPartial)
            #expect(prefetch.flags.contains(.partial) == isPartial)
            #expect(prefetch.flags.contains(.outcomeIncomplete) == isPartial)
            #expect(prefetch.flags.contains(.outcomeWarning) != isPartial)
        }
    }

    @Test(
        "takes a resource once that two keys deliver alike",
        arguments: [
            (#"{"resourceType":"Observation","id":"o"}"#, 2),
            (#"{"resourceType":"Observation","id":"p"}"#, 3),
            (#"{"resourceType":"Observation","id":"o","status":"final"}"#, 3),
            (#"{"resourceType":"Observation","id":"o","meta":{"versionId":"1"}}"#, 3),
            (#"{"resourceType":"Observation","id":"v","meta":{"versionId":"1"}}"#, 2),
            (#"{"resourceType":"Observation","id":"v","meta":{"versionId":"2"}}"#, 3),
            (#"{"resourceType":"Observation","id":"v","meta":{"versionId":"1"},"a":1}"#, 3),
            (#"{"resourceType":"Observation"}"#, 3),
        ]
    )
    func copies(_ resource: String, _ count: Int) throws {
        let versioned = #"{"resourceType":"Observation","id":"v","meta":{"versionId":"1"}}"#
        let first = Self.bundle(Self.observation, versioned)
        let prefetch = try Self.read(
            #"{"a":\#(first),"b":\#(resource)}"#,
            ["a", "b"]
        )
        #expect(prefetch.items.count == count)
        #expect(prefetch.entries.map(\.state) == [.resources, .resources])
        let three = try Self.read(
            #"{"a":\#(first),"b":\#(resource),"c":\#(Self.bundle(resource, versioned))}"#,
            ["a", "b", "c"]
        )
        let isKeptTwice = !resource.contains(#""id""#)
        #expect(three.items.count == count + (isKeptTwice ? 1 : 0))
    }

    @Test("says when there are more pages than were sent")
    func paging() throws {
        let link = #","link":[{"relation":"self","url":"a"},{"relation":"next","url":"b"}]"#
        let prefetch = try Self.read(#"{"obs":\#(Self.bundle(Self.observation, link: link))}"#)
        #expect(prefetch.flags == [.paged])
        #expect(prefetch.entries[0].isPaged)
        let shouted = #","link":[{"relation":"NEXT","url":"b"}]"#
        let other = try Self.read(#"{"obs":\#(Self.bundle(Self.observation, link: shouted))}"#)
        #expect(other.entries[0].isPaged)
        let last = #","link":[{"relation":"self","url":"a"}]"#
        let whole = try Self.read(#"{"obs":\#(Self.bundle(Self.observation, link: last))}"#)
        #expect(whole.flags.isEmpty)
    }

    @Test("ignores and flags keys that the service does not declare, whatever they hold")
    func undeclared() throws {
        let prefetch = try Self.read(#"{"obs":null,"other":"text"}"#)
        #expect(prefetch.flags == [.undeclaredKeys])
        #expect(prefetch.items.isEmpty)
    }

    @Test(
        "is refused with the place of the fault",
        arguments: [
            (#"{"obs":"text"}"#, "/prefetch/obs", HookRequestError.Code.wrongType),
            (#"{"obs":[]}"#, "/prefetch/obs", .wrongType),
            (#"{"obs":7}"#, "/prefetch/obs", .wrongType),
            (#"{"obs":{"id":"x"}}"#, "/prefetch/obs", .notResource),
            (
                #"{"obs":{"resourceType":"Bundle","entry":{}}}"#, "/prefetch/obs/entry",
                .wrongType
            ),
            (
                #"{"obs":{"resourceType":"Bundle","link":{"relation":"next"}}}"#,
                "/prefetch/obs/link", .wrongType
            ),
        ] as [(String, String, HookRequestError.Code)]
    )
    func refuses(_ text: String, _ pointer: String, _ code: HookRequestError.Code) {
        #expect {
            try Self.read(text)
        } throws: { error in
            let error = error as? HookRequestError
            return error?.pointer == pointer && error?.code == code
        }
    }

    @Test(
        "says of an entry without a resource that can be read that something is lacking",
        arguments: [
            "{}", "5", "null", #"{"resource":null}"#, #"{"resource":"text"}"#,
            #"{"resource":{"id":"x"}}"#, #"{"resource":{"resourceType":7}}"#,
            #"{"fullUrl":"urn:uuid:7d0e7e0c-3f1c-4b5e-9c3a-0c6f6f1b6d11"}"#, observation,
        ]
    )
    func entries(_ entry: String) throws {
        let alone = try Self.read(#"{"obs":{"resourceType":"Bundle","entry":[\#(entry)]}}"#)
        #expect(alone.flags == [.entryWithoutResource])
        #expect(alone.entries[0].state == .unreadable)
        let beside = try Self.read(
            #"{"obs":{"resourceType":"Bundle","entry":[{"resource":\#(Self.observation)},\#(entry)]}}"#
        )
        #expect(beside.flags == [.entryWithoutResource, .partial])
        #expect(beside.entries[0].state == .resources)
        #expect(beside.entries[0].isPartial && beside.entries[0].isLacking)
        #expect(beside.items.count == 1)
    }

    @Test(
        "takes nothing of a history, and nothing that its Bundle deletes",
        arguments: [
            (#"{"resourceType":"Bundle","type":"history","entry":[\#(deletion),\#(held)]}"#, true),
            (#"{"resourceType":"Bundle","type":"history","entry":[\#(held)]}"#, true),
            (#"{"resourceType":"Bundle","type":"batch","entry":[\#(held),\#(deletion)]}"#, false),
            (#"{"resourceType":"Bundle","entry":[\#(deletedHere)]}"#, false),
        ]
    )
    func retracted(bundle: String, isHistory: Bool) throws {
        let prefetch = try Self.read(#"{"obs":\#(bundle)}"#)
        #expect(prefetch.items.isEmpty)
        #expect(prefetch.entries.map(\.state) == [.unreadable])
        #expect(prefetch.entries.map(\.isLacking) == [true])
        #expect(prefetch.flags == [isHistory ? .history : .entryWithoutResource])
    }

    static let held = #"{"resource":\#(observation)}"#
    static let deletion = #"{"request":{"method":"DELETE","url":"Observation/o"}}"#
    static let deletedHere =
        #"{"request":{"method":"DELETE","url":"Observation/o"},"resource":\#(observation)}"#

    @Test("takes a type that FHIR does not have for a resource that cannot be read")
    func unknownType() throws {
        let other = #"{"resourceType":"observation","id":"x"}"#
        let prefetch = try Self.read(#"{"obs":\#(Self.bundle(Self.observation, other))}"#)
        #expect(prefetch.entries[0].isPartial && prefetch.entries[0].isLacking)
        let patient = #"{"resourceType":"Patient","id":"x"}"#
        let whole = try Self.read(#"{"obs":\#(Self.bundle(Self.observation, patient))}"#)
        #expect(!whole.entries[0].isPartial && !whole.entries[0].isLacking)
    }

    @Test(
        "holds what came against the total of the search",
        arguments: [
            ("1", "", "", false), ("2", "", "", true), ("0", "", "", false),
            ("2", #","link":[{"relation":"next","url":"b"}]"#, "", false),
            ("1", "", #","search":{"mode":"match"}"#, false),
            ("1", "", #","search":{"mode":"include"}"#, true),
            (#""7""#, "", "", true), ("-1", "", "", true), ("{}", "", "", true),
            ("1e30", "", "", true), ("null", "", "", false),
        ]
    )
    func total(_ total: String, link: String, search: String, isLacking: Bool) throws {
        let prefetch = try Self.read(
            #"{"obs":{"resourceType":"Bundle","total":\#(total)\#(link),"#
                + #""entry":[{"resource":\#(Self.observation)\#(search)}]}}"#
        )
        #expect(prefetch.flags.contains(.fewerThanTotal) == isLacking)
        #expect(prefetch.entries[0].isPartial == isLacking)
        #expect(prefetch.entries[0].isLacking == isLacking)
    }

    @Test("does not count an outcome among the matches, also where it is not marked as such")
    func outcomeIsNoMatch() throws {
        let hint = Self.hint
        let prefetch = try Self.read(
            #"{"obs":{"resourceType":"Bundle","total":2,"#
                + #""entry":[{"resource":\#(Self.observation)},{"resource":\#(hint)}]}}"#
        )
        #expect(prefetch.entries[0].isLacking)
    }
}
