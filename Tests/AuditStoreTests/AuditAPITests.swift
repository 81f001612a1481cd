import Audit
import AuditStore
import Basics
import CDSHooks
import Crypto
import Foundation
import Gateway
import HTTPMessages
import JSON
import PostgreSQL
import Testing

/// The attacks A1 to A25 on the audit trail over HTTP, one by one.
@Suite(
    "The audit trail over HTTP",
    .enabled(if: TestDatabase.isPresent, "\(TestDatabase.absence)")
)
struct AuditAPITests {
    @Test("gives an auditor the events of the own tenant, by every filter, each read with its row")
    func reads() async throws {
        let fixture = try AuditGateway()
        let mine = try await fixture.decide("anna") { $0.patientReference = "Patient/p1" }
        let theirs = try await fixture.decide("berta")
        let list = await fixture.send("GET", "/audit/events", query: "kind=decision")
        #expect(list.status == 200)
        #expect(try AuditGateway.ids(list) == [mine.eventID.text])
        for body in [
            #"{"patient":"p1","reason":"why"}"#, #"{"patient":"Patient/p1","reason":"why"}"#,
            #"{"card":"\#(mine.cardIDs[0].text)"}"#, #"{"event":"\#(mine.eventID.text)"}"#,
            #"{"hookInstance":"\#(mine.hookInstance?.text ?? "")"}"#,
            #"{"service":"news2","client":"ward-anna","outcome":"cards","limit":1}"#,
        ] {
            let found = await fixture.send("POST", "/audit/events/search", body)
            #expect(try AuditGateway.ids(found).contains(mine.eventID.text), "\(body)")
            #expect(!String(decoding: found.body, as: UTF8.self).contains(theirs.eventID.text))
        }
        let show = await fixture.send(
            "GET",
            "/audit/events/" + mine.eventID.text,
            fields: [("Limen-Reason", "complaint%2017")]
        )
        #expect(show.status == 200)
        #expect(try AuditGateway.json(show)["event"]?["inputs"] != nil)
        #expect(try AuditGateway.json(show)["story"]?.elements.contains { _ in true } == true)
        for path in ["timeline", "who-saw"] {
            let answer = await fixture.send(
                "POST",
                "/audit/patients/" + path,
                #"{"patient":"p1","reason":"complaint"}"#
            )
            #expect(answer.status == 200, "\(path)")
        }
        // Every read is in the trail, with its reason and the patient who was asked for.
        var filter = AuditFilter()
        filter.kind = .auditRead
        let query = try AuditQuery.open(fixture.database.login("auditor_anna"))
        let reads = try query.list(filter, hasDocuments: true).events.map(\.record)
        #expect(reads.count == 10)
        #expect(reads.allSatisfy { $0.client == "auditor-anna" })
        let shown = try #require(reads.first { $0.flags.contains("show") })
        #expect(shown.causedBy == mine.eventID)
        #expect(String(decoding: shown.details ?? [], as: UTF8.self).contains("complaint 17"))
        let timeline = try #require(reads.first { $0.flags.contains("timeline") })
        #expect(timeline.patientPseudonym == mine.patientPseudonym)
        #expect(timeline.pseudonymEpoch == 1)
        #expect(shown.patientPseudonym == mine.patientPseudonym)
        #expect(shown.pseudonymEpoch == 1, "the epoch of the key at hand, not that of the row")
        let searched = reads.filter {
            $0.flags.contains("filter:patient") && $0.flags.contains("search")
        }
        #expect(searched.count == 2)
        for read in searched {
            #expect(String(decoding: read.details ?? [], as: UTF8.self).contains("why"))
        }
    }

    @Test("A patient whose id is 64 hexadecimal digits is found, and the id is in no row")
    func hexadecimalID() async throws {
        let fixture = try AuditGateway()
        let id = String(repeating: "0a", count: 32)
        let mine = try await fixture.decide("anna", patient: id)
        let pseudonym = try #require(mine.patientPseudonym)
        // Twice: the row of the first read does not make a pseudonym of the id.
        for name in [id, id, "Patient/" + id, Hexadecimal.text(pseudonym)] {
            let answer = await fixture.send(
                "POST",
                "/audit/patients/timeline",
                #"{"patient":"\#(name)","reason":"complaint","kind":"decision"}"#
            )
            #expect(try AuditGateway.ids(answer) == [mine.eventID.text], "\(name)")
        }
        let unknown = await fixture.send(
            "POST",
            "/audit/patients/timeline",
            #"{"patient":"pseudonym:\#(id)","reason":"complaint"}"#
        )
        #expect(unknown.status == 200)
        #expect(try AuditGateway.ids(unknown).isEmpty)
        var filter = AuditFilter()
        filter.kind = .auditRead
        let query = try AuditQuery.open(fixture.database.login("auditor_anna"))
        let reads = try query.list(filter).events.map(\.record.patientPseudonym)
        #expect(reads.reversed() == [pseudonym, pseudonym, pseudonym, pseudonym, nil])
        let raw = [UInt8](repeating: 10, count: 32)
        #expect(try !query.isPseudonym(raw, of: "anna"))
        #expect(try query.isPseudonym(pseudonym, of: "anna"))
    }

    @Test("Who saw a patient is asked of everything: what would leave readers out is refused")
    func whoSawNarrowed() async throws {
        let fixture = try AuditGateway()
        try await fixture.decide("anna")
        for (name, value) in [
            ("service", #""news2""#), ("kind", #""decision""#), ("limit", "10"),
            ("cursor", #""x""#),
        ] {
            let answer = await fixture.send(
                "POST",
                "/audit/patients/who-saw",
                #"{"patient":"p1","reason":"complaint","\#(name)":\#(value)}"#
            )
            #expect(answer.status == 400, "\(name)")
            #expect(String(decoding: answer.body, as: UTF8.self).contains("/" + name), "\(name)")
        }
    }

    @Test("A reason that names the patient is refused, for it outlives the patient's rows")
    func namingReasons() async throws {
        let fixture = try AuditGateway()
        try await fixture.decide("anna", patient: "limen-example")
        for path in ["patients/timeline", "patients/who-saw", "events/search"] {
            for patient in ["limen-example", "Patient/limen-example"] {
                let answer = await fixture.send(
                    "POST",
                    "/audit/" + path,
                    #"{"reason":"complaint of limen-example","patient":"\#(patient)"}"#
                )
                #expect(answer.status == 400, "\(path)")
                let text = String(decoding: answer.body, as: UTF8.self)
                #expect(text.contains("/reason") && !text.contains("limen-example"), "\(text)")
            }
        }
    }

    @Test("A header's plus is a plus: it is percent-encoded, and no form")
    func plusInReason() async throws {
        let fixture = try AuditGateway()
        let mine = try await fixture.decide("anna")
        let show = await fixture.send(
            "GET",
            "/audit/events/" + mine.eventID.text,
            fields: [("Limen-Reason", "ward%20A+B")]
        )
        #expect(show.status == 200)
        var filter = AuditFilter()
        filter.kind = .auditRead
        let query = try AuditQuery.open(fixture.database.login("auditor_anna"))
        let read = try #require(try query.list(filter, hasDocuments: true).events.first?.record)
        #expect(String(decoding: read.details ?? [], as: UTF8.self).contains("ward A+B"))
    }

    @Test("shows nothing about a patient without a reason")
    func reasons() async throws {
        let fixture = try AuditGateway()
        let mine = try await fixture.decide("anna")
        for (method, path, body) in [
            ("GET", "/audit/events/" + mine.eventID.text, ""),
            ("POST", "/audit/patients/timeline", #"{"patient":"p1"}"#),
            ("POST", "/audit/patients/who-saw", #"{"patient":"p1"}"#),
            ("POST", "/audit/events/search", #"{"patient":"p1"}"#),
            ("POST", "/audit/events/search", #"{"patient":"p1","kind":"decision","limit":1}"#),
            (
                "POST", "/audit/events/search",
                #"{"patient":"\#(Hexadecimal.text(mine.patientPseudonym ?? []))"}"#
            ),
            ("POST", "/audit/exports", #"{"format":"csv"}"#),
        ] {
            let answer = await fixture.send(method, path, body)
            #expect(answer.status == 400, "\(path)")
            #expect(try AuditGateway.json(answer)["code"]?.stringValue == "LIMEN-GATE-061")
        }
    }

    @Test("A1, A2, A3: takes the tenant from the caller, and from no other place")
    func tenants() async throws {
        let fixture = try AuditGateway()
        let mine = try await fixture.decide("anna")
        try await fixture.decide("berta")
        let header = await fixture.send(
            "GET",
            "/audit/events",
            query: "kind=decision",
            fields: [("X-Tenant", "berta"), ("Tenant", "berta")]
        )
        #expect(try AuditGateway.ids(header) == [mine.eventID.text])
        for query in ["tenant=berta", "tenant=anna&tenant=berta", "kind=decision&kind=decision"] {
            #expect(await fixture.send("GET", "/audit/events", query: query).status == 400)
        }
        for (body, status) in [
            (#"{"tenant":"berta"}"#, 403), (#"{"tenant":["anna","berta"]}"#, 403),
            (#"{"tenant":null}"#, 403), (#"{"tenant":"ANNA"}"#, 403),
            (#"{"tenant":"anna\u0000"}"#, 403), (#"{"tenantId":"berta"}"#, 403),
            (#"{"tenant":"anna","tenant":"berta"}"#, 400), (#"{"tenant":"anna"}"#, 200),
        ] {
            let answer = await fixture.send("POST", "/audit/events/search", body)
            #expect(answer.status == status, "\(body)")
        }
        for path in ["/audit/berta/events", "/berta/audit/events", "/audit/events/../berta"] {
            #expect(await fixture.send("GET", path).status == 404, "\(path)")
        }
    }

    @Test("A4, A11, A18: another tenant's event and review are as absent as unknown ones")
    func otherTenants() async throws {
        let fixture = try AuditGateway()
        let theirs = try await fixture.decide("berta")
        let made = await fixture.send(
            "POST",
            "/audit/reviews",
            #"{"question":"reads","from":"2026-01-01T00:00:00Z","to":"2030-01-01T00:00:00Z"}"#,
            as: "auditor-berta"
        )
        #expect(made.status == 201)
        let review = try #require(try AuditGateway.json(made)["review"]?.stringValue)
        let unknown = UUIDBytes.version4().text
        for (method, path, body) in [
            ("GET", "/audit/events/", ""), ("GET", "/audit/reviews/", ""),
            ("POST", "/audit/reviews/{id}/runs", ""),
            ("POST", "/audit/reviews/{id}/closing", #"{"found":"nothing"}"#),
        ] {
            let isEvent = path.contains("events")
            var bodies: [[UInt8]] = []
            for id in [isEvent ? theirs.eventID.text : review, unknown, "x", "x' OR true --"] {
                let place =
                    path.contains("{id}") ? path.replacing("{id}", with: id) : path + id
                let answer = await fixture.send(
                    method,
                    place,
                    body,
                    fields: [("Limen-Reason", "trying")]
                )
                #expect(answer.status == 404, "\(place)")
                bodies.append(answer.body)
            }
            #expect(Set(bodies).count == 1, "one body for hidden, unknown and malformed")
        }
    }

    @Test("A5, A6, A7, A20: SQL, columns, wildcards and fields are values or are refused")
    func injection() async throws {
        let fixture = try AuditGateway()
        try await fixture.decide("anna")
        try await fixture.decide("berta")
        let texts = [
            "' OR true --", "'; DROP TABLE audit.event; --", "%", "_", "(a+)+$", "\\", "\"",
            "$1", "anna", "NULL", "1) UNION SELECT * FROM audit.event --",
        ]
        for name in ["client", "service", "code", "model"] {
            for text in texts {
                var writer = JSONWriter()
                writer.beginObject()
                writer.member(name, text)
                writer.endObject()
                let answer = await fixture.send("POST", "/audit/events/search", writer.text)
                #expect(answer.status == 200, "\(name) \(text)")
                #expect(try AuditGateway.ids(answer).isEmpty, "\(name) \(text)")
                let query = name + "=" + text.utf8.map { "%" + Hexadecimal.text([$0]) }.joined()
                let listed = await fixture.send("GET", "/audit/events", query: query)
                #expect(try AuditGateway.ids(listed).isEmpty, "\(query)")
            }
        }
        for name in ["kind", "outcome", "arm", "card", "event", "hookInstance", "traceId", "from"] {
            for text in texts {
                var writer = JSONWriter()
                writer.beginObject()
                writer.member(name, text)
                writer.endObject()
                let answer = await fixture.send("POST", "/audit/events/search", writer.text)
                #expect(answer.status == 400, "\(name) \(text)")
            }
        }
        for query in [
            "order=started_at", "sort=tenant", "fields=sealed_inputs", "select=*", "patient=p1",
            "user=x", "debug=1", "=", "&&=", "kind", "kind=%", "kind=%zz", "%00=1", "client=%00",
            "client=%c3%28", "client=",
        ] {
            let answer = await fixture.send("GET", "/audit/events", query: query)
            #expect(answer.status == 400, "\(query)")
        }
        for body in [
            "", "[]", "{", "null", #"{"select":["sealed_inputs"]}"#, #"{"client":1}"#,
            #"{"client":{"a":1}}"#, #"{"client":"a\u0000b"}"#, #"{"limit":"x"}"#,
            #"{"client":"\#(String(repeating: "a", count: 300))"}"#,
        ] {
            let answer = await fixture.send("POST", "/audit/events/search", body)
            #expect(answer.status == 400, "\(body)")
        }
        let all = try fixture.database.count(
            "SELECT count(*) FROM audit.event WHERE kind = 'decision'"
        )
        #expect(all == 2)
    }

    @Test("A8: a cursor that was altered, or is of another tenant, reader or question, is refused")
    func cursors() async throws {
        let fixture = try AuditGateway()
        let start = Records.now
        for number in 0..<7 {
            for tenant in ["anna", "berta"] {
                try await fixture.decide(
                    tenant,
                    at: start.advanced(byMicroseconds: Int64(number / 2))
                )
            }
        }
        var seen: [String] = []
        var cursor: String?
        var first: String?
        repeat {
            let query = "kind=decision&limit=3" + (cursor.map { "&cursor=" + $0 } ?? "")
            let answer = await fixture.send("GET", "/audit/events", query: query)
            seen += try AuditGateway.ids(answer)
            cursor = try AuditGateway.json(answer)["next"]?.stringValue
            first = first ?? cursor
        } while cursor != nil
        #expect(seen.count == 7)
        #expect(Set(seen).count == 7)
        let text = try #require(first)
        // Of another tenant, of another reader, of another question.
        for (client, query) in [
            ("auditor-berta", "kind=decision"), ("auditor-anna", "kind=fetch"),
            ("auditor-anna", ""), ("auditor-anna", "kind=decision&from=2026-01-01T00:00:00Z"),
        ] {
            let answer = await fixture.send(
                "GET",
                "/audit/events",
                query: query + (query.isEmpty ? "" : "&") + "cursor=" + text,
                as: client
            )
            #expect(answer.status == 400, "\(client) \(query)")
        }
        let bytes = Array(text.utf8)
        for position in bytes.indices {
            var altered = bytes
            altered[position] =
                altered[position] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            let answer = await fixture.send(
                "GET",
                "/audit/events",
                query: "kind=decision&cursor=" + String(decoding: altered, as: UTF8.self)
            )
            #expect(answer.status == 400, "character \(position)")
        }
        for length in [0, 1, 30, bytes.count - 1] {
            let part = String(decoding: bytes.prefix(length), as: UTF8.self)
            let answer = await fixture.send(
                "GET",
                "/audit/events",
                query: "kind=decision&cursor=" + part
            )
            #expect(answer.status == 400)
        }
    }

    @Test("A9, A10: limits and times out of range are refused, far ones find what there is")
    func ranges() async throws {
        let fixture = try AuditGateway()
        let mine = try await fixture.decide("anna")
        for limit in [
            "0", "-1", "1001", "9223372036854775808", "1e3", "1.5", "", "+1", "%2B1", "٣",
        ] {
            let answer = await fixture.send("GET", "/audit/events", query: "limit=" + limit)
            #expect(answer.status == 400, "\(limit)")
        }
        for body in [
            #"{"limit":0}"#, #"{"limit":-1}"#, #"{"limit":9223372036854775808}"#,
            #"{"from":"2026-05-05T00:00:00Z","to":"2026-05-04T00:00:00Z"}"#,
            #"{"from":"2026-05-04T00:00:00Z","to":"2026-05-04T00:00:00Z"}"#,
            #"{"from":"2026-05-04"}"#, #"{"from":"2026-05-04T00:00:00"}"#,
            #"{"from":"infinity"}"#, #"{"from":"2026-02-30T00:00:00Z"}"#,
            #"{"to":"2026-05-04"}"#, #"{"to":"2026-05-04","zone":"CET"}"#,
            #"{"zone":"CET"}"#, #"{"from":"2026-05-05","to":"2026-05-04","zone":"Z"}"#,
            #"{"user":"practitioner/abc"}"#, #"{"user":"Practitoner/abc"}"#, #"{"user":"a b"}"#,
        ] {
            let answer = await fixture.send("POST", "/audit/events/search", body)
            #expect(answer.status == 400, "\(body)")
        }
        let far = await fixture.send(
            "POST",
            "/audit/events/search",
            #"{"from":"0001-01-01T00:00:00Z","to":"9999-12-31T23:59:59+02:00","kind":"decision"}"#
        )
        #expect(try AuditGateway.ids(far) == [mine.eventID.text])
    }

    @Test("A date is the whole of its day in the zone that is stated, first and last day included")
    func days() async throws {
        let fixture = try AuditGateway()
        let day = "2026-05-04"
        var ids: [String] = []
        for time in ["T00:00:00Z", "T12:00:00Z", "T23:59:59.999Z"] {
            let moment = try #require(Instant(rfc3339: day + time))
            ids.append(try await fixture.decide("anna", at: moment).eventID.text)
        }
        for (body, count) in [
            (#"{"from":"2026-05-04","to":"2026-05-04","zone":"Z"}"#, 3),
            (#"{"from":"2026-05-05","to":"2026-05-05","zone":"Z"}"#, 0),
            (#"{"zone":"+02:00","from":"2026-05-04","to":"2026-05-04"}"#, 2),
            (#"{"to":"2026-05-04T23:59:59.999Z"}"#, 2),
        ] {
            let found = await fixture.send("POST", "/audit/events/search", body)
            #expect(found.status == 200, "\(body)")
            let names = try AuditGateway.ids(found).filter { ids.contains($0) }
            #expect(names.count == count, "\(body)")
        }
        let query = "from=2026-05-04&to=2026-05-04&zone=%2B02:00"
        let listed = await fixture.send("GET", "/audit/events", query: query)
        #expect(try AuditGateway.ids(listed).filter { ids.contains($0) }.count == 2)
        // A plus that is not encoded is a blank in a URL.
        let blank = await fixture.send(
            "GET",
            "/audit/events",
            query: "to=2026-05-04&zone=+02:00"
        )
        #expect(blank.status == 400)
    }

    @Test("A user is found by the id alone, whatever type the EHR sent")
    func users() async throws {
        let fixture = try AuditGateway()
        let key = try #require(fixture.keys["anna"])
        for reference in ["Practitioner/u1", "PractitionerRole/u1", "u1"] {
            let mine = try await fixture.decide("anna") {
                $0.userPseudonym = key.authenticate(reference)
            }
            for user in ["u1", reference] {
                let found = await fixture.send(
                    "POST",
                    "/audit/events/search",
                    #"{"user":"\#(user)"}"#
                )
                #expect(try AuditGateway.ids(found).contains(mine.eventID.text), "\(user)")
            }
            let other = await fixture.send("POST", "/audit/events/search", #"{"user":"u2"}"#)
            #expect(try AuditGateway.ids(other).isEmpty)
        }
    }

    @Test("Who saw a patient holds the exports and lists that named no patient, and marks them")
    func whoSawAll() async throws {
        let fixture = try AuditGateway()
        try await fixture.decide("anna")
        try await fixture.decide("anna", patient: "p2")
        for (path, body) in [
            ("/audit/exports", #"{"format":"csv","reason":"a copy of all","identified":true}"#),
            ("/audit/exports", #"{"format":"csv","reason":"a part","service":"news2"}"#),
            ("/audit/patients/timeline", #"{"patient":"p2","reason":"another one"}"#),
        ] {
            #expect(await fixture.send("POST", path, body).status == 200)
        }
        #expect(await fixture.send("GET", "/audit/events", query: "limit=5").status == 200)
        let answer = await fixture.send(
            "POST",
            "/audit/patients/who-saw",
            #"{"patient":"p1","reason":"an access report"}"#
        )
        let readers = try AuditGateway.json(answer)["readers"]?.elements.map { $0 } ?? []
        let lines = readers.map { reader in
            [
                reader["way"]?.stringValue ?? "", reader["covered"]?.stringValue ?? "",
                reader["reasons"]?.elements.map { $0.stringValue ?? "" }.joined() ?? "",
                reader["filters"]?.elements.map { $0.stringValue ?? "" }.joined() ?? "",
            ].joined(separator: "|")
        }
        #expect(lines.contains("export|all|a copy of all|"), "\(lines)")
        #expect(lines.contains("export|perhaps|a part|service"), "\(lines)")
        #expect(lines.contains("read|perhaps||"), "\(lines)")
        #expect(lines.contains { $0.hasPrefix("answer|patient|") }, "\(lines)")
        #expect(!lines.joined().contains("another one"), "\(lines)")
        // The command asks the same.
        let query = try AuditQuery.open(fixture.database.login("auditor_anna"))
        var filter = AuditFilter()
        filter.tenant = "anna"
        filter.patientPseudonyms = [try #require(fixture.keys["anna"]).authenticate("Patient/p1")]
        let report = try query.readers(filter)
        #expect(!report.isCut)
        #expect(report.readers.all.contains { $0.way == .export && $0.coverage == .all })
        #expect(report.readers.all.contains { $0.way == .export && $0.coverage == .perhaps })
    }

    @Test("A12, A13: feedback on another tenant's card is an orphan of one's own, however often")
    func feedback() async throws {
        let fixture = try AuditGateway()
        let theirs = try await fixture.decide("berta")
        let body = #"""
            {"feedback":[{"card":"\#(theirs.cardIDs[0].text)","outcome":"accepted",
              "outcomeTimestamp":"2026-05-04T10:00:00Z"}]}
            """#
        var statuses: Set<Int> = []
        for _ in 0..<20 {
            let answer = await fixture.send(
                "POST",
                "/cds-services/qsofa/feedback",
                body,
                as: "ward-anna"
            )
            statuses.insert(answer.status)
        }
        #expect(statuses.isSubset(of: [200, 429]))
        let other = try AuditQuery.open(fixture.database.login("auditor_berta"))
        #expect(try other.show(theirs.eventID)?.answers.isEmpty == true)
        let own = try AuditQuery.open(fixture.database.login("auditor_anna"))
        #expect(try own.orphanedFeedback().count >= 1)
    }

    @Test("A14: a question that is asked again is a further row, and gives nothing more")
    func repeated() async throws {
        let fixture = try AuditGateway()
        try await fixture.decide("anna")
        let body = #"{"patient":"p1","reason":"the same"}"#
        let first = await fixture.send("POST", "/audit/patients/timeline", body)
        let second = await fixture.send("POST", "/audit/patients/timeline", body)
        #expect(try AuditGateway.ids(first).count == 1)
        // The first read is itself an event about the patient.
        #expect(try AuditGateway.ids(second).count == 2)
    }

    @Test("A15: an auditor who was struck off reads nothing more, on a live connection too")
    func revoked() async throws {
        let fixture = try AuditGateway()
        let mine = try await fixture.decide("anna")
        #expect(await fixture.send("GET", "/audit/events").status == 200)
        let query = try AuditQuery.open(fixture.database.login("auditor_anna"))
        #expect(try query.show(mine.eventID) != nil)
        try Provisioning.open(fixture.database.administrator)
            .revokeAuditor(login: "auditor_anna", tenant: "anna")
        #expect(try query.show(mine.eventID) == nil)
        try fixture.gateway.reload(
            AuditGateway.catalogue(["anna", "berta"], inactive: ["auditor-anna"])
        )
        #expect(await fixture.send("GET", "/audit/events").status == 401)
    }

    @Test("A16: a question that was given up leaves nothing behind on its connection")
    func cancelled() async throws {
        let fixture = try AuditGateway(readers: 1)
        let mine = try await fixture.decide("anna")
        let theirs = try await fixture.decide("berta")
        for _ in 0..<50 {
            let given = Task { await fixture.send("GET", "/audit/events", query: "kind=decision") }
            given.cancel()
            let answer = await fixture.send(
                "GET",
                "/audit/events",
                query: "kind=decision",
                as: "auditor-berta"
            )
            #expect(try AuditGateway.ids(answer) == [theirs.eventID.text])
            let late = await given.value
            if late.status == 200 { #expect(try AuditGateway.ids(late) == [mine.eventID.text]) }
        }
        // A connection that says for no tenant reads no row.
        let connection = try Connection.open(fixture.database.login("limen_audit_api"))
        let rows = try connection.execute("SELECT count(*) FROM audit.event")
        #expect(try rows.integer(0, 0) == 0)
    }
}
