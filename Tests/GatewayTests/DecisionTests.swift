import Audit
import Basics
import CDSHooks
import Crypto
import HTTPMessages
import JSON
import Support
import Synchronization
import Telemetry
import Testing

@testable import Gateway

@Suite("A decision")
struct DecisionTests {
    @Test("gives a card with its inputs, and one row that holds the same")
    func complete() async throws {
        let fixture = try GatewayFixture()
        var body = HookBody()
        body.observations = HookBody.vitals(temperature: "101.3", temperatureUnit: "[degF]")
        let response = await fixture.post(
            "/cds-services/news2",
            body.text,
            fields: [("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")]
        )
        #expect(response.status == 200)
        let card = try #require(try response.card)
        #expect(card["summary"]?.stringValue == "NEWS2 1: low risk")
        let detail = card["detail"]?.stringValue ?? ""
        #expect(
            detail.contains("| temperature | 38.5 \u{B0}C (from 101.3 \u{B0}F) | 1 | 1 h 0 min")
        )
        #expect(detail.contains("Observation/temp"))
        #expect(
            card["source"]?["label"]?.stringValue?.contains("Royal College of Physicians") == true
        )
        #expect(card["source"]?["topic"]?["code"]?.stringValue == "NEWS2v1")

        let record = try #require(fixture.sink.records.first)
        #expect(fixture.sink.records.count == 1)
        #expect(record.kind == .decision)
        #expect(record.outcome == .cards)
        #expect(record.tenant == "hospital-a")
        #expect(record.client == "ehr")
        #expect(record.service == "news2")
        #expect(record.hook == "patient-view")
        #expect(record.hookInstance?.text == body.instance)
        #expect(record.status == 200)
        #expect(record.indicator == "info")
        #expect(record.patientPseudonym?.count == 32)
        #expect(record.userPseudonym?.count == 32)
        #expect(record.cardIDs.map(\.text) == [card["uuid"]?.stringValue ?? ""])
        #expect(record.traceID?.first == 0x4B)
        #expect(record.parentSpanID?.count == 8)
        #expect(record.requestDigest?.count == 32)
        #expect(record.responseDigest?.count == 32)
        let cards = try JSONDocument(parsing: record.cards ?? []).root
        #expect(Array(cards.rawBytes) == Array(try #require(try response.json["cards"]).rawBytes))
        let inputs = try JSONDocument(parsing: record.inputs ?? []).root
        let temperature = inputs.elements.first { $0["name"]?.isString("temperature") ?? false }
        #expect(temperature?["value"]?.numberText == "38.5")
        #expect(temperature?["conversion"]?["originalText"]?.stringValue == "101.3")
        let artifacts = try JSONDocument(parsing: record.artifacts ?? []).root
        for name in ["hook", "profile", "model"] {
            #expect(artifacts[name]?["sha256"]?.stringValue?.count == 64)
        }
        let maps = try #require(artifacts["profile"]?["conceptMaps"])
        #expect(maps.members.contains { $0.name.isString("acvpu.conceptmap.json") })
        let stages = try JSONDocument(parsing: record.stageMicroseconds ?? []).root
        #expect(stages["map"]?.integerValue != nil)
    }

    @Test("keeps pseudonyms of tenants apart, and event ids in the order of time")
    func pseudonyms() async throws {
        let fixture = try GatewayFixture()
        let text = HookBody().text
        _ = await fixture.post("/cds-services/news2", text)
        _ = await fixture.post("/cds-services/news2", text)
        _ = await fixture.post("/cds-services/news2", text, key: GatewayFixture.plainKey)
        let records = fixture.sink.records
        #expect(records[0].patientPseudonym == records[1].patientPseudonym)
        #expect(records[0].patientPseudonym != records[2].patientPseudonym)
        #expect(Set(records.map(\.eventID)).count == 3)
        #expect(records.allSatisfy { ($0.eventID.high >> 12) & 0xF == 7 })
    }

    @Test("on incomplete data names what is missing, gives bounds and never says low")
    func incomplete() async throws {
        let fixture = try GatewayFixture()
        var body = HookBody()
        body.observations = HookBody.vitals(spo2: nil, oxygen: nil)
        let response = await fixture.post("/cds-services/news2", body.text)
        let card = try #require(try response.card)
        #expect(
            card["summary"]?.stringValue
                == "NEWS2 not calculated, 0 to 5 possible. Missing: SpO2, air or oxygen"
        )
        #expect(card["indicator"]?.stringValue == "info")
        #expect(!response.text.lowercased().contains("low"))
        let record = fixture.sink.records[0]
        #expect(record.outcome == .incomplete)
        #expect(record.missingInputs == ["spo2", "onOxygen"])
        #expect(fixture.registry.text.contains(#"input="spo2",reason="not-sent""#))
    }

    @Test(
        "on incomplete data is as urgent as its lower bound",
        arguments: [
            ("8", "90", "35.0", "critical", "NEWS2 at least 9: emergency"),
            ("8", "100", "37.0", "warning", "NEWS2 at least 5: urgent"),
            ("8", "120", "37.0", "warning", "NEWS2 incomplete, at least 3: one parameter"),
            ("21", "120", "37.0", "info", "NEWS2 not calculated, 2 to "),
        ]
    )
    func bounds(
        _ rate: String,
        _ systolic: String,
        _ temperature: String,
        _ indicator: String,
        _ start: String
    ) async throws {
        let fixture = try GatewayFixture()
        var body = HookBody()
        body.observations = HookBody.vitals(
            rr: rate,
            spo2: nil,
            systolic: systolic,
            temperature: temperature
        )
        let response = await fixture.post("/cds-services/news2", body.text)
        let card = try #require(try response.card)
        #expect(card["indicator"]?.stringValue == indicator)
        let summary = card["summary"]?.stringValue ?? ""
        #expect(summary.hasPrefix(start), "\(summary)")
        #expect(summary.hasSuffix("Missing: SpO2"))
        #expect(!response.text.lowercased().contains(" low"))
    }

    @Test("with nothing at all says so below 140 characters")
    func nothing() async throws {
        let fixture = try GatewayFixture()
        let response = await fixture.post("/cds-services/news2", HookBody().text)
        let summary = try response.card?["summary"]?.stringValue ?? ""
        #expect(summary.utf16.count < 140)
        #expect(summary.contains(" more"), "\(summary)")
        #expect(fixture.sink.records[0].missingInputs.count == 7)
    }

    @Test(
        "is not made for whom the model is not for",
        arguments: [
            ("2015-01-01", "under 16 years of age", AuditRecord.Outcome.refused),
            (nil, "the age is not known", .incomplete),
        ] as [(String?, String, AuditRecord.Outcome)]
    )
    func notApplicable(
        _ birthDate: String?,
        _ words: String,
        _ outcome: AuditRecord.Outcome
    ) async throws {
        let fixture = try GatewayFixture()
        for service in ["news2", "qsofa"] {
            var body = HookBody()
            body.birthDate = birthDate
            body.observations = HookBody.vitals()
            let response = await fixture.post("/cds-services/" + service, body.text)
            #expect(response.status == 200)
            let card = try #require(try response.card)
            #expect(card["summary"]?.stringValue?.contains(words) == true)
            #expect(card["indicator"]?.stringValue == "info")
            #expect(!response.text.lowercased().contains("risk"))
            #expect(fixture.sink.records.last?.outcome == outcome)
        }
    }

    @Test("is not made for a patient who is known to be pregnant")
    func pregnant() async throws {
        let fixture = try GatewayFixture()
        var body = HookBody()
        body.observations =
            HookBody.vitals() + [
                HookBody.coded("preg", system: "http://snomed.info/sct", "77386006")
            ]
        let response = await fixture.post("/cds-services/news2", body.text)
        #expect(try response.card?["summary"]?.stringValue?.contains("pregnant") == true)
        #expect(fixture.sink.records[0].outcome == .refused)
        #expect(fixture.sink.records[0].reasonCode == "pregnancy")
    }

    @Test("repeated for the same hookInstance has the same card ids")
    func repeated() async throws {
        let fixture = try GatewayFixture()
        var body = HookBody()
        body.observations = HookBody.vitals()
        let first = try await fixture.post("/cds-services/news2", body.text).card
        let second = try await fixture.post("/cds-services/news2", body.text).card
        #expect(first?["uuid"]?.stringValue == second?["uuid"]?.stringValue)
        body.instance = "d1577c69-dfbe-44ad-ba6d-3e05e953b2eb"
        let other = try await fixture.post("/cds-services/news2", body.text).card
        #expect(first?["uuid"]?.stringValue != other?["uuid"]?.stringValue)
        let tenant = try await fixture.post(
            "/cds-services/news2",
            body.text,
            key: GatewayFixture.plainKey
        ).card
        #expect(tenant?["uuid"]?.stringValue != other?["uuid"]?.stringValue)
    }

    @Test(
        "shows two decimals at most, and the row has them all",
        arguments: [
            ("21.81", "kPa", "| 163.59 mmHg (from 21.81 kPa) |"), ("120", "mm[Hg]", "| 120 mmHg |"),
        ]
    )
    func decimals(_ value: String, _ unit: String, _ cell: String) async throws {
        let fixture = try GatewayFixture()
        var body = HookBody()
        body.observations = HookBody.vitals(systolic: value, systolicUnit: unit)
        let response = await fixture.post("/cds-services/qsofa", body.text)
        #expect(response.text.contains(cell), "\(response.text)")
        let inputs = String(decoding: fixture.sink.records[0].inputs ?? [], as: UTF8.self)
        #expect(inputs.contains(unit == "kPa" ? #""value":163.588"# : #""value":120"#), "\(inputs)")
    }

    @Test("as of a past moment is given only to a client that may replay")
    func replay() async throws {
        let fixture = try GatewayFixture()
        var body = HookBody()
        body.observations = HookBody.vitals().map {
            $0.split(separator: HookBody.effective).joined(separator: "2020-01-01T00:00:00Z")
        }
        let stale = await fixture.post("/cds-services/news2", body.text)
        #expect(try stale.card?["summary"]?.stringValue?.contains("not calculated") == true)
        body.extensions = #""org.limen.replayAt":"2020-01-01T01:00:00Z""#
        let replayed = await fixture.post("/cds-services/news2", body.text)
        #expect(try replayed.card?["summary"]?.stringValue == "NEWS2 0: low risk")
        #expect(
            try replayed.card?["detail"]?.stringValue?
                .hasPrefix("As of 2020-01-01T01:00:00Z (replay)\n\n**NEWS2 0") == true
        )
        #expect(!stale.text.contains("As of"))
        let record = try #require(fixture.sink.records.last)
        #expect(record.replayedAt?.text == "2020-01-01T01:00:00Z")
        #expect(record.flags.contains("replay"))
        let refused = await fixture.post(
            "/cds-services/news2",
            body.text,
            key: GatewayFixture.plainKey
        )
        #expect(refused.status == 403)
        #expect(refused.text.contains("LIMEN-GATE-009"))
        #expect(fixture.sink.records.last?.reasonCode == "LIMEN-GATE-009")
        #expect(fixture.sink.records.last?.replayedAt == nil)
    }

    @Test("is explained when the client asks for it")
    func explained() async throws {
        let fixture = try GatewayFixture()
        var body = HookBody()
        body.observations = HookBody.vitals()
        body.extensions = #""org.limen.explain":true"#
        let response = await fixture.post("/cds-services/news2", body.text)
        let explanation = try response.json["extension"]?["org.limen.explain"]
        #expect(explanation?["inputs"]?.elements.contains { _ in true } == true)
        #expect(explanation?["evaluation"]?["value"]?.integerValue == 0)
        #expect(explanation?["artifacts"]?["model"]?["name"]?.stringValue == "NEWS2")
        #expect(explanation?["rejections"]?["counts"] != nil)
        let facts = explanation?["facts"]?.elements.compactMap { $0["name"]?.stringValue }
        #expect(facts == ["pregnant"])
        // The row holds the same: the inputs as an array, the facts beside the applicability.
        let record = try #require(fixture.sink.records.last)
        let inputs = try JSONDocument(parsing: try #require(record.inputs)).root
        #expect(inputs.rawBytes.elementsEqual(explanation?["inputs"]?.rawBytes ?? []))
        let result = try JSONDocument(parsing: try #require(record.result)).root
        #expect(
            result["facts"]?.rawBytes.elementsEqual(explanation?["facts"]?.rawBytes ?? []) == true
        )
        let silent = await fixture.post("/cds-services/news2", HookBody().text)
        #expect(try silent.json["extension"] == nil)
    }

    @Test("tells the values in a clinician's words, and where they come from once")
    func words() async throws {
        func coded(_ system: String, _ code: String) -> String {
            #""valueCodeableConcept":{"coding":[{"system":"\#(system)","code":"\#(code)"}]}"#
        }
        func details(_ flow: String, _ value: String) async throws -> String {
            let fixture = try GatewayFixture()
            var body = HookBody()
            body.observations =
                HookBody.vitals(oxygen: nil, acvpu: nil) + [
                    HookBody.quantity("flow", loinc: "3151-8", flow, "L/min"),
                    HookBody.coded(
                        "mind",
                        system: "http://loinc.org",
                        "67775-7",
                        value: "," + value
                    ),
                ]
            let response = await fixture.post("/cds-services/news2", body.text)
            let card = try response.json["cards"]?.elements.first { _ in true }
            return try #require(card?["detail"]?.stringValue)
        }
        let oxygen = try await details("2", coded("http://snomed.info/sct", "248234008"))
        #expect(oxygen.contains("| air or oxygen | oxygen (2 L/min) | 2 |"))
        #expect(oxygen.contains("| consciousness | alert (from SNOMED CT 248234008) | 0 |"))
        let air = try await details("0", coded("http://loinc.org", "LA9340-6"))
        #expect(air.contains("| air or oxygen | air (0 L/min) | 0 |"))
        #expect(air.contains("| consciousness | alert (from LOINC LA9340-6) | 0 |"))
        let local = try await details("0", coded("http://limen.example/codes", "A"))
        #expect(local.contains("(from A) | 0 |"))
        for text in [oxygen, air, local] {
            #expect(!text.contains("\n\n\n"))
            #expect(!text.hasSuffix("\n"))
            #expect(!text.contains("&#"))
        }
    }

    @Test("in shadow mode is computed and recorded, and nothing is shown")
    func shadow() async throws {
        let live = String(
            decoding: try #require(try GatewayFixture.files()["Hooks/news2.json"]),
            as: UTF8.self
        )
        let shadow = live.split(separator: #""mode": "live""#).joined(
            separator: #""mode": "shadow""#
        )
        let fixture = try GatewayFixture(extraFiles: ["Hooks/news2.json": Array(shadow.utf8)])
        var body = HookBody()
        body.observations = HookBody.vitals(rr: "30", spo2: "80")
        let response = await fixture.post("/cds-services/news2", body.text)
        #expect(response.text == #"{"cards":[]}"#)
        let record = fixture.sink.records[0]
        #expect(record.flags.contains("shadow"))
        #expect(record.cardIDs.isEmpty)
        #expect(String(decoding: record.result ?? [], as: UTF8.self).contains("NEWS2 6: medium"))
    }

    /// How often the clock is read from the beginning of a call to the end of each stage.
    private func clockReads() async throws -> [(stage: String, count: Int)] {
        let fixture = try GatewayFixture()
        fixture.clock.setStep(1)
        let response = await fixture.post("/cds-services/news2", HookBody().text)
        try #require(response.status == 200)
        let stages = try JSONDocument(parsing: fixture.sink.records[0].stageMicroseconds ?? [])
        var sum = 0
        return stages.root.members.map { name, count in
            sum += count.integerValue ?? 0
            return (name.stringValue ?? "", sum)
        }
    }

    @Test(
        "whose time is over ends with the stage in which it ended",
        arguments: [("prefetch", "map"), ("map", "evaluate")]
    )
    func stages(inTime: String, late: String) async throws {
        let reads = try await clockReads()
        let count = try #require(reads.first { $0.stage == inTime }?.count)
        let fixture = try GatewayFixture()
        // The deadline of the service is 0.4 seconds: the stage in front ends just within it.
        fixture.clock.setStep(400_000 / Int64(count))
        let response = await fixture.post("/cds-services/news2", HookBody().text)
        #expect(response.status == 503)
        #expect(response.text.contains("LIMEN-GATE-012"))
        let record = fixture.sink.records[0]
        #expect(record.outcome == .failed)
        let stages = try JSONDocument(parsing: record.stageMicroseconds ?? []).root
        let names = stages.members.map { $0.name.stringValue ?? "" }
        #expect(names.contains(inTime))
        #expect(names.last == late)
        #expect(!record.flags.contains("cards-withheld"), "no card was made")
    }

    @Test("that comes too late is not given")
    func deadline() async throws {
        let reads = try await clockReads()
        let count = try #require(reads.first { $0.stage == "evaluate" }?.count)
        let fixture = try GatewayFixture()
        fixture.clock.setStep(400_000 / Int64(count))
        let response = await fixture.post("/cds-services/news2", HookBody().text)
        #expect(response.status == 503)
        #expect(response.fields["retry-after"] != nil)
        #expect(response.text.contains("LIMEN-GATE-012"))
        #expect(!response.text.contains("cards"))
        #expect(fixture.sink.records.count == 1)
        let record = fixture.sink.records[0]
        #expect(record.outcome == .failed)
        // Cards had been made; nobody saw them, and the row does not say that anybody did.
        #expect(record.flags.contains("cards-withheld"))
        #expect(record.cards == nil)
        #expect(record.cardIDs.isEmpty)
        #expect(record.cardNames.isEmpty)
        #expect(record.indicator == nil)
    }

    @Test("that is durable only behind its deadline is what its row says, and counted as late")
    func lateRow() async throws {
        let fixture = try GatewayFixture()
        let clock = fixture.clock
        var body = HookBody()
        body.observations = HookBody.vitals(rr: "30", spo2: "80")
        let inTime = await fixture.post("/cds-services/news2", body.text)
        #expect(!fixture.registry.text.contains("limen_answers_late_total{"))
        #expect(!fixture.lines.text.contains("behind the deadline"))
        fixture.sink.whileAppending { clock.advance(seconds: 1) }
        let late = await fixture.post("/cds-services/news2", body.text)
        #expect(late.status == 200)
        #expect(late.body == inTime.body)
        let record = try #require(fixture.sink.records.last)
        #expect(record.status == 200 && record.outcome == .cards)
        let key = AuthenticationKey([UInt8](repeating: 1, count: 32))
        #expect(record.responseDigest == key.authenticate(late.body))
        #expect(fixture.registry.text.contains(#"limen_answers_late_total{service="news2"} 1"#))
        let lines = fixture.lines.text.split(separator: "\n")
        let told = lines.filter { $0.contains("behind the deadline") }
        #expect(told.count == 1)
        for word in [#""WARN""#, #""limen.deadline_us":400000"#, #""cds.service.id":"news2""#] {
            #expect(told.allSatisfy { $0.contains(word) }, "\(told)")
        }
        #expect(told.allSatisfy { !$0.contains("p1") && !$0.contains("1960") })
        // What is refused for its lateness is no late answer, and feedback has no deadline.
        let refused = await fixture.post("/cds-services/news2", "{")
        #expect(refused.status == 400)
        let feedback = await fixture.post(
            "/cds-services/news2/feedback",
            #"{"feedback":[{"card":"d1577c69-dfbe-44ad-ba6d-3e05e953b2ea","#
                + #""outcome":"accepted","acceptedSuggestions":[],"#
                + #""outcomeTimestamp":"2026-05-04T10:00:00Z"}]}"#
        )
        #expect(feedback.status == 200, "\(feedback.text)")
        #expect(fixture.registry.text.contains(#"limen_answers_late_total{service="news2"} 1"#))
    }

    @Test("that was not made withholds no cards")
    func nothingWithheld() async throws {
        let fixture = try GatewayFixture()
        for body in ["{", HookBody(patientID: "p2").text] {
            #expect(await fixture.post("/cds-services/news2", body).status >= 400)
        }
        #expect(fixture.sink.records.count == 2)
        #expect(fixture.sink.records.allSatisfy { !$0.flags.contains("cards-withheld") })
    }

    @Test("that cannot be recorded is not given", arguments: AuditError.Code.allCases)
    func unrecorded(_ code: AuditError.Code) async throws {
        let fixture = try GatewayFixture(sink: InMemoryAuditSink(failing: AuditError(code: code)))
        var body = HookBody()
        body.observations = HookBody.vitals(rr: "30", spo2: "80")
        let feedback = #"{"feedback":[]}"#
        for (path, text, key) in [
            ("/cds-services/news2", body.text, GatewayFixture.key),
            ("/cds-services/news2", "{", GatewayFixture.key),
            ("/cds-services/news2", body.text, "wrong"),
            ("/cds-services/none", body.text, GatewayFixture.key),
            ("/cds-services/news2/feedback", feedback, GatewayFixture.key),
        ] {
            let response = await fixture.post(path, text, key: key)
            #expect(response.status == 503)
            #expect(response.fields["retry-after"] == "2")
            #expect(try response.json["resourceType"]?.stringValue == "OperationOutcome")
            #expect(!response.text.contains("NEWS2"))
        }
        #expect(fixture.lines.text.contains("audit row not durable"))
        #expect(
            fixture.registry.text.contains(
                "limen_audit_write_failures_total{error=\"\(code.rawValue)\"} 5"
            )
        )
    }
}
