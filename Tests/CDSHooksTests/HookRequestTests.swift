import Basics
import JSON
import Testing

@testable import CDSHooks

@Suite("A hook request")
struct HookRequestTests {
    static let instance = "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea"

    static func body(
        hook: String = "patient-view",
        context: String = #"{"userId":"Practitioner/p","patientId":"1"}"#,
        more: String = ""
    ) -> String {
        #"{"hook":"\#(hook)","hookInstance":"\#(instance)","context":\#(context)\#(more)}"#
    }

    static func read(_ text: String) throws -> HookRequest {
        try HookRequest(reading: JSONDocument(parsing: text))
    }

    static func fault(_ text: String) -> HookRequestError? {
        do {
            _ = try read(text)
            return nil
        } catch {
            return error as? HookRequestError
        }
    }

    @Test("is read with its context")
    func reads() throws {
        let request = try Self.read(
            Self.body(context: #"{"userId":"Practitioner/p","patientId":"1","encounterId":"e"}"#)
        )
        #expect(request.hook == "patient-view")
        #expect(request.hookInstance.text == Self.instance)
        #expect(request.context.patientID == "1")
        #expect(request.context.userReference == "Practitioner/p")
        #expect(request.context.encounterID == "e")
        #expect(request.flags.isEmpty)
        #expect(!request.hasAuthorization)
    }

    @Test("keeps of an access token only that there was one")
    func token() throws {
        let more = #","fhirServer":"https://f","fhirAuthorization":{"access_token":"SECRET"}"#
        let request = try Self.read(Self.body(more: more))
        #expect(request.hasAuthorization)
        #expect(!request.flags.contains(.authorizationWithoutServer))
        let alone = #","fhirAuthorization":{"access_token":"SECRET"}"#
        #expect(
            try Self.read(Self.body(more: alone)).flags.contains(.authorizationWithoutServer)
        )
        #expect(try !Self.read(Self.body(more: #","fhirAuthorization":null"#)).hasAuthorization)
    }

    @Test("tolerates and flags what clients in the field send")
    func tolerates() throws {
        let prefixed = try Self.read(
            Self.body(
                context:
                    #"{"userId":"Practitioner/p","patientId":"Patient/1","encounterId":"Encounter/e"}"#
            )
        )
        #expect(prefixed.context.patientID == "1")
        #expect(prefixed.context.encounterID == "e")
        #expect(prefixed.flags == [.patientIDPrefix, .encounterIDPrefix])
        let legacy = try Self.read(
            Self.body(context: #"{"patientId":"1"}"#, more: #","user":"Practitioner/old""#)
        )
        #expect(legacy.context.userReference == "Practitioner/old")
        #expect(legacy.flags == [.legacyUser])
        let shape = try Self.read(Self.body(context: #"{"userId":"p","patientId":"1"}"#))
        #expect(shape.flags == [.userShape])
        let unknown = try Self.read(Self.body(more: #","colour":{"x":[1]}"#))
        #expect(unknown.flags.isEmpty)
    }

    @Test(
        "is refused with the place of the fault",
        arguments: [
            ("[]", "", HookRequestError.Code.wrongType),
            (#"{"hookInstance":"x","context":{}}"#, "/hook", .missing),
            (#"{"hook":7,"hookInstance":"x","context":{}}"#, "/hook", .wrongType),
            (#"{"hook":" ","hookInstance":"x","context":{}}"#, "/hook", .emptyText),
            (#"{"hook":"patient-view","context":{}}"#, "/hookInstance", .missing),
            (
                #"{"hook":"patient-view","hookInstance":"1","context":{}}"#, "/hookInstance",
                .notUUID
            ),
            (
                #"{"hook":"patient-view","hookInstance":"d1577c69-dfbe-44ad-ba6d-3e05e953b2ea"}"#,
                "/context", .missing
            ),
            (body(context: "[]"), "/context", .wrongType),
            (body(context: "{}"), "/context/userId", .missing),
            (body(context: #"{"userId":"Practitioner/p"}"#), "/context/patientId", .missing),
            (body(context: #"{"patientId":"1"}"#), "/context/userId", .missing),
            (
                body(context: #"{"userId":"Practitioner/p","patientId":5}"#),
                "/context/patientId", .wrongType
            ),
            (
                body(context: #"{"userId":"Practitioner/p","patientId":"a b"}"#),
                "/context/patientId", .notIdentifier
            ),
            (
                body(context: #"{"userId":"Practitioner/p","patientId":"../x"}"#),
                "/context/patientId", .notIdentifier
            ),
            (body(more: #","prefetch":"text""#), "/prefetch", .wrongType),
            (body(more: #","prefetch":[]"#), "/prefetch", .wrongType),
            (body(more: #","fhirAuthorization":"x""#), "/fhirAuthorization", .wrongType),
            (body(more: #","extension":[]"#), "/extension", .wrongType),
            (
                body(more: #","extension":{"org.limen.replayAt":"yesterday"}"#),
                "/extension/org.limen.replayAt", .notInstant
            ),
            (body(hook: "encounter-start"), "/context/encounterId", .missing),
            (body(hook: "encounter-discharge"), "/context/encounterId", .missing),
            (body(hook: "order-sign"), "/context/draftOrders", .missing),
            (body(hook: "order-select"), "/context/selections", .missing),
            (body(hook: "appointment-book"), "/context/appointments", .missing),
            (
                body(
                    hook: "order-sign",
                    context: #"{"userId":"P/p","patientId":"1","draftOrders":{}}"#
                ), "/context/draftOrders", .notBundle
            ),
            (
                body(
                    hook: "order-select",
                    context: #"{"userId":"P/p","patientId":"1","selections":["x"]}"#
                ), "/context/selections/0", .notReference
            ),
        ] as [(String, String, HookRequestError.Code)]
    )
    func refuses(_ text: String, _ pointer: String, _ code: HookRequestError.Code) {
        let fault = Self.fault(text)
        #expect(fault?.code == code)
        #expect(fault?.pointer == pointer)
        #expect(fault?.sentence.isEmpty == false)
        #expect(fault?.accepted.isEmpty == false)
    }

    @Test("asks nothing of a hook that is not in the library")
    func unknownHook() throws {
        let request = try Self.read(Self.body(hook: "org.example.mine", context: "{}"))
        #expect(request.context.patientID == nil)
        #expect(!HookDefinition.isWellKnown(request.hook))
        #expect(
            Self.fault(Self.body(hook: "org.example.mine", context: #"{"patientId":"a b"}"#))?
                .code == .notIdentifier
        )
    }

    @Test(
        "reads an instant with any offset",
        arguments: [
            ("2026-05-04T10:00:00Z", 1_777_888_800_000_000),
            ("2026-05-04T12:00:00+02:00", 1_777_888_800_000_000),
            ("2026-05-04T05:30:00.25-04:30", 1_777_888_800_250_000),
            ("2026-05-04t10:00:00.1234567z", 1_777_888_800_123_456),
        ] as [(String, Int64)]
    )
    func instants(_ text: String, _ microseconds: Int64) {
        #expect(Instant(rfc3339: text)?.microseconds == microseconds)
    }

    @Test(
        "reads no instant from text that is none",
        arguments: [
            "", "2026-05-04", "2026-05-04T10:00:00", "2026-05-04 10:00:00Z",
            "2026-13-04T10:00:00Z", "2026-05-04T24:00:00Z", "2026-05-04T10:00:00.Z",
            "2026-05-04T10:00:00+2:00", "2026-05-04T10:00:00Zx", "2026-02-30T10:00:00Z",
        ]
    )
    func noInstants(_ text: String) {
        #expect(Instant(rfc3339: text) == nil)
    }
}
