import Basics
import HTTPMessages
import JSON

@testable import limen

/// A little CDS Hooks service that is sound until something in it is broken on purpose.
struct BrokenService {
    static let origin = "https://ehr.example"
    static let resource = #"{"resourceType":"Task","id":"t","status":"ready","intent":"order"}"#

    var discovery =
        #"{"services":[{"hook":"patient-view","id":"s","title":"T","description":"D","#
        + #""usageRequirements":"U","prefetch":{"patient":"Patient/{{context.patientId}}","#
        + #""visits":"Encounter?patient={{context.patientId}}&_count=5","#
        + #""user":"Practitioner/{{userPractitionerId}}"},"extension":{"org.example":{"a":1}}},"#
        + #"{"hook":"encounter-start","id":"s","title":"T","description":"D","#
        + #""prefetch":{"patient":"Patient/{{context.patientId}}"}}]}"#
    var answer =
        #"{"cards":[{"uuid":"d1577c69-dfbe-44ad-ba6d-3e05e953b2ea","summary":"S","#
        + #""indicator":"info","detail":"D","source":{"label":"L","url":"https://s.example","#
        + #""icon":"https://s.example/i.png","topic":{"code":"c","system":"https://t.example","#
        + #""display":"T"}},"links":[{"label":"A","url":"https://a.example","type":"absolute"},"#
        + #"{"label":"B","url":"https://b.example","type":"smart","appContext":"x"}],"#
        + #""overrideReasons":[{"code":"r","system":"https://r.example","display":"R"}],"#
        + #""selectionBehavior":"any","suggestions":[{"label":"One","uuid":"u1","#
        + #""isRecommended":true,"actions":[{"type":"create","description":"C","resource":\#(resource)},"#
        + #"{"type":"update","description":"U","resource":\#(resource)}]},"#
        + #"{"label":"Two","uuid":"u2","isRecommended":true,"actions":[{"type":"delete","#
        + #""description":"R","resourceId":"Task/t"}]}],"extension":{"org.example":{"a":1}}}],"#
        + #""systemActions":[{"type":"update","description":"U","resource":\#(resource)}]}"#
    var mediaType = "application/json"
    var discoveryStatus = 200
    var status = 200
    /// What is answered without prefetch, and with errors in it.
    var withoutData = (status: 412, body: "{}")
    var withErrors = (status: 412, body: "{}")
    var withNull = 200
    var withExtension = 200
    var malformed = 400
    var feedback = 200
    var stranger = 401
    var accepts: [String] = []
    var allowedOrigin: String? = origin
    var allowedHeaders = "Content-Type, Authorization"
    var milliseconds = 20

    func respond(
        _ method: String,
        _ path: String,
        _ fields: HTTPFields,
        _ body: [UInt8]
    ) -> ConformRun.Answer? {
        func answer(_ status: Int, _ text: String) -> ConformRun.Answer {
            var answered: HTTPFields = ["Content-Type": mediaType]
            if let allowedOrigin { answered.append("Access-Control-Allow-Origin", allowedOrigin) }
            answered.append("Access-Control-Allow-Methods", "GET, POST, OPTIONS")
            answered.append("Access-Control-Allow-Headers", allowedHeaders)
            return ConformRun.Answer(
                status: status,
                fields: answered,
                body: Array(text.utf8),
                milliseconds: milliseconds
            )
        }
        if method == "OPTIONS" { return answer(204, "") }
        if path == "/cds-services" { return answer(discoveryStatus, discovery) }
        let credential = fields["authorization"] ?? ""
        if credential != "Bearer right" {
            return answer(accepts.contains(where: credential.contains) ? 200 : stranger, "{}")
        }
        if path == "/cds-services/s/feedback" { return answer(feedback, "") }
        guard path == "/cds-services/s" else { return answer(404, "{}") }
        let text = String(decoding: body, as: UTF8.self)
        guard let root = (try? JSONDocument(parsing: body))?.root, root["hook"] != nil else {
            return answer(malformed, "{}")
        }
        guard root["prefetch"] != nil else { return answer(withoutData.status, withoutData.body) }
        if text.contains("OperationOutcome") { return answer(withErrors.status, withErrors.body) }
        if text.contains(#""patient":null"#) { return answer(withNull, #"{"cards":[]}"#) }
        if root["conform"] != nil { return answer(withExtension, self.answer) }
        return answer(status, self.answer)
    }

    /// The check of this service.
    func run() throws -> ConformRun {
        ConformRun(
            base: "https://cds.example",
            serviceID: nil,
            origin: Self.origin,
            credentials: ["Authorization": "Bearer right"],
            sample: try ConformSample(file: nil, now: Instant(microseconds: 1_777_888_800_000_000))
        ) { respond($0, $1, $2, $3) }
    }
}
