import JSON
import Testing

@testable import CDSHooks

@Suite("Prefetch")
struct PrefetchTests {
    static func read(_ text: String, _ keys: [String] = ["obs"]) throws -> Prefetch {
        try Prefetch(reading: JSONDocument(parsing: text).root, keys: keys)
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

    @Test(
        "takes a resource once that two keys deliver alike",
        arguments: [
            (#"{"resourceType":"Observation","id":"o"}"#, 2),
            (#"{"resourceType":"Observation","id":"p"}"#, 3),
            (#"{"resourceType":"Condition","id":"o"}"#, 3),
            (#"{"resourceType":"Observation","id":"o","status":"final"}"#, 3),
            (#"{"resourceType":"Observation","id":"o","meta":{"versionId":"1"}}"#, 3),
            (#"{"resourceType":"Observation","id":"v","meta":{"versionId":"1"}}"#, 2),
            (#"{"resourceType":"Observation","id":"v","meta":{"versionId":"2"}}"#, 3),
            (#"{"resourceType":"Observation","id":"v","meta":{"versionId":"1"},"a":1}"#, 3),
            (#"{"resourceType":"Observation"}"#, 3),
            (#"{"resourceType":"Patient","id":"o"}"#, 3),
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
        let isKeptTwice = !resource.contains(#""id""#) || resource.contains("Patient")
        #expect(three.items.count == count + (isKeptTwice ? 1 : 0))
    }

    @Test("says when there are more pages than were sent")
    func paging() throws {
        let link = #","link":[{"relation":"self","url":"a"},{"relation":"next","url":"b"}]"#
        let prefetch = try Self.read(#"{"obs":\#(Self.bundle(Self.observation, link: link))}"#)
        #expect(prefetch.flags == [.paged])
        #expect(prefetch.entries[0].isPaged)
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

    @Test("survives entries that hold no resource")
    func entries() throws {
        let text = #"{"obs":{"resourceType":"Bundle","entry":[{},5,{"resource":{"id":"x"}}]}}"#
        let prefetch = try Self.read(text)
        #expect(prefetch.flags == [.entryWithoutResource])
        #expect(prefetch.entries[0].state == .empty)
    }
}
