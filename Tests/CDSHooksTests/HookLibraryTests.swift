import Basics
import JSON
import Testing

@testable import CDSHooks

/// The hooks of the library, and those of an organisation.
@Suite("The context of a hook")
struct HookLibraryTests {
    static let common = #""userId":"Practitioner/p","patientId":"1""#
    static let visit = #","encounterId":"e""#
    static let bundle = #"{"resourceType":"Bundle","entry":[]}"#
    static let order = #"{"resourceType":"MedicationRequest","id":"m"}"#

    /// A whole context for every hook, written from the pages of the library.
    static let whole: [(hook: String, context: String)] = [
        ("patient-view", common),
        ("order-sign", common + #","draftOrders":\#(bundle)"#),
        (
            "order-select",
            common + #","selections":["MedicationRequest/m"],"draftOrders":\#(bundle)"#
        ),
        (
            "order-dispatch",
            #""patientId":"1","dispatchedOrders":["ServiceRequest/s"],"performer":"Organization/o""#
        ),
        ("encounter-start", common + visit),
        ("encounter-discharge", common + visit),
        ("appointment-book", common + #","appointments":\#(bundle)"#),
        ("medication-refill", #""patientId":"1","medications":\#(bundle)"#),
        (
            "allergyintolerance-create",
            common + #","allergyIntolerance":{"resourceType":"AllergyIntolerance"}"#
        ),
        ("problem-list-item-create", common + #","conditions":\#(bundle)"#),
        ("medication-verify", common + #","medication":\#(order)"#),
        ("medication-prescribe", common + #","medications":\#(bundle)"#),
        ("order-review", common + #","orders":\#(bundle)"#),
    ]

    static func read(_ hook: String, _ context: String) throws -> HookRequest {
        try HookRequestTests.read(HookRequestTests.body(hook: hook, context: "{\(context)}"))
    }

    static func fault(_ hook: String, _ context: String) -> HookRequestError? {
        HookRequestTests.fault(HookRequestTests.body(hook: hook, context: "{\(context)}"))
    }

    @Test("is read whole for each hook of the library, and nothing is flagged", arguments: whole)
    func reads(_ hook: String, _ context: String) throws {
        let request = try Self.read(hook, context)
        #expect(request.context.patientID == "1")
        #expect(request.flags.isEmpty)
        let definition = HookDefinition.named(hook)
        #expect(definition.version?.isEmpty == false)
        for field in definition.fields where field.isRequired {
            switch field.kind {
            case .user: #expect(request.context.userReference == "Practitioner/p")
            case .patient: continue
            case .encounter: #expect(request.context.encounterID == "e")
            case .bundle, .references, .reference, .resource, .object, .objects, .text:
                #expect(request.context.content(field.name) != nil)
            }
        }
    }

    @Test("covers the library")
    func covers() {
        #expect(Set(HookDefinition.all.map(\.name)) == Set(Self.whole.map(\.hook)))
        #expect(HookDefinition.library.count == HookDefinition.all.count)
    }

    @Test("misses each required field by its name, one at a time", arguments: whole)
    func misses(_ hook: String, _ context: String) throws {
        let json = try JSONDocument(parsing: "{\(context)}").root
        let definition = HookDefinition.named(hook)
        for field in definition.fields where field.isRequired {
            for replacement in [nil, "null", "17", #""""#, "[[]]", #"{"a":1}"#] {
                var writer = JSONWriter()
                writer.beginObject()
                for (name, value) in json.members {
                    guard name.isString(field.name) else {
                        writer.name(name.stringValue ?? "")
                        writer.value(value)
                        continue
                    }
                    guard let replacement else { continue }
                    writer.name(field.name)
                    writer.rawValue(Array(replacement.utf8))
                }
                writer.endObject()
                let text = String(decoding: writer.bytes, as: UTF8.self)
                let fault = HookRequestTests.fault(
                    HookRequestTests.body(hook: hook, context: text)
                )
                if field.kind == .objects || field.kind == .object { continue }
                #expect(
                    fault?.pointer.hasPrefix("/context/" + field.name) == true,
                    "\(hook) \(field.name) \(replacement ?? "absent")"
                )
            }
        }
    }

    @Test(
        "accepts the three spellings of order-dispatch, and says which was not today's",
        arguments: [
            (#""dispatchedOrders":["A/b"],"fulfillmentTasks":[{"resourceType":"Task"}]"#, false),
            (#""dispatchedOrders":["A/b"],"fulfillment-tasks":[{"resourceType":"Task"}]"#, true),
            (#""order":"A/b","task":{"resourceType":"Task"}"#, true),
            (#""order":"A/b""#, true),
        ]
    )
    func dispatch(_ more: String, _ isFlagged: Bool) throws {
        let request = try Self.read(
            "order-dispatch",
            #""patientId":"1","performer":"Organization/o",\#(more)"#
        )
        #expect(request.flags.contains(.legacyContextField) == isFlagged)
        #expect(request.context.content("dispatchedOrders") != nil)
        #expect(
            (request.context.content("fulfillmentTasks") != nil)
                == more.lowercased().contains("task")
        )
    }

    @Test(
        "refuses an order-dispatch that is none",
        arguments: [
            (#""performer":"O/o""#, "/context/dispatchedOrders"),
            (#""order":"not a reference","performer":"O/o""#, "/context/order"),
            (#""dispatchedOrders":"A/b","performer":"O/o""#, "/context/dispatchedOrders"),
            (#""order":"A/b""#, "/context/performer"),
            (#""order":"A/b","performer":"O/o","task":[]"#, "/context/task"),
            (
                #""order":"A/b","performer":"O/o","fulfillment-tasks":[1]"#,
                "/context/fulfillment-tasks/0"
            ),
        ]
    )
    func noDispatch(_ more: String, _ pointer: String) {
        #expect(Self.fault("order-dispatch", #""patientId":"1",\#(more)"#)?.pointer == pointer)
    }

    @Test("takes a resource out of the wrapper of the library's examples, and flags it")
    func wrapper() throws {
        let inner = #"{"resourceType":"AllergyIntolerance","id":"a"}"#
        let request = try Self.read(
            "allergyintolerance-create",
            Self.common + #","allergyIntolerance":{"resource":\#(inner)}"#
        )
        #expect(request.flags == [.legacyContextField])
        let content = try #require(request.context.content("allergyIntolerance"))
        #expect(content.value["id"]?.stringValue == "a")
        let verified = try Self.read("medication-verify", Self.common + #","order":\#(Self.order)"#)
        #expect(verified.context.content("medication")?.value["id"]?.stringValue == "m")
        let fault = Self.fault(
            "allergyintolerance-create",
            Self.common + #","allergyIntolerance":\#(Self.order)"#
        )
        #expect(fault?.code == .notResource)
        #expect(fault?.accepted == "AllergyIntolerance")
    }

    @Test("refuses a Bundle whose entries are no array")
    func entries() {
        let fault = Self.fault(
            "order-sign",
            Self.common + #","draftOrders":{"resourceType":"Bundle","entry":{}}"#
        )
        #expect(fault?.pointer == "/context/draftOrders/entry")
    }

    static func own(_ context: String, hook: String = "org.example.triage") throws -> HookService {
        let text =
            #"{"id":"s","hook":"\#(hook)","hookVersion":"2.1","description":"D","limen":{"#
            + #""format":"limen-hook/1","version":"1","profile":"p","mode":"live","#
            + #""deadline":"PT0.4S"\#(context),"cards":[{"name":"a","card":{"#
            + #""summary":"a","indicator":"info"}}]}}"#
        return try HookService(
            reading: JSONDocument(parsing: text),
            profile: .init(queries: [], inputNames: [])
        )
    }

    @Test("is what the document says for an organisation's own hook")
    func ownHook() throws {
        let service = try Self.own(
            #","context":{"patientId":{"kind":"patient","required":true},"#
                + #""ward":{"kind":"text"},"orders":{"kind":"bundle","medicines":true},"#
                + #""plan":{"kind":"resource","types":["CarePlan"]}}"#
        )
        #expect(service.definition.version == "2.1")
        #expect(service.definition.tokenNames == ["patientId", "ward"])
        #expect(service.definition.medicines == .drafts(field: "orders"))
        func read(_ context: String) throws -> HookRequest {
            let body = HookRequestTests.body(hook: "org.example.triage", context: context)
            return try HookRequest(reading: JSONDocument(parsing: body)) { _ in
                service.definition
            }
        }
        #expect(try read(#"{"patientId":"1","ward":"3B"}"#).context.patientID == "1")
        for bad in [
            #"{}"#, #"{"patientId":"1","ward":3}"#, #"{"patientId":"1","orders":{}}"#,
            #"{"patientId":"1","plan":{"resourceType":"Goal"}}"#,
        ] {
            #expect(throws: HookRequestError.self, "\(bad)") { try read(bad) }
        }
        let discovery = String(decoding: DiscoveryDocument.json(of: [service]), as: UTF8.self)
        #expect(discovery.contains(#""hookVersion":"2.1""#))
        #expect(discovery.contains(#""version":"2.0.0""#))
        let plain = DiscoveryDocument.json(of: [service], for: .standard)
        #expect(!String(decoding: plain, as: UTF8.self).contains("ersion"))
    }

    @Test(
        "of an organisation's own hook is refused when it is not sound",
        arguments: [
            ("", "org.example.triage", "limen.context"),
            (#","context":{}"#, "triage", "hook"),
            (#","context":{}"#, "example.triage", "hook"),
            (#","context":{}"#, "org..triage", "hook"),
            (#","context":{"a":{"kind":"date"}}"#, "org.example.t", "limen.context.a.kind"),
            (#","context":{"a":{}}"#, "org.example.t", "limen.context.a.kind"),
            (
                #","context":{"a":{"kind":"text","more":1}}"#, "org.example.t",
                "limen.context.a.more"
            ),
            (
                #","context":{"a":{"kind":"patient"},"b":{"kind":"patient"}}"#, "org.example.t",
                "limen.context.b.kind"
            ),
            (
                #","context":{"a":{"kind":"text","medicines":true}}"#, "org.example.t",
                "limen.context.a.medicines"
            ),
            (
                #","context":{"a":{"kind":"resource","types":["a b"]}}"#, "org.example.t",
                "limen.context.a.types"
            ),
            ("", "patient-view", "hookVersion"),
        ]
    )
    func noOwnHook(_ context: String, _ hook: String, _ path: String) {
        let error = #expect(throws: HookServiceError.self) { try Self.own(context, hook: hook) }
        #expect(error?.path == path)
    }

    @Test("of several hooks is read from one document, each by its own definition")
    func alsoOn() throws {
        func document(_ also: String) throws -> JSONDocument {
            try JSONDocument(
                parsing: #"{"id":"s","hook":"patient-view","description":"D","#
                    + #""prefetch":{"p":"Encounter/{{context.encounterId}}"},"limen":{"#
                    + #""format":"limen-hook/1","version":"1","profile":"p","mode":"live","#
                    + #""deadline":"PT0.4S","alsoOn":\#(also),"cards":[{"name":"a","card":{"#
                    + #""summary":"a","indicator":"info"}}]}}"#
            )
        }
        let facts = HookService.ProfileFacts(queries: [], inputNames: [])
        let sound = try document(#"["encounter-start","order-sign"]"#)
        #expect(HookService.hooks(of: sound) == ["patient-view", "encounter-start", "order-sign"])
        let second = try HookService(reading: sound, profile: facts, on: "encounter-start")
        #expect(second.hook == "encounter-start")
        #expect(second.definition.fields.contains { $0.kind == .encounter && $0.isRequired })
        for bad in [#"["patient-view"]"#, #"[1]"#, #"{}"#] {
            let document = try document(bad)
            #expect(throws: HookServiceError.self, "\(bad)") {
                try HookService(reading: document, profile: facts)
            }
        }
        let unknown = try document(#"["my-hook"]"#)
        #expect(throws: HookServiceError.self) {
            try HookService(reading: unknown, profile: facts, on: "my-hook")
        }
    }
}
