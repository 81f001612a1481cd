import Audit
import Basics
import CDSHooks
import HTTPMessages
import JSON
import Support
import Synchronization
import Telemetry
import Testing

@testable import Gateway

@Suite("What must stay private")
struct PrivacyTests {
    /// A body with a marker in every place that holds patient data or secrets.
    static func seeded(_ marker: (String) -> String) -> [String] {
        var observation = HookBody.quantity("idCANARY", loinc: "8867-4", "70", "/min")
        observation.removeLast()
        observation += #","note":[{"text":"\#(marker("note"))"}]}"#
        let authorization =
            #","fhirServer":"https://\#(marker("server"))","fhirAuthorization":{"access_token":"\#(marker("token"))","token_type":"Bearer","expires_in":300,"scope":"s","subject":"x"}"#
        let patient =
            #"{"resourceType":"Patient","id":"\#(marker("pid"))","name":[{"family":"\#(marker("name"))"}],"birthDate":"\#(marker("dob"))","identifier":[{"value":"\#(marker("mrn"))"}]}"#
        let context =
            #""context":{"userId":"Practitioner/\#(marker("user"))","patientId":"\#(marker("pid"))","encounterId":"\#(marker("enc"))"}"#
        func body(_ prefetch: String, hook: String = "patient-view", tail: String = "") -> String {
            #"{"hook":"\#(hook)","hookInstance":"d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",\#(context)\#(authorization),"prefetch":{\#(prefetch)}\#(tail)}"#
        }
        let bundle = #"{"resourceType":"Bundle","entry":[{"resource":\#(observation)}]}"#
        return [
            body(#""patient":\#(patient),"observations":null"#),
            body(#""patient":\#(patient),"observations":\#(bundle)"#),
            body(#""patient":\#(patient),"observations":"\#(marker("text"))""#),
            body(#""patient":"\#(marker("text"))","\#(marker("key"))":null"#),
            body(#""\#(marker("key"))":\#(patient)"#),
            body("", hook: marker("hook")),
            body("", tail: #","extension":{"org.limen.replayAt":"\#(marker("replay"))"}"#),
            body("", tail: #","\#(marker("member"))":1,"\#(marker("member"))":2"#),
            String(body(#""patient":\#(patient)"#).dropLast(3)),
            #"{"hook":"patient-view","hookInstance":"\#(marker("instance"))","context":{}}"#,
            #"{"feedback":[{"card":"\#(marker("card"))","outcome":"\#(marker("outcome"))"}]}"#,
        ]
    }

    @Test("never reaches logs, metrics or error bodies")
    func canaries() async throws {
        let fixture = try GatewayFixture()
        let marker = { (name: String) in "CANARY" + name }
        var errors = ""
        for body in Self.seeded(marker) {
            for path in [
                "/cds-services/news2", "/cds-services/news2/feedback",
                "/cds-services/" + marker("path"),
            ] {
                for key in [GatewayFixture.key, marker("key") + "." + marker("secret")] {
                    let response = await fixture.post(
                        path,
                        body,
                        key: key,
                        fields: [("traceparent", marker("trace")), ("Cookie", marker("cookie"))]
                    )
                    #expect(response.status < 500)
                    if response.status >= 400 { errors += response.text }
                    for (name, value) in response.fields.entries {
                        #expect(!(name + value).contains("CANARY"))
                    }
                }
            }
        }
        #expect(errors.contains("LIMEN-CDS-"))
        #expect(!errors.contains("CANARY"))
        #expect(fixture.lines.text.contains("answered"))
        #expect(!fixture.lines.text.contains("CANARY"))
        #expect(!fixture.registry.text.contains("CANARY"))
        for record in fixture.sink.records {
            #expect(record.service?.contains("CANARY") != true)
            #expect(record.hook?.contains("CANARY") != true)
            #expect(!record.flags.joined().contains("CANARY"))
            #expect(!String(decoding: record.inputs ?? [], as: UTF8.self).contains("CANARYname"))
        }
    }

    @Test(
        "and hostile text keeps every event on one line",
        .enabled(if: Shared.isPresent, "shared suites absent: set LIMEN_SHARED")
    )
    func injection() async throws {
        let fixture = try GatewayFixture()
        var requests = 0
        for line in try Shared.lines("conformance/log-injection/strings.jsonl") {
            let json = try JSONDocument(parsing: line).root
            var text = json["text"]?.stringValue ?? ""
            if let unit = json["repeat"]?["unit"]?.stringValue {
                text = String(
                    repeating: unit,
                    count: min(20_000, json["repeat"]?["count"]?.integerValue ?? 0)
                )
            }
            var writer = JSONWriter()
            writer.value(text)
            let quoted = writer.text.dropFirst().dropLast()
            for body in Self.seeded({ _ in String(quoted) }) {
                requests += 1
                let response = await fixture.post(
                    "/cds-services/news2",
                    body,
                    fields: [("traceparent", text), ("User-Agent", text)]
                )
                #expect(response.status < 500)
                if json["secret"]?.boolValue == true, response.status >= 400 {
                    #expect(!response.text.contains(text))
                }
            }
            if json["secret"]?.boolValue == true {
                #expect(!fixture.lines.text.contains(text))
                #expect(!fixture.registry.text.contains(text))
            }
        }
        let lines = fixture.lines.all.withLock { $0 }
        #expect(lines.count == requests)
        #expect(fixture.sink.records.count == requests)
        for line in lines {
            #expect(line.filter { $0 == 0x0A }.count == 1)
            #expect(line.count < 4_096)
            _ = try JSONDocument(parsing: Array(line.dropLast()))
        }
    }
}
