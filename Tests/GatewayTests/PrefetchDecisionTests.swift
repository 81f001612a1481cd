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

@Suite("What was and was not sent")
struct PrefetchDecisionTests {
    static let patient = #"{"resourceType":"Patient","id":"p1","birthDate":"1960-01-01"}"#
    static let error = #"{"resourceType":"OperationOutcome","issue":[{"severity":"error"}]}"#

    /// An outcome by which a search did not reach all there is.
    static let incomplete =
        #"{"resourceType":"OperationOutcome","issue":[{"severity":"warning","code":"incomplete"}]}"#

    static func body(_ prefetch: String) -> String {
        #"{"hook":"patient-view","hookInstance":"d1577c69-dfbe-44ad-ba6d-3e05e953b2ea","#
            + #""context":{"userId":"Practitioner/p","patientId":"p1"}\#(prefetch)}"#
    }

    @Test(
        "is answered with 412 that names each missing key and what it feeds",
        arguments: [
            ("", ["patient", "observations"]),
            (#","prefetch":{}"#, ["patient", "observations"]),
            (#","prefetch":null"#, ["patient", "observations"]),
            (#","prefetch":{"patient":\#(patient)}"#, ["observations"]),
            (#","prefetch":{"observations":null}"#, ["patient"]),
            (#","prefetch":{"patient":\#(patient),"observations":\#(error)}"#, ["observations"]),
            (
                #","prefetch":{"patient":\#(patient),"observations":{"resourceType":"Bundle","entry":[{"resource":\#(error)}]}}"#,
                ["observations"]
            ),
        ] as [(String, [String])]
    )
    func missing(_ prefetch: String, _ keys: [String]) async throws {
        let fixture = try GatewayFixture()
        let response = await fixture.post("/cds-services/news2", Self.body(prefetch))
        #expect(response.status == 412)
        let issues = try Array(#require(try response.json["issue"]).elements)
        #expect(
            issues.map { $0["expression"]?.elements.first { _ in true }?.stringValue }
                == keys.map { "prefetch." + $0 }
        )
        for (issue, key) in zip(issues, keys) {
            let text = issue["diagnostics"]?.stringValue ?? ""
            #expect(text.contains("key \(key) was "))
            #expect(text.contains(key == "patient" ? "eligibility (age)" : "respiratoryRate"))
            #expect(text.contains("error that the client reported") == prefetch.contains("Outcome"))
        }
        let record = fixture.sink.records[0]
        #expect(record.outcome == .incomplete)
        #expect(record.reasonCode == "LIMEN-GATE-010")
        #expect(record.missingInputs.isEmpty == (keys == ["patient"]))
    }

    /// A batch-response of observations and an entry that failed.
    static func batch(_ observations: [String], failed: Bool = true) -> String {
        let entries =
            observations.map { #"{"response":{"status":"200"},"resource":\#($0)}"# }
            + (failed ? [#"{"response":{"status":"404 Not Found"}}"#] : [])
        return #"{"resourceType":"Bundle","entry":[\#(entries.joined(separator: ","))]}"#
    }

    @Test(
        "with nothing but errors in its Bundle is answered with 412",
        arguments: [batch([]), #"{"resourceType":"Bundle","total":4,"entry":[]}"#]
    )
    func failed(_ value: String) async throws {
        let fixture = try GatewayFixture()
        let response = await fixture.post(
            "/cds-services/news2",
            Self.body(#","prefetch":{"patient":\#(Self.patient),"observations":\#(value)}"#)
        )
        #expect(response.status == 412)
        #expect(response.text.contains("error that the client reported"))
    }

    @Test(
        "in part gives no risk band, whatever the score is",
        arguments: [
            ("16", "120", "info", "NEWS2 0 on the data sent"),
            ("8", "120", "warning", "one parameter scores 3"),
            ("8", "100", "warning", "urgent response"),
            ("8", "90", "critical", "NEWS2 9 on the data sent"),
        ],
        [true, false]
    )
    func partial(
        _ value: (String, String, String, String),
        _ isPaged: Bool
    ) async throws {
        let (rate, systolic, indicator, words) = value
        let vitals = HookBody.vitals(
            rr: rate,
            systolic: systolic,
            temperature: systolic == "90" ? "35.0" : "37.0"
        )
        let link = #","link":[{"relation":"next","url":"x"}]}"#
        let bundle =
            isPaged
            ? Self.batch(vitals, failed: false).dropLast() + link : Self.batch(vitals)[...]
        for service in ["news2", "qsofa"] {
            let fixture = try GatewayFixture()
            let response = await fixture.post(
                "/cds-services/" + service,
                Self.body(#","prefetch":{"patient":\#(Self.patient),"observations":\#(bundle)}"#)
            )
            let card = try #require(try response.card)
            let summary = card["summary"]?.stringValue ?? ""
            #expect(!response.text.lowercased().contains(" low"))
            #expect(!response.text.contains("negative"))
            let record = fixture.sink.records[0]
            #expect(record.outcome == .incomplete)
            #expect(record.flags.contains(isPaged ? "paged-prefetch" : "partial-prefetch"))
            guard service == "news2" else { continue }
            #expect(summary.contains(words), "\(summary)")
            #expect(summary.lowercased().contains("data may be incomplete"))
            #expect(card["indicator"]?.stringValue == indicator)
            #expect(record.reasonCode == "partial-data")
        }
    }

    @Test("in part does not say that a condition which the model requires is not on record")
    func requiredFactUnknown() async throws {
        let pressure =
            #"{"resourceType":"Condition","id":"h","subject":{"reference":"Patient/p1"},"#
            + #""clinicalStatus":{"coding":[{"system":"#
            + #""http://terminology.hl7.org/CodeSystem/condition-clinical","code":"active"}]},"#
            + #""code":{"coding":[{"system":"http://snomed.info/sct","code":"38341003"}]}}"#
        for (isWhole, reason) in [
            (true, "no-atrial-fibrillation"),
            (false, "undecided:atrial-fibrillation-not-all-sent"),
        ] {
            let fixture = try GatewayFixture()
            let conditions = Self.batch([pressure], failed: !isWhole)
            _ = await fixture.post(
                "/cds-services/cha2ds2-va",
                Self.body(#","prefetch":{"patient":\#(Self.patient),"conditions":\#(conditions)}"#)
            )
            #expect(fixture.sink.records[0].reasonCode == reason)
        }
    }

    @Test(
        "with an error where a pregnancy may stand gives what is known, and no result",
        arguments: [#"{"resourceType":"OperationOutcome","issue":[]}"#, batch([])]
    )
    func pregnancyUnknown(_ value: String) async throws {
        let fixture = try GatewayFixture()
        let vitals = Self.batch(HookBody.vitals(), failed: false)
        let body = { (more: String) in
            Self.body(
                #","prefetch":{"patient":\#(Self.patient),"observations":\#(vitals)\#(more)}"#
            )
        }
        let more = #","conditions":"# + value
        let response = await fixture.post("/cds-services/news2", body(more))
        let card = try #require(try response.card)
        #expect(card["indicator"]?.stringValue == "info")
        #expect(card["summary"]?.stringValue?.hasPrefix("NEWS2 0 on the data sent") == true)
        let detail = card["detail"]?.stringValue ?? ""
        #expect(detail.contains("the client reported an error for pregnancy"), "\(detail)")
        #expect(!detail.contains("not sent: pregnancy"))
        #expect(!response.text.lowercased().contains("low risk"))
        let record = fixture.sink.records[0]
        #expect(record.outcome == .incomplete)
        #expect(record.reasonCode == "partial-data")
        #expect(record.flags.contains("optional-prefetch-failed"))
        let absent = await fixture.post("/cds-services/news2", body(""))
        #expect(try absent.card?["summary"]?.stringValue == "NEWS2 0: low risk")
        #expect(absent.text.contains("not sent: "))
    }

    @Test(
        "is not the whole of it with an entry that cannot be read, or fewer than the total",
        arguments: [
            (#"{"id":"x"}"#, ""), (#""text""#, ""), ("null", ""),
            (#"{"resourceType":"observation"}"#, ""), ("", #","total":40"#),
        ]
    )
    func unreadable(_ resource: String, total: String) async throws {
        let entries =
            HookBody.vitals().map { #"{"resource":\#($0)}"# }
            + (resource.isEmpty ? [] : [#"{"resource":\#(resource)}"#])
        let fixture = try GatewayFixture()
        let response = await fixture.post(
            "/cds-services/news2",
            Self.body(
                #","prefetch":{"patient":\#(Self.patient),"observations":{"resourceType":"Bundle""#
                    + #"\#(total),"entry":[\#(entries.joined(separator: ","))]}}"#
            )
        )
        let card = try #require(try response.card)
        let detail = card["detail"]?.stringValue ?? ""
        #expect(detail.contains("not everything was sent, or can be read, for"), "\(detail)")
        #expect(!detail.contains("the client reported an error"))
        #expect(!response.text.lowercased().contains("low risk"))
        #expect(fixture.sink.records[0].outcome == .incomplete)
    }

    /// A condition with a SNOMED CT code.
    static func condition(_ code: String) -> String {
        #"{"resourceType":"Condition","id":"c\#(code)","clinicalStatus":{"coding":[{"system":"#
            + #""http://terminology.hl7.org/CodeSystem/condition-clinical","code":"active"}]},"#
            + #""verificationStatus":{"coding":[{"system":"#
            + #""http://terminology.hl7.org/CodeSystem/condition-ver-status","code":"confirmed"}]},"#
            + #""code":{"coding":[{"system":"http://snomed.info/sct","code":"\#(code)"}]},"#
            + #""subject":{"reference":"Patient/p1"},"recordedDate":"2026-01-01"}"#
    }

    static let fibrillation = condition("49436004")
    static let hypertension = condition("38341003")
    static let mitralStenosis = condition("79619009")

    static func scoreFibrillation(
        _ conditions: [String],
        entry: String = "",
        more: String = "",
        patient: String = patient
    ) async throws -> (summary: String, record: AuditRecord) {
        let entries = conditions.map { #"{"resource":\#($0)}"# } + (entry.isEmpty ? [] : [entry])
        let fixture = try GatewayFixture()
        let response = await fixture.post(
            "/cds-services/cha2ds2-va",
            body(
                #","prefetch":{"patient":\#(patient),"conditions":{"resourceType":"Bundle""#
                    + #"\#(more),"entry":[\#(entries.joined(separator: ","))]}}"#
            )
        )
        let card = try #require(try response.card)
        return (card["summary"]?.stringValue ?? "", fixture.sink.records[0])
    }

    /// What makes a list of conditions one that is known not to be whole.
    static let shortfalls = [
        ("", #","link":[{"relation":"next","url":"x"}]"#), ("", #","total":4"#),
        (#"{"fullUrl":"x"}"#, ""), (#"{"response":{"status":"500"}}"#, ""),
        (#"{"resource":\#(incomplete)}"#, ""),
    ]

    @Test("does not tell that nothing is on record where not all was sent", arguments: shortfalls)
    func absenceUnknown(_ shortfall: (entry: String, more: String)) async throws {
        let (summary, record) = try await Self.scoreFibrillation(
            [Self.hypertension],
            entry: shortfall.entry,
            more: shortfall.more
        )
        #expect(summary.contains("not all data on atrial fibrillation are at hand"), "\(summary)")
        #expect(!summary.contains("does not apply"))
        #expect(record.outcome == .incomplete)
        #expect(record.reasonCode == "undecided:atrial-fibrillation-not-all-sent")
        let whole = try await Self.scoreFibrillation([Self.hypertension])
        #expect(whole.summary.contains("does not apply: no atrial fibrillation on record"))
    }

    @Test(
        "counts what was found, and nothing from absence, where not all was sent",
        arguments: shortfalls
    )
    func foundAmongIncomplete(_ shortfall: (entry: String, more: String)) async throws {
        let (summary, record) = try await Self.scoreFibrillation(
            [Self.fibrillation, Self.hypertension],
            entry: shortfall.entry,
            more: shortfall.more,
            patient: Self.patient.replacing("1960", with: "1940")
        )
        #expect(summary.contains("at least 3"), "\(summary)")
        #expect(record.outcome == .incomplete)
        #expect(record.missingInputs.contains("stroke"))
    }

    @Test("warns of what was found where a list of something else has another page")
    func warningDespiteGap() async throws {
        let vitals = Self.batch(
            HookBody.vitals(rr: "30", systolic: "80", temperature: "39.5"),
            failed: false
        )
        let conditions =
            #"{"resourceType":"Bundle","entry":[],"link":[{"relation":"next","url":"x"}]}"#
        for (service, words) in [("news2", "emergency response"), ("qsofa", "2 on the data sent")] {
            let fixture = try GatewayFixture()
            let response = await fixture.post(
                "/cds-services/" + service,
                Self.body(
                    #","prefetch":{"patient":\#(Self.patient),"observations":\#(vitals),"#
                        + #""conditions":\#(conditions)}"#
                )
            )
            let card = try #require(try response.card)
            #expect(card["summary"]?.stringValue?.contains(words) == true, "\(response.text)")
            #expect(card["indicator"]?.stringValue != "info")
            #expect(
                card["detail"]?.stringValue?.contains("more pages than were sent, for pregnancy")
                    == true
            )
            #expect(fixture.sink.records[0].reasonCode == "partial-data")
        }
    }

    @Test("tells what bars the model where that was found, though not all was sent")
    func foundInPart() async throws {
        let link = #","link":[{"relation":"next","url":"x"}]"#
        let none = try await Self.scoreFibrillation([], more: link)
        #expect(none.summary.contains("not known whether it applies"))
        let valve = try await Self.scoreFibrillation([Self.mitralStenosis], more: link)
        #expect(valve.summary.contains("does not apply: mitral stenosis"), "\(valve.summary)")
        let child = Self.patient.replacing("1960", with: "2020")
        let young = try await Self.scoreFibrillation([], more: link, patient: child)
        #expect(young.summary.contains("does not apply: under 18"), "\(young.summary)")
        #expect(young.record.outcome == .refused)
    }

    @Test("under one key says nothing of another type that may hold the same fact")
    func oneTypeOfTwo() async throws {
        let fixture = try GatewayFixture()
        let service = try #require(
            fixture.gateway.catalogue.services.first {
                $0.hook.id == "news2" && $0.hook.hook == "patient-view"
            }
        )
        let optional = service.hook.prefetch.filter { !$0.isRequired }
        let feeding = optional.filter { $0.feeds.contains("pregnant") }
        #expect(Set(feeding.map(\.resourceType)) == ["Condition", "Observation"])
        let vitals = Self.batch(HookBody.vitals(), failed: false)
        for left in feeding.map(\.key) + [""] {
            let sent = optional.filter { $0.key != left }.map { #","\#($0.key)":null"# }.joined()
            let response = await fixture.post(
                "/cds-services/news2",
                Self.body(
                    #","prefetch":{"patient":\#(Self.patient),"observations":\#(vitals)\#(sent)}"#
                )
            )
            let detail = try response.card?["detail"]?.stringValue ?? ""
            #expect(detail.contains("| Input |"))
            let isNamed = detail.contains("not sent: ") && detail.contains("pregnancy")
            #expect(isNamed == !left.isEmpty, "\(left): \(detail)")
        }
    }

    @Test("of another type than the key asks for is no answer")
    func otherType() async throws {
        let fixture = try GatewayFixture()
        let refused = await fixture.post(
            "/cds-services/news2",
            Self.body(#","prefetch":{"patient":\#(Self.patient),"observations":\#(Self.patient)}"#)
        )
        #expect(refused.status == 412)
        #expect(refused.text.contains("holds nothing that can be read of the type Observation"))
        let vitals = Self.batch(HookBody.vitals(), failed: false)
        let partial = await fixture.post(
            "/cds-services/news2",
            Self.body(
                #","prefetch":{"patient":\#(Self.patient),"observations":\#(vitals),"#
                    + #""conditions":\#(Self.patient)}"#
            )
        )
        #expect(!partial.text.lowercased().contains("low risk"))
        #expect(fixture.sink.records[1].reasonCode == "partial-data")
        #expect(fixture.sink.records[1].flags.contains("prefetch-other-type"))
    }

    @Test(
        "of a death counts, whatever else is said of it",
        arguments: [
            #""deceasedBoolean":null,"deceasedDateTime":"2025-01-01""#,
            #""deceasedDateTime":null,"deceasedBoolean":true"#,
            #""deceasedBoolean":false,"deceasedDateTime":"2025-01-01""#,
            #""deceasedDateTime":"2930-01-01","deceasedBoolean":true"#,
        ]
    )
    func deceased(_ members: String) async throws {
        let fixture = try GatewayFixture()
        let vitals = Self.batch(HookBody.vitals(), failed: false)
        let patient = Self.patient.dropLast() + "," + members + "}"
        let response = await fixture.post(
            "/cds-services/news2",
            Self.body(#","prefetch":{"patient":\#(patient),"observations":\#(vitals)}"#)
        )
        #expect(!response.text.lowercased().contains("low risk"))
        #expect(fixture.sink.records[0].reasonCode?.contains("deceased") == true)
    }

    @Test("does not name as not looked at what has a source")
    func lookedAt() async throws {
        let fixture = try GatewayFixture()
        var body = HookBody()
        body.observations = HookBody.vitals(scale: "2")
        let with = await fixture.post("/cds-services/news2", body.text)
        #expect(with.text.contains("not sent: pregnancy."), "\(with.text)")
        body.observations = HookBody.vitals()
        let without = await fixture.post("/cds-services/news2", body.text)
        #expect(without.text.contains("not sent: "))
        #expect(without.text.contains("SpO2 scale"))
    }

    @Test(
        "and is empty is an answer, not a failure",
        arguments: ["null", #"{"resourceType":"Bundle","type":"searchset","entry":[]}"#]
    )
    func empty(_ value: String) async throws {
        let fixture = try GatewayFixture()
        let response = await fixture.post(
            "/cds-services/news2",
            Self.body(#","prefetch":{"patient":\#(Self.patient),"observations":\#(value)}"#)
        )
        #expect(response.status == 200)
        #expect(try response.card?["summary"]?.stringValue?.contains("not calculated") == true)
    }

    @Test("with a next page is flagged on the card and in the row")
    func paged() async throws {
        let fixture = try GatewayFixture()
        let bundle = #"{"resourceType":"Bundle","link":[{"relation":"next","url":"x"}],"entry":[]}"#
        let response = await fixture.post(
            "/cds-services/news2",
            Self.body(#","prefetch":{"patient":\#(Self.patient),"observations":\#(bundle)}"#)
        )
        let detail = try response.card?["detail"]?.stringValue ?? ""
        #expect(detail.contains("more pages"))
        #expect(fixture.sink.records[0].flags.contains("paged-prefetch"))
    }

    @Test(
        "about another patient refuses the whole request",
        arguments: [
            ("Patient/zz9", "p1", "observations.entry[0].resource.subject.reference"),
            ("https://fhir.example/r4/Patient/zz9", "p1", "subject.reference"),
            ("Patient/zz9/_history/2", "p1", "subject.reference"),
            ("Patient/p1", "p2", "prefetch.patient.id"),
        ]
    )
    func mismatch(_ subject: String, _ context: String, _ place: String) async throws {
        let fixture = try GatewayFixture()
        var body = HookBody()
        body.patientID = context
        body.observations = [
            HookBody.quantity("x", loinc: "8867-4", "70", "/min", subject: subject)
        ]
        let response = await fixture.post("/cds-services/news2", body.text)
        #expect(response.status == 422)
        #expect(response.text.contains(place), "\(response.text)")
        #expect(!response.text.contains("zz9"))
        let record = fixture.sink.records[0]
        #expect(record.outcome == .refused)
        #expect(record.result == nil)
        #expect(record.cards == nil)
    }

    @Test(
        "about this patient is used, however the reference is written",
        arguments: ["Patient/p1", "https://fhir.example/r4/Patient/p1", "Patient/p1/_history/3"]
    )
    func match(_ subject: String) async throws {
        let fixture = try GatewayFixture()
        var body = HookBody()
        body.observations = [
            HookBody.quantity("x", loinc: "9279-1", "30", "/min", subject: subject)
        ]
        let response = await fixture.post("/cds-services/news2", body.text)
        #expect(try response.card?["summary"]?.stringValue?.contains("at least 3") == true)
    }

    @Test(
        "with two Patients of one id is used only when they say the same",
        arguments: [
            (#"{"resourceType":"Patient","id":"p1","birthDate":"1960-01-01"}"#, 200),
            (#"{ "id": "p1", "birthDate":"1960-01-01", "resourceType" : "Patient" }"#, 200),
            (#"{"resourceType":"Patient","id":"p1","birthDate":"2015-01-01"}"#, 422),
            (#"{"resourceType":"Patient","id":"p1"}"#, 422),
            (#"{"resourceType":"Patient","id":"p1","birthDate":"1960-01-01","active":true}"#, 422),
            (#"{"resourceType":"Patient","id":"p1","birthDate":["1960-01-01"]}"#, 422),
        ]
    )
    func twoPatients(_ second: String, _ status: Int) async throws {
        let fixture = try GatewayFixture()
        var body = HookBody()
        body.observations = HookBody.vitals() + [second]
        let response = await fixture.post("/cds-services/news2", body.text)
        #expect(response.status == status)
        guard status == 422 else { return }
        #expect(response.text.contains("prefetch.observations.entry[7].resource"))
        #expect(response.text.contains("LIMEN-GATE-011"))
        #expect(!response.text.contains("2015"))
    }

    @Test(
        "about a patient of this id is used only when it is of the server of the request",
        arguments: [
            ("https://fhir.example/r4", 200), ("https://fhir.example/r4/", 200),
            ("https://FHIR.example/r4", 200), ("https://other.example/r4", 422),
            ("https://fhir.example/r5", 422),
        ],
        ["Patient/p1", "Patient/p1/_history/2"]
    )
    func server(_ server: (String, Int), _ reference: String) async throws {
        let fixture = try GatewayFixture()
        var body = HookBody()
        body.more = #","fhirServer":"\#(server.0)""#
        let subject = "https://fhir.example/r4/" + reference
        body.observations = [
            HookBody.quantity("x", loinc: "9279-1", "30", "/min", subject: subject)
        ]
        let absolute = await fixture.post("/cds-services/news2", body.text)
        #expect(absolute.status == server.1)
        body.observations = [
            HookBody.quantity("x", loinc: "9279-1", "30", "/min", subject: reference)
        ]
        let relative = await fixture.post("/cds-services/news2", body.text)
        #expect(relative.status == 200)
    }

    @Test("and was not used is counted on the card by its reason")
    func rejected() async throws {
        let fixture = try GatewayFixture()
        let old = GatewayFixture.now.advanced(byMicroseconds: -86_400_000_000 * 2).text
        let future = GatewayFixture.now.advanced(byMicroseconds: 86_400_000_000).text
        var body = HookBody()
        body.observations = [
            HookBody.quantity("a", loinc: "8867-4", "70", "/min", status: "entered-in-error"),
            HookBody.quantity("b", loinc: "9279-1", "16", "/min", effective: old),
            HookBody.quantity("c", loinc: "8310-5", "37", "furlong"),
            HookBody.quantity("d", loinc: "59408-5", "97", "%", effective: future),
            HookBody.quantity("e", loinc: "8480-6", #"120,"comparator":"<""#, "mm[Hg]"),
            #"{"resourceType":"Observation","id":"f","status":"final","subject":{"reference":"Patient/p1"}}"#,
        ]
        let response = await fixture.post("/cds-services/news2", body.text)
        #expect(response.status == 200)
        let detail = try response.card?["detail"]?.stringValue ?? ""
        for reason in ["status", "stale", "unit-unknown", "future", "comparator"] {
            #expect(detail.contains("1 \(reason)"), "\(reason): \(detail)")
        }
        #expect(fixture.sink.records[0].outcome == .incomplete)
        #expect(!response.text.lowercased().contains("low risk"))
    }
}
