import Audit
import AuditStore
import Basics
import Crypto
import Foundation
import HTTPMessages
import JSON
import PostgreSQL
import Testing

/// The patient of a review's words, over HTTP.
extension AuditAPITests {
    private static let period =
        #""question":"reads","from":"2026-01-01T00:00:00Z","to":"2030-01-01T00:00:00Z""#

    @Test("seals the words of a review under a key of the patient that they are named to be about")
    func reviewsAboutPatients() async throws {
        let fixture = try AuditGateway()
        let made = await fixture.send(
            "POST",
            "/audit/reviews",
            #"{\#(Self.period),"title":"Why was Ngozi looked at?","patient":"p1"}"#
        )
        #expect(made.status == 201)
        let id = try #require(try AuditGateway.json(made)["review"]?.stringValue)
        let ran = await fixture.send("POST", "/audit/reviews/\(id)/runs")
        #expect(ran.status == 201)
        let closed = await fixture.send(
            "POST",
            "/audit/reviews/\(id)/closing",
            #"{"found":"Ngozi is a neighbour","patient":"Patient/p1"}"#
        )
        #expect(closed.status == 200)
        let about = try #require(fixture.keys["anna"]).authenticate("Patient/p1")
        let subjects = try fixture.database.column(
            "SELECT encode(subject, 'hex') FROM audit.data_key WHERE is_note"
        )
        #expect(subjects == [Hexadecimal.text(about), Hexadecimal.text(about)])
        let plain = try fixture.database.count(
            """
            SELECT count(*) FROM (SELECT r::text AS t FROM audit.review r
                UNION ALL SELECT c::text FROM audit.review_closing c
                UNION ALL SELECT e::text FROM audit.event e) rows WHERE t LIKE '%Ngozi%'
            """
        )
        #expect(plain == 0)
        let shown = await fixture.send("GET", "/audit/reviews/\(id)")
        let text = String(decoding: shown.body, as: UTF8.self)
        #expect(text.contains("Why was Ngozi looked at?"))
        #expect(text.contains("Ngozi is a neighbour"))
        // The other tenant's auditor has neither the words nor the review.
        let foreign = await fixture.send("GET", "/audit/reviews/\(id)", as: "auditor-berta")
        #expect(foreign.status == 404)
    }

    @Test("without a patient a review's words have a key of its own; a known pseudonym is kept")
    func reviewsOfTheirOwn() async throws {
        let fixture = try AuditGateway()
        let made = await fixture.send(
            "POST",
            "/audit/reviews",
            #"{\#(Self.period),"title":"in general"}"#
        )
        let id = try #require(
            UUIDBytes(text: try AuditGateway.json(made)["review"]?.stringValue ?? "")
        )
        let decision = Records.full()
        let sink = try fixture.database.sink(writers: 1)
        try await sink.append(decision)
        sink.close()
        let pseudonym = try #require(decision.patientPseudonym)
        let named = await fixture.send(
            "POST",
            "/audit/reviews",
            #"{\#(Self.period),"title":"one","patient":"pseudonym:\#(Hexadecimal.text(pseudonym))"}"#
        )
        #expect(named.status == 201)
        let subjects = try fixture.database.column(
            """
            SELECT encode(subject, 'hex') FROM audit.data_key WHERE is_note
            ORDER BY octet_length(subject)
            """
        )
        #expect(subjects == [Hexadecimal.text(id.bytes), Hexadecimal.text(pseudonym)])
    }

    @Test("words that would be tied to no patient are refused: an unknown pseudonym, digits alone")
    func unknownPatients() async throws {
        let fixture = try AuditGateway()
        let sink = try fixture.database.sink(writers: 1)
        let decision = Records.full()
        try await sink.append(decision)
        sink.close()
        let known = Hexadecimal.text(try #require(decision.patientPseudonym))
        let unknown = String(repeating: "ab", count: 32)
        let made = await fixture.send("POST", "/audit/reviews", "{\(Self.period)}")
        let id = try #require(try AuditGateway.json(made)["review"]?.stringValue)
        #expect(await fixture.send("POST", "/audit/reviews/\(id)/runs").status == 201)
        for (patient, accepted) in [
            ("pseudonym:" + unknown, "pseudonym of the trail"),
            (unknown, "Patient/ID or pseudonym:DIGITS"), (known, "Patient/ID or pseudonym:DIGITS"),
        ] {
            for (path, rest) in [
                ("/audit/reviews", Self.period), ("/audit/reviews/\(id)/closing", #""found":"x""#),
            ] {
                let body = #"{\#(rest),"patient":"\#(patient)"}"#
                let answer = await fixture.send("POST", path, body)
                #expect(answer.status == 400, "\(path) \(patient)")
                let text = String(decoding: answer.body, as: UTF8.self)
                #expect(text.contains("/patient"), "\(path) \(text)")
                #expect(text.contains(accepted), "\(path) \(text)")
                #expect(!text.contains(patient), "no input in an error")
            }
        }
        #expect(try fixture.database.count("SELECT count(*) FROM audit.review") == 1)
        #expect(try fixture.database.count("SELECT count(*) FROM audit.review_closing") == 0)
        let closing = #"{"found":"x","patient":"pseudonym:\#(known)"}"#
        let closed = await fixture.send("POST", "/audit/reviews/\(id)/closing", closing)
        #expect(closed.status == 200)
    }

    @Test("names the member and what is accepted when the patient of a review is none")
    func badPatients() async throws {
        let fixture = try AuditGateway()
        let made = await fixture.send("POST", "/audit/reviews", "{\(Self.period)}")
        let id = try #require(try AuditGateway.json(made)["review"]?.stringValue)
        let texts = [
            #""""#, #""Patient/""#, #""a b""#, #""a/b/c""#, #""Group/1""#, #""é""#,
            #""p\u00001""#, "\"" + String(repeating: "a", count: 65) + "\"", "7", "null", "true",
            #"["p1"]"#, #"{"id":"p1"}"#,
        ]
        for text in texts {
            for (path, rest) in [
                ("/audit/reviews", Self.period), ("/audit/reviews/\(id)/closing", #""found":"x""#),
                ("/audit/events/search", #""limit":1"#),
            ] {
                let answer = await fixture.send("POST", path, #"{\#(rest),"patient":\#(text)}"#)
                #expect(answer.status == 400, "\(path) \(text)")
                let body = String(decoding: answer.body, as: UTF8.self)
                #expect(body.contains("/patient"), "\(path) \(text) \(body)")
                #expect(!body.contains("a b") && !body.contains("Group"), "no input in an error")
            }
        }
        // Where nobody is asked for, nobody may be named.
        let run = await fixture.send("POST", "/audit/reviews/\(id)/runs", #"{"patient":"p1"}"#)
        #expect(run.status == 400)
        let query = await fixture.send("GET", "/audit/reviews", query: "patient=p1")
        #expect(query.status == 400)
        #expect(try fixture.database.count("SELECT count(*) FROM audit.data_key") == 0)
        #expect(try fixture.database.count("SELECT count(*) FROM audit.review") == 1)
    }
}
