import Audit
import AuditStore
import Basics
import Crypto
import Foundation
import Gateway
import HTTPMessages
import JSON
import PostgreSQL
import Testing

/// The attacks on what is answered: many tenants at once, other forms, exports, a trail that fails.
extension AuditAPITests {
    @Test("A17, A19, A24: a thousand tenants side by side on one pool see their own rows alone")
    func interleaved() async throws {
        let tenants = (0..<1_000).map { "t\($0)" }
        let fixture = try AuditGateway(moreTenants: tenants, readers: 4)
        var made: [String: String] = [:]
        for tenant in tenants {
            made[tenant] = try await fixture.decide(tenant).eventID.text
        }
        let own = made
        let wrong = await withTaskGroup(of: Int.self) { group in
            for lane in 0..<16 {
                group.addTask {
                    var wrong = 0
                    for tenant in tenants.indices where tenant % 16 == lane {
                        let name = tenants[(tenant * 7) % tenants.count]
                        let answer = await fixture.send(
                            "GET",
                            "/audit/events",
                            query: "kind=decision",
                            as: "auditor-" + name
                        )
                        let ids = (try? AuditGateway.ids(answer)) ?? []
                        if ids != [own[name] ?? ""] { wrong += 1 }
                        if answer.fields["etag"] != nil { wrong += 1 }
                        if answer.fields["cache-control"] != "no-store" { wrong += 1 }
                    }
                    return wrong
                }
            }
            return await group.reduce(0, +)
        }
        #expect(wrong == 0)
    }

    @Test("A22, A23, A25: other roles, other methods and other forms get nothing")
    func others() async throws {
        let fixture = try AuditGateway()
        try await fixture.decide("anna")
        for client in ["ward-anna", "admin-anna"] {
            #expect(await fixture.send("GET", "/audit/events", as: client).status == 403)
        }
        #expect(await fixture.send("GET", "/audit/events", as: nil).status == 401)
        for method in ["POST", "PUT", "DELETE", "PATCH", "TRACE"] {
            let answer = await fixture.send(
                method,
                "/audit/events",
                fields: [("X-HTTP-Method-Override", "GET")]
            )
            #expect(answer.status == 405, "\(method)")
            #expect(answer.fields["allow"] == "GET, HEAD, OPTIONS", "\(method)")
        }
        let override = await fixture.send(
            "GET",
            "/audit/events/search",
            fields: [("X-HTTP-Method-Override", "POST")]
        )
        #expect(override.status == 404 || override.status == 405)
        for accept in ["text/html", "application/x-debug", "image/png"] {
            let answer = await fixture.send("GET", "/audit/events", fields: [("Accept", accept)])
            #expect(answer.status == 406)
        }
        // An auditor may do nothing else.
        let hook = await fixture.send("POST", "/cds-services/qsofa", "{}")
        #expect(hook.status == 403)
    }

    @Test("HEAD is read and recorded as GET is, and OPTIONS tells anybody the methods alone")
    func heads() async throws {
        let fixture = try AuditGateway()
        let mine = try await fixture.decide("anna")
        let made = await fixture.send(
            "POST",
            "/audit/reviews",
            #"{"question":"reads","from":"2026-01-01T00:00:00Z","to":"2030-01-01T00:00:00Z"}"#
        )
        #expect(made.status == 201)
        let review = try #require(try AuditGateway.json(made)["review"]?.stringValue)
        let places = [
            ("/audit/events", "GET, HEAD, OPTIONS"),
            ("/audit/events/" + mine.eventID.text, "GET, HEAD, OPTIONS"),
            ("/audit/reviews", "GET, HEAD, POST, OPTIONS"),
            ("/audit/reviews/" + review, "GET, HEAD, OPTIONS"),
        ]
        for (path, methods) in places {
            for method in ["GET", "HEAD"] {
                let answer = await fixture.send(
                    method,
                    path,
                    fields: [("Limen-Reason", "complaint")]
                )
                #expect(answer.status == 200, "\(method) \(path)")
            }
            let options = await fixture.send("OPTIONS", path, as: nil)
            #expect(options.status == 204, "\(path)")
            #expect(options.fields["allow"] == methods, "\(path)")
        }
        #expect(await fixture.send("HEAD", "/audit/events", as: nil).status == 401)
        #expect(await fixture.send("HEAD", "/audit/events", "{}").status == 400)
        let query = try AuditQuery.open(fixture.database.login("auditor_anna"))
        var filter = AuditFilter()
        filter.kind = .auditRead
        let reads = try query.list(filter, hasDocuments: true).events.map(\.record)
        #expect(reads.count { $0.flags.contains("list") && $0.status == 200 } == 2)
        #expect(reads.count { $0.flags.contains("show") && $0.causedBy == mine.eventID } == 2)
        filter.kind = .auditReview
        let reviews = try query.list(filter, hasDocuments: true).events.map(\.record)
        #expect(reviews.count { $0.flags.contains("review-new") } == 1)
        #expect(reviews.count { $0.flags.contains("review-list") } == 2)
        #expect(reviews.count { $0.flags.contains("review-show") } == 2)
    }

    @Test("A21: an export comes in parts that add up, free of formulas, each part with its row")
    func exports() async throws {
        let fixture = try AuditGateway()
        let start = Records.now
        for number in 0..<1_203 {
            var record = Records.small("anna", at: start.advanced(byMicroseconds: Int64(number)))
            record.client = "=cmd|' /C calc'!A0"
            try await fixture.sink.append(record)
        }
        try await fixture.decide("berta")
        var cursor: String?
        var lines = 0
        var parts = 0
        var digest = [UInt8](repeating: 0, count: 32)
        var isComplete = false
        repeat {
            let more = cursor.map { #","cursor":"\#($0)""# } ?? ""
            let answer = await fixture.send(
                "POST",
                "/audit/exports",
                #"{"format":"csv","kind":"decision","reason":"yearly review"\#(more)}"#
            )
            try #require(answer.status == 200)
            digest = Digest.sha256(digest + answer.body)
            let text = String(decoding: answer.body, as: UTF8.self)
            lines += text.components(separatedBy: "\r\n").count - 1
            #expect(!text.contains(",=cmd"))
            #expect(text.contains(",'=cmd"))
            #expect(answer.fields["limen-export-digest"] == Hexadecimal.text(digest))
            cursor = answer.fields["limen-export-next"]
            isComplete = answer.fields["limen-export-complete"] == "true"
            parts += 1
        } while cursor != nil && parts < 10
        #expect(parts == 3)
        #expect(isComplete)
        #expect(lines == 1_204)
        // The cursor of an export is of no use with another question, or to another reader.
        let first = await fixture.send(
            "POST",
            "/audit/exports",
            #"{"format":"csv","kind":"decision","reason":"again"}"#
        )
        let next = try #require(first.fields["limen-export-next"])
        for (client, question) in [
            ("auditor-berta", #""format":"csv","kind":"decision""#),
            ("auditor-anna", #""format":"audit-event","kind":"decision""#),
            ("auditor-anna", #""format":"csv","kind":"decision","identified":true"#),
            ("auditor-anna", #""format":"csv""#),
        ] {
            let answer = await fixture.send(
                "POST",
                "/audit/exports",
                #"{\#(question),"reason":"guess","cursor":"\#(next)"}"#,
                as: client
            )
            #expect(answer.status == 400, "\(question)")
        }
        var filter = AuditFilter()
        filter.kind = .auditExport
        let query = try AuditQuery.open(fixture.database.login("auditor_anna"))
        let rows = try query.list(filter).events.map(\.record)
        #expect(rows.count == 4)
        let begun = rows.filter { $0.flags.contains(ExportMark.begun) }
        let ended = rows.filter { $0.flags.contains(ExportMark.complete) }
        #expect(begun.count == 2)
        #expect(ended.count == 1)
    }

    @Test("An export holds no id of the EHR in any form, unless references were asked for")
    func hiddenIDs() async throws {
        let fixture = try AuditGateway()
        let key = try #require(fixture.keys["anna"])
        try await fixture.decide("anna") { record in
            record.pseudonymEpoch = 1
            record.artifacts = Array(#"{"profile":{"name":"news2","sha256":"00"}}"#.utf8)
            record.patientReference = "Patient/MRN-0042-JANE"
            record.userReference = "Practitioner/PRAC-0042"
            record.encounterReference = "Encounter/ENC-0042"
            record.inputs = Array(
                (#"[{"name":"a","value":"42","source":{"resource":"Observation/OBS-0042"}},"#
                    + #"{"name":"b","value":"43","source":{"resource":"Patient/MRN-0042-JANE"}}]"#)
                    .utf8
            )
        }
        for format in ["csv", "audit-event", "provenance"] {
            let answer = await fixture.send(
                "POST",
                "/audit/exports",
                #"{"format":"\#(format)","kind":"decision","reason":"why"}"#
            )
            #expect(answer.status == 200)
            let text = String(decoding: answer.body, as: UTF8.self)
            #expect(!text.contains("0042"), "\(format): \(text)")
            #expect(!text.isEmpty)
            guard format == "provenance" else { continue }
            for name in ["Observation/OBS-0042", "Patient/MRN-0042-JANE"] {
                #expect(text.contains(Hexadecimal.text(key.authenticate(name))), "\(text)")
            }
        }
        let open = await fixture.send(
            "POST",
            "/audit/exports",
            #"{"format":"provenance","kind":"decision","reason":"why","identified":true}"#
        )
        #expect(String(decoding: open.body, as: UTF8.self).contains("Observation/OBS-0042"))
    }

    @Test("answers 503 and shows nothing when the row of the read is not durable")
    func undurable() async throws {
        let fixture = try AuditGateway()
        let mine = try await fixture.decide("anna")
        fixture.sink.close()
        let answer = await fixture.send("GET", "/audit/events", query: "kind=decision")
        #expect(answer.status == 503)
        #expect(!String(decoding: answer.body, as: UTF8.self).contains(mine.eventID.text))
    }
}
