import Audit
import Basics
import CDSHooks
import HTTPMessages
import JSON
import Support
import Testing

@testable import Gateway

/// A service over NEWS2 that does not show the same result again.
struct RepeatFixture {
    let gateway: GatewayFixture
    let memory: RecordedShownMemory

    /// Another client of the tenant.
    static let second = AccessFixture.apiKey("second")

    init(_ rule: String = #"{"within":"PT8H","by":"patient"}"#, mode: String = "live") throws {
        let sink = InMemoryAuditSink()
        let memory = RecordedShownMemory(sink)
        self.memory = memory
        gateway = try GatewayFixture(
            sink: sink,
            extraFiles: [
                "Hooks/calm.json": Self.document(rule, mode: mode),
                "Hooks/clients/second.json": AccessFixture.client("second", Self.second.member),
            ]
        ) {
            $0.shownMemory = memory
        }
    }

    static func document(_ rule: String, mode: String = "live", also: String = "") -> [UInt8] {
        Array(
            #"""
            {"id":"calm","hook":"patient-view","title":"Calm","description":"D","prefetch":"auto",
             "limen":{"format":"limen-hook/1","version":"1.0.0","profile":"news2","mode":"\#(mode)",
              "deadline":"PT0.4S","alsoOn":["encounter-start"],"suppress":\#(rule)\#(also),
              "defaults":{"source":{"label":"The source"}},
              "cards":[
               {"name":"high","when":"%result.score >= 7","all":true,
                "card":{"summary":"High {{ %result.score }}","indicator":"critical"}},
               {"name":"some","when":"%result.score >= 1",
                "card":{"summary":"Some {{ %result.score }}","indicator":"warning",
                 "suggestions":[{"label":"Call","actions":[{"type":"create","description":"d",
                  "resource":{"resourceType":"Task"}}]}],"selectionBehavior":"any"}}]}}
            """#.utf8
        )
    }

    /// An answer in short: the names and indicators of its cards, and the beginnings of the summaries.
    func call(
        _ vitals: [String],
        instance: Int,
        hook: String = "patient-view",
        user: String = "Practitioner/pr1",
        server: String? = nil,
        key: String = GatewayFixture.key,
        extensions: String = ""
    ) async throws -> [String] {
        var body = HookBody(observations: vitals)
        body.hook = hook
        body.extensions = extensions
        body.more = server.map { #","fhirServer":"\#($0)""# } ?? ""
        body.instance = "d1577c69-dfbe-44ad-ba6d-3e05e953b2\(instance + 10)"
        var text = body.text.replacing("Practitioner/pr1", with: user)
        if hook == "encounter-start" {
            text = text.replacing(
                #""patientId":"p1""#,
                with: #""patientId":"p1","encounterId":"e1""#
            )
        }
        let response = await gateway.post("/cds-services/calm", text, key: key)
        #expect(response.status == 200, "\(response.text)")
        let cards =
            try response.json["cards"]?.elements ?? JSONDocument(parsing: "[]").root.elements
        return cards.map { card in
            (card["indicator"]?.stringValue ?? "") + " " + (card["summary"]?.stringValue ?? "")
        }
    }

    var row: AuditRecord {
        get throws { try #require(gateway.sink.records.last) }
    }

    /// Vitals that give a score of three, and more with a pulse that gives some.
    static func three(pulse: String = "70") -> [String] {
        HookBody.vitals(rr: "26", pulse: pulse)
    }
}
