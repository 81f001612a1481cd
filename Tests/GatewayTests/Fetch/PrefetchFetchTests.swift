import Audit
import Basics
import CDSHooks
import HTTPMessages
import JSON
import Support
import Testing

@testable import Gateway

@Suite("What was not sent is fetched")
struct PrefetchFetchTests {
    private static func diagnostics(_ response: HTTPResponse) throws -> String {
        let issue = try response.json["issue"]?.elements.first { _ in true }
        return issue?["diagnostics"]?.stringValue ?? ""
    }

    @Test("Both keys are fetched with the token, and the card is as if they had been sent")
    func both() async throws {
        let fetcher = ScriptedFetcher(observations: FetchFixture.bundle())
        let fixture = try FetchFixture(fetcher)
        let response = await fixture.post()
        #expect(response.status == 200)
        #expect(try #require(try response.card)["summary"]?.stringValue == "NEWS2 0: low risk")
        let requests = fetcher.requests
        #expect(requests.count == 2)
        let search = try #require(requests.first)
        #expect(
            search.target == "/r4/Observation?patient=p1&category=vital-signs&_count=500"
        )
        #expect(requests.last?.target == "/r4/Patient/p1")
        #expect(requests.allSatisfy { $0.token == FetchFixture.token && $0.tenant == "hospital-a" })
        #expect(requests.allSatisfy { $0.form == nil })
    }

    @Test("Decision and fetch have a row each, and the token stands in neither and in no log")
    func rows() async throws {
        let fetcher = ScriptedFetcher(observations: FetchFixture.bundle())
        let fixture = try FetchFixture(fetcher)
        _ = await fixture.post()
        let records = fixture.gateway.sink.records
        #expect(records.count == 2)
        let decision = try #require(records.first { $0.kind == .decision })
        let fetch = try #require(records.first { $0.kind == .fetch })
        #expect(decision.flags.contains("fetched-prefetch"))
        #expect(decision.outcome == .cards)
        #expect(fetch.outcome == .done)
        #expect(fetch.eventID != decision.eventID)
        #expect(fetch.hookInstance == decision.hookInstance)
        #expect(fetch.patientPseudonym == decision.patientPseudonym)
        #expect(fetch.tenant == "hospital-a" && fetch.client == "fetching")
        let report = try JSONDocument(parsing: try #require(fetch.result)).root
        #expect(report["base"]?.stringValue == FetchFixture.base)
        #expect(
            report["keys"]?.elements.map { $0["key"]?.stringValue } == ["patient", "observations"]
        )
        for text in [String(describing: records), fixture.gateway.lines.text] {
            #expect(!text.contains("tok-0123456789"))
        }
        for record in records {
            for bytes in [record.result, record.inputs, record.cards, record.artifacts] {
                let text = String(decoding: bytes ?? [], as: UTF8.self)
                #expect(!text.contains("tok-0123456789"))
            }
        }
    }

    @Test("Only what lacks is fetched")
    func keyByKey() async throws {
        for (prefetch, targets) in [
            (#"{"patient":\#(FetchFixture.patient)}"#, ["/r4/Observation"]),
            (#"{"observations":\#(FetchFixture.bundle())}"#, ["/r4/Patient/p1"]),
            (#"{"patient":\#(FetchFixture.patient),"observations":\#(FetchFixture.bundle())}"#, []),
            (#"{"patient":\#(FetchFixture.patient),"observations":null}"#, []),
            (
                #"{"patient":\#(FetchFixture.patient),"observations":\#(FetchFixture.bundle([]))}"#,
                []
            ),
            (
                #"{"patient":\#(FetchFixture.patient),"observations":\#(PrefetchDecisionTests.error)}"#,
                ["/r4/Observation"]
            ),
        ] {
            let fetcher = ScriptedFetcher(observations: FetchFixture.bundle())
            let fixture = try FetchFixture(fetcher)
            let response = await fixture.post(FetchFixture.call(prefetch: prefetch))
            #expect(response.status == 200)
            let asked = fetcher.requests.map { String($0.target.prefix { $0 != "?" }) }
            #expect(asked == targets, "\(prefetch.prefix(60))")
            #expect(fixture.gateway.sink.records.count == (targets.isEmpty ? 1 : 2))
        }
    }

    @Test("A search goes out as a form where that is registered")
    func post() async throws {
        let fetcher = ScriptedFetcher(observations: FetchFixture.bundle())
        let fixture = try FetchFixture(
            fetcher,
            servers: #"[{"base":"https://fhir.ehr-a.test/r4","search":"post"}]"#
        )
        #expect(await fixture.post().status == 200)
        let search = try #require(fetcher.requests.first)
        #expect(search.target == "/r4/Observation/_search")
        #expect(search.form == "patient=p1&category=vital-signs&_count=500")
        #expect(fetcher.requests.last?.form == nil)
    }

    @Test(
        "Nothing is asked where that is not allowed, and the answer says why",
        arguments: [
            (FetchFixture.call(server: nil), FetchFailure.noServer),
            (FetchFixture.call(server: "https://fhir.ehr-b.test/r4"), .serverNotRegistered),
            (FetchFixture.call(server: "https://fhir.ehr-a.test/r4/../r4"), .serverNotRegistered),
            (FetchFixture.call(server: "http://169.254.169.254/r4"), .serverNotRegistered),
            (FetchFixture.call(authorization: nil), .noToken),
            (FetchFixture.call(authorization: "{}"), .tokenMalformed),
            (
                FetchFixture.call(authorization: FetchFixture.authorization(token: "")),
                .tokenMalformed
            ),
            (
                FetchFixture.call(authorization: FetchFixture.authorization(token: #"a\r\nX: y"#)),
                .tokenMalformed
            ),
            (
                FetchFixture.call(authorization: FetchFixture.authorization(token: "a b")),
                .tokenMalformed
            ),
            (
                FetchFixture.call(authorization: FetchFixture.authorization(type: "MAC")),
                .tokenMalformed
            ),
            (
                FetchFixture.call(authorization: FetchFixture.authorization(subject: "other")),
                .tokenForAnother
            ),
            (
                FetchFixture.call(
                    authorization: FetchFixture.authorization(more: #","patient":"p2""#)
                ),
                .tokenForOtherPatient
            ),
            (
                FetchFixture.call(authorization: FetchFixture.authorization(expiresIn: 0)),
                .tokenExpired
            ),
            (
                FetchFixture.call(
                    authorization: FetchFixture.authorization(scope: "launch openid")
                ),
                .scope
            ),
            (
                FetchFixture.call(
                    authorization: FetchFixture.authorization(scope: "user/Condition.read")
                ),
                .scope
            ),
            (
                FetchFixture.call(
                    authorization: FetchFixture.authorization(scope: "user/*.write patient/*.cud")
                ),
                .scope
            ),
            (FetchFixture.call(patientID: ".."), .unresolved),
            (
                FetchFixture.call(
                    more: #","extension":{"org.limen.replayAt":"2026-05-04T09:00:00Z"}"#
                ),
                .replay
            ),
        ]
    )
    func notAllowed(call: String, failure: FetchFailure) async throws {
        let fetcher = ScriptedFetcher(observations: FetchFixture.bundle())
        let fixture = try FetchFixture(fetcher)
        let response = await fixture.post(call)
        #expect(response.status == 412)
        #expect(try Self.diagnostics(response).contains("because " + failure.reason))
        let decision = try #require(fixture.gateway.sink.records.first { $0.kind == .decision })
        #expect(
            decision.reasonCode == (failure.isAttempted ? failure.rawValue : "LIMEN-GATE-010")
        )
        // A FHIR id may be two dots; a path may not.
        #expect(fetcher.requests.filter { !$0.target.contains("patient=") }.isEmpty)
        if failure != .unresolved { #expect(fetcher.requests.isEmpty) }
    }

    @Test(
        "Scopes of both versions let their types be read",
        arguments: [
            "patient/*.read", "user/*.*", "system/*.rs", "patient/Patient.r patient/Observation.s",
            "user/Patient.cruds user/Observation.rs launch", "",
        ]
    )
    func scopes(scope: String) async throws {
        let fetcher = ScriptedFetcher(observations: FetchFixture.bundle())
        let fixture = try FetchFixture(fetcher)
        let authorization = FetchFixture.authorization(scope: scope)
        #expect(await fixture.post(FetchFixture.call(authorization: authorization)).status == 200)
        #expect(fetcher.requests.count == 2)
    }

    @Test("A scope that filters makes the data incomplete")
    func granularScope() async throws {
        let fetcher = ScriptedFetcher(observations: FetchFixture.bundle())
        let fixture = try FetchFixture(fetcher)
        let scope = "user/Patient.r user/Observation.rs?category=vital-signs"
        let authorization = FetchFixture.authorization(scope: scope)
        let response = await fixture.post(FetchFixture.call(authorization: authorization))
        let card = try #require(try response.card)
        #expect(card["detail"]?.stringValue?.contains("may be incomplete") ?? false)
        #expect(!response.text.lowercased().contains("low risk"))
    }

    @Test("An open server is asked without a token")
    func openServer() async throws {
        let fetcher = ScriptedFetcher(observations: FetchFixture.bundle())
        let fixture = try FetchFixture(
            fetcher,
            servers: #"[{"base":"https://fhir.ehr-a.test/r4","open":true}]"#
        )
        #expect(await fixture.post(FetchFixture.call(authorization: nil)).status == 200)
        #expect(fetcher.requests.count == 2)
        #expect(fetcher.requests.allSatisfy { $0.token == nil })
    }

    @Test(
        "An answer that is none leaves the key out, and the answer is 412 that says why",
        arguments: [
            (200, "hello", FetchFailure.malformed), (200, "", .malformed), (200, "{}", .malformed),
            (200, #"{"resourceType":"Bundle","type":"searchset","entry":[{]}"#, .malformed),
            (200, #"{"resourceType":"Bundle","type":"searchset","entry":{}}"#, .malformed),
            (200, #"{"resourceType":"Bundle","type":"searchset","entry":[1]}"#, .malformed),
            (200, PrefetchDecisionTests.error, .unexpected),
            (200, FetchFixture.patient, .unexpected),
            (200, #"{"resourceType":"Bundle","type":"batch","entry":[]}"#, .unexpected),
            (204, "", .serverError), (302, "", .redirected), (307, "", .redirected),
            (400, "DOE JOHN MRN 123", .serverError), (401, "", .tokenRefused),
            (403, "", .tokenRefused), (404, "", .notFound), (410, "", .notFound),
            (500, "DOE JOHN MRN 123", .serverError), (503, "", .serverError),
        ]
    )
    func badAnswers(status: Int, body: String, failure: FetchFailure) async throws {
        let fetcher = ScriptedFetcher(observations: body, status: status)
        let fixture = try FetchFixture(fetcher)
        let response = await fixture.post()
        #expect(response.status == 412)
        let text = try Self.diagnostics(response)
        #expect(text.contains("key observations was not sent"))
        #expect(text.contains("because " + failure.reason))
        #expect(text.contains("respiratoryRate"))
        #expect(!response.text.contains("DOE"))
        #expect(!fixture.gateway.lines.text.contains("DOE"))
        let records = fixture.gateway.sink.records
        #expect(records.contains { $0.kind == .decision && $0.reasonCode == failure.rawValue })
        #expect(records.contains { $0.kind == .fetch && $0.reasonCode == failure.rawValue })
    }

    @Test("An error among the matches of a fetched search spoils them")
    func errorInside() async throws {
        let bundle = FetchFixture.bundle(HookBody.vitals() + [PrefetchDecisionTests.error])
        let fixture = try FetchFixture(ScriptedFetcher(observations: bundle))
        let counted = FetchFixture.bundle([], more: #","total":7"#)
        let other = try FetchFixture(ScriptedFetcher(observations: counted))
        for fixture in [fixture, other] {
            let response = await fixture.post()
            #expect(response.status == 412)
            // The client sent nothing; that the server was asked is told, also in the rows.
            let text = try Self.diagnostics(response)
            #expect(text.contains("was not sent and is not available"), "\(text)")
            #expect(text.contains("because " + FetchFailure.notWhole.reason))
            let records = fixture.gateway.sink.records
            let fetch = try #require(records.first { $0.kind == .fetch })
            #expect(fetch.outcome == .incomplete)
            #expect(fetch.reasonCode == FetchFailure.notWhole.rawValue)
            let decision = try #require(records.first { $0.kind == .decision })
            #expect(decision.flags.contains("fetch-failed"))
        }
    }

    @Test(
        "Fewer matches than the search counts make the result incomplete",
        arguments: ["7", "8", #""7""#, "-1"],
        [1, 2]
    )
    func fewerThanTotal(total: String, pageCount: Int) async throws {
        let vitals = HookBody.vitals()
        #expect(vitals.count == 7)
        let counted = #","total":\#(total)"#
        let fetcher = ScriptedFetcher { target in
            if target.contains("/Patient/") { return ScriptedFetcher.answer(FetchFixture.patient) }
            if pageCount == 1 {
                return ScriptedFetcher.answer(FetchFixture.bundle(vitals, more: counted))
            }
            let isSecond = target.contains("page=2")
            return ScriptedFetcher.answer(
                FetchFixture.bundle(
                    Array(isSecond ? vitals[3...] : vitals[..<3]),
                    next: isSecond ? nil : "https://fhir.ehr-a.test/r4?page=2",
                    more: counted
                )
            )
        }
        let fixture = try FetchFixture(fetcher)
        let response = await fixture.post()
        #expect(response.status == 200)
        let isWhole = total == "7"
        #expect(response.text.contains("NEWS2 0: low risk") == isWhole)
        #expect(response.text.contains("not everything was sent, or can be read") != isWhole)
        let fetch = try #require(fixture.gateway.sink.records.first { $0.kind == .fetch })
        #expect(fetch.outcome == (isWhole ? .done : .incomplete))
    }

    @Test(
        "Links that cannot be read are no last page",
        arguments: [
            #"{"relation":"next","url":"Observation?page=2"}"#, #""next""#, "7", #"["next"]"#,
        ]
    )
    func malformedLinks(links: String) async throws {
        let answer = FetchFixture.bundle(more: #","link":\#(links)"#)
        let fixture = try FetchFixture(ScriptedFetcher(observations: answer))
        let response = await fixture.post()
        #expect(response.status == 412)
        #expect(try Self.diagnostics(response).contains(FetchFailure.malformed.reason))
    }

    @Test("A link to the next page is one in whatever case")
    func shoutedLink() async throws {
        let vitals = HookBody.vitals()
        let fetcher = ScriptedFetcher { target in
            if target.contains("/Patient/") { return ScriptedFetcher.answer(FetchFixture.patient) }
            let isSecond = target.contains("page=2")
            let page = FetchFixture.bundle(
                Array(isSecond ? vitals[3...] : vitals[..<3]),
                next: isSecond ? nil : "https://fhir.ehr-a.test/r4?page=2"
            )
            return ScriptedFetcher.answer(page.replacing(#""next""#, with: #""NEXT""#))
        }
        let fixture = try FetchFixture(fetcher)
        let response = await fixture.post()
        #expect(try #require(try response.card)["summary"]?.stringValue == "NEWS2 0: low risk")
        #expect(fetcher.requests.count == 3)
    }

    /// What the server answers for a list that the client sent in part.
    static let refetched: [(String, Int, FetchFailure)] = [
        // Nothing comes.
        ("", 404, .notFound), ("", 404, .notFound),
        // What comes cannot be used.
        (FetchFixture.bundle([], more: #","total":2"#), 200, .notWhole),
        (FetchFixture.bundle([PrefetchDecisionTests.error]), 200, .notWhole),
        // What comes is less than the client sent.
        (
            FetchFixture.bundle(
                [OrderBody.resource("m9", InteractionTests.ibuprofen)],
                more: #","total":3"#
            ), 200, .notWhole
        ),
    ]

    @Test(
        "What was sent in part stands where asking for the whole of it brings less",
        arguments: zip(
            refetched,
            [
                "medicationRequests", "medicationStatements", "medicationRequests",
                "medicationStatements", "medicationRequests",
            ]
        )
    )
    func sentStands(_ answer: (String, Int, FetchFailure), key: String) async throws {
        let fetcher = ScriptedFetcher { _ in
            ScriptedFetcher.answer(answer.0, status: answer.1)
        }
        let fixture = try FetchFixture(fetcher, allServices: true)
        let isStatement = key == "medicationStatements"
        let current = OrderBody.resource(
            "m1",
            InteractionTests.clarithromycin,
            type: isStatement ? "MedicationStatement" : "MedicationRequest"
        )
        var body = OrderBody(
            drafts: [InteractionTests.draft("d1", InteractionTests.simvastatin)]
        )
        if isStatement { body.statements = [current] } else { body.requests = [current] }
        let context = #""hook":"order-sign","#
        let call = body.text.replacing(
            #"{"resource":\#(current)}"#,
            with: #"{"resource":\#(current)},{"fullUrl":"urn:uuid:x"}"#
        ).replacing(
            context,
            with: context + #""fhirServer":"\#(FetchFixture.base)","fhirAuthorization":"#
                + FetchFixture.authorization(scope: "user/*.read") + ","
        )
        #expect(call.contains("urn:uuid:x") && call.contains("fhirServer"))
        let response = await fixture.gateway.post(
            InteractionTests.path,
            call,
            key: GatewayFixture.client("fetching").key
        )
        #expect(fetcher.requests.count == 1)
        #expect(response.status == 200, "\(response.text)")
        #expect(response.text.contains("Contraindicated: clarithromycin with simvastatin"))
        #expect(response.text.contains("Not wholly sent, or not to be read: "))
        #expect(response.text.contains("Not available, because " + answer.2.reason))
        let records = fixture.gateway.sink.records
        #expect(records.contains { $0.kind == .fetch && $0.reasonCode == answer.2.rawValue })
    }

    @Test("What was sent and came again stands once")
    func addedOnce() throws {
        let vitals = HookBody.vitals()
        let sent = try JSONDocument(parsing: FetchFixture.bundle(Array(vitals[..<3])))
        let page = try FetchedPage(
            FHIRAnswer(
                status: 200,
                body: Array(FetchFixture.bundle(Array(vitals[2..<4]), more: #","total":9"#).utf8)
            ),
            for: "Observation",
            isSearch: true
        )
        var key = FetchedKey(name: "observations")
        key.pages = [page]
        key.sentPart = .added
        var writer = JSONWriter()
        key.write(sent: sent.root, to: &writer)
        let written = try JSONDocument(parsing: writer.bytes).root
        let ids = written["entry"]?.elements.compactMap {
            $0["resource"]?["id"]?.stringValue
        }
        let wanted = try [vitals[2], vitals[3], vitals[0], vitals[1]].map {
            try JSONDocument(parsing: $0).root["id"]?.stringValue
        }
        #expect(ids == wanted.compactMap { $0 })
        #expect(written["total"]?.integerValue == 9)
    }

    @Test("Pages are followed to the last below the base")
    func pages() async throws {
        let vitals = HookBody.vitals()
        let fetcher = ScriptedFetcher { target in
            if target.contains("/Patient/") { return ScriptedFetcher.answer(FetchFixture.patient) }
            let page = target.contains("page=3") ? 2 : target.contains("page=2") ? 1 : 0
            let next = ["https://FHIR.ehr-a.test:443/r4?page=2", "Observation?page=3", nil][page]
            let share = [vitals[..<3], vitals[3..<5], vitals[5...]][page]
            return ScriptedFetcher.answer(FetchFixture.bundle(Array(share), next: next))
        }
        let fixture = try FetchFixture(fetcher)
        let response = await fixture.post()
        #expect(try #require(try response.card)["summary"]?.stringValue == "NEWS2 0: low risk")
        #expect(fetcher.requests.count == 4)
        #expect(fetcher.requests.allSatisfy { $0.token == FetchFixture.token })
    }

    @Test(
        "A link that leads elsewhere, in a circle or on without end makes the result incomplete",
        arguments: [
            ("https://evil.test/?page=2", 2), ("http://fhir.ehr-a.test/r4?page=2", 2),
            ("https://fhir.ehr-a.test/admin?page=2", 2), ("", 2),
            ("https://fhir.ehr-a.test@evil.test/r4?page=2", 2),
            ("https://fhir.ehr-a.test/r4?again", 3), ("endless", 2 + Limits.fetchedPagesMax - 1),
        ]
    )
    func badLinks(link: String, count: Int) async throws {
        let number = MutexedInt()
        let fetcher = ScriptedFetcher { target in
            if target.contains("/Patient/") { return ScriptedFetcher.answer(FetchFixture.patient) }
            let next = link == "endless" ? "Observation?page=\(number.next())" : link
            let isFirst = target.contains("patient=")
            return ScriptedFetcher.answer(
                FetchFixture.bundle(isFirst ? HookBody.vitals() : [], next: next)
            )
        }
        let fixture = try FetchFixture(fetcher)
        let response = await fixture.post()
        let card = try #require(try response.card)
        #expect(card["detail"]?.stringValue?.contains("may be incomplete") ?? false)
        #expect(!response.text.lowercased().contains("low risk"))
        #expect(card["detail"]?.stringValue?.contains("more pages than could be fetched") ?? false)
        #expect(fetcher.requests.count == count)
        let decision = try #require(fixture.gateway.sink.records.first { $0.kind == .decision })
        #expect(decision.outcome == .incomplete)
        #expect(decision.flags.contains("fetch-cut"))
    }

    @Test("A page that fails half-way makes the result incomplete")
    func failsHalfWay() async throws {
        let fetcher = ScriptedFetcher { target in
            if target.contains("/Patient/") { return ScriptedFetcher.answer(FetchFixture.patient) }
            if target.contains("page=2") { return .failure(.unreachable) }
            return ScriptedFetcher.answer(
                FetchFixture.bundle(next: "https://fhir.ehr-a.test/r4?page=2")
            )
        }
        let fixture = try FetchFixture(fetcher)
        let response = await fixture.post()
        let card = try #require(try response.card)
        #expect(card["detail"]?.stringValue?.contains("may be incomplete") ?? false)
        #expect(!response.text.lowercased().contains("low risk"))
        let fetch = try #require(fixture.gateway.sink.records.first { $0.kind == .fetch })
        #expect(fetch.outcome == .incomplete)
    }

    @Test("Pages that the client left out are fetched behind those that it sent")
    func sentPages() async throws {
        let vitals = HookBody.vitals()
        let rest = FetchFixture.bundle(Array(vitals[3...]))
        for (answer, summary) in [
            (ScriptedFetcher.answer(rest), "NEWS2 0: low risk"),
            (.failure(.late), "NEWS2 0 on the data sent"),
        ] as [(Result<FHIRAnswer, FetchFailure>, String)] {
            let fetcher = ScriptedFetcher { _ in answer }
            let fixture = try FetchFixture(fetcher)
            let sent = FetchFixture.bundle(
                summary.hasSuffix("sent") ? vitals : Array(vitals[..<3]),
                next: "https://fhir.ehr-a.test/r4?_getpages=1"
            )
            let prefetch = #"{"patient":\#(FetchFixture.patient),"observations":\#(sent)}"#
            let response = await fixture.post(FetchFixture.call(prefetch: prefetch))
            let card = try #require(try response.card)
            #expect(card["summary"]?.stringValue?.contains(summary) ?? false)
            #expect(fetcher.requests.map(\.target) == ["/r4?_getpages=1"])
        }
    }

    @Test("What is asked for anew takes the place of what was sent, and nothing counts twice")
    func sentAgain() async throws {
        // Pages that were sent with an error among them are asked for anew, not read on.
        let vitals = HookBody.vitals()
        let fetcher = ScriptedFetcher { target in
            let isSecond = target.contains("page=2")
            return ScriptedFetcher.answer(
                FetchFixture.bundle(
                    Array(isSecond ? vitals[3...] : vitals[..<3]),
                    next: isSecond ? nil : "https://fhir.ehr-a.test/r4?page=2"
                )
            )
        }
        let fixture = try FetchFixture(fetcher)
        let sent = FetchFixture.bundle(
            Array(vitals[..<3]) + [PrefetchDecisionTests.error],
            next: "https://fhir.ehr-a.test/r4?_getpages=1"
        )
        let prefetch = #"{"patient":\#(FetchFixture.patient),"observations":\#(sent)}"#
        let response = await fixture.post(FetchFixture.call(prefetch: prefetch))
        #expect(try #require(try response.card)["summary"]?.stringValue == "NEWS2 0: low risk")
        #expect(fetcher.requests.count == 2)
        #expect(!fetcher.requests.contains { $0.target.contains("_getpages") })
        let record = try #require(
            fixture.gateway.sink.records.first { $0.kind == .decision }
        )
        let rejections = String(decoding: record.rejections ?? [], as: UTF8.self)
        #expect(!rejections.contains("duplicate"))
        #expect(!rejections.contains("superseded"))
    }

    @Test("Pages go behind those that were sent only when they continue them")
    func continued() throws {
        let sent = try JSONDocument(
            parsing: FetchFixture.bundle([HookBody.vitals()[0]], next: "n")
        )
        let page = try FetchedPage(
            FHIRAnswer(status: 200, body: Array(FetchFixture.bundle([HookBody.vitals()[1]]).utf8)),
            for: "Observation",
            isSearch: true
        )
        for (continues, pages, count, hasLink) in [
            (true, [page], 2, false), (false, [page], 1, false), (true, [], 1, true),
        ] {
            var key = FetchedKey(name: "observations")
            key.pages = pages
            key.continuesSent = continues
            var writer = JSONWriter()
            key.write(sent: sent.root, to: &writer)
            let written = try JSONDocument(parsing: writer.bytes).root
            #expect(written["entry"].map { Array($0.elements).count } == count)
            #expect((written["link"] != nil) == hasLink)
        }
    }

    @Test(
        "Data of another patient are refused as a whole",
        arguments: [
            (#"{"resourceType":"Patient","id":"p2"}"#, FetchFixture.bundle()),
            (
                FetchFixture.patient,
                FetchFixture.bundle([
                    HookBody.quantity("x", loinc: "8867-4", "70", "/min", subject: "Patient/p2")
                ])
            ),
        ]
    )
    func otherPatient(patient: String, observations: String) async throws {
        let fetcher = ScriptedFetcher { target in
            ScriptedFetcher.answer(target.contains("/Patient/") ? patient : observations)
        }
        let fixture = try FetchFixture(fetcher)
        let response = await fixture.post()
        #expect(response.status == 422)
        #expect(!response.text.contains("offset"))
        #expect(fixture.gateway.sink.records.contains { $0.kind == .fetch })
    }

    @Test("An optional key that cannot be fetched is named on the card with the reason")
    func optionalKey() async throws {
        let fetcher = ScriptedFetcher { _ in .failure(.late) }
        let fixture = try FetchFixture(fetcher, allServices: true)
        var count = 0
        for service in fixture.gateway.gateway.catalogue.services
        where service.hook.hook == "patient-view" {
            guard let optional = service.hook.prefetch.first(where: { !$0.isRequired }),
                !optional.feeds.isEmpty
            else { continue }
            let sent = service.hook.prefetch.filter { $0.key != optional.key }.map {
                #""\#($0.key)":"# + ($0.resourceType == "Patient" ? FetchFixture.patient : "null")
            }
            let call = FetchFixture.call(
                prefetch: "{" + sent.joined(separator: ",") + "}",
                authorization: FetchFixture.authorization(scope: "user/*.read")
            )
            let response = await fixture.gateway.post(
                "/cds-services/" + service.hook.id,
                call,
                key: GatewayFixture.client("fetching").key
            )
            #expect(response.status == 200, "\(service.hook.id)")
            let text = response.text.lowercased()
            #expect(
                text.contains("not available, because the fhir server did not answer in time"),
                "\(service.hook.id)"
            )
            count += 1
        }
        #expect(count > 0)
    }
}
