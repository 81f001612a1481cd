import Basics
import Crypto
import HTTPClient
import HTTPMessages
import JSON
import Posix

/// Plants markers in requests of every kind and keeps what must not hold one: the bodies of errors.
final class MarkerPlanter {
    /// What was made so far.
    private(set) var series: MarkerSeries
    /// The heads and bodies of answers with a status of 400 or more.
    private(set) var errorAnswers = ""
    /// How many answers there were of each status.
    private(set) var statusCounts: [Int: Int] = [:]

    private let url: String
    private let key: String
    private let template: String
    private let bundle: String
    private let fhirServer: MarkerFHIRServer
    private var cardIDs: [String] = []

    init(
        url: String,
        key: String,
        template: String,
        bundle: String,
        fhirServer: MarkerFHIRServer,
        series: MarkerSeries
    ) {
        self.url = url
        self.key = key
        self.template = template
        self.bundle = bundle
        self.fhirServer = fhirServer
        self.series = series
    }

    /// One round of requests.
    func round() throws(CommandError) {
        try hook()
        try fetched()
        try feedback()
        try evaluate()
        try bad()
        try strangers()
    }

    /// A hook call about a patient who is all markers, with a token for an EHR.
    private func hook() throws(CommandError) {
        let body = request()
        let answer = try send("POST", "/cds-services/news2", body)
        guard let document = try? JSONDocument(parsing: answer.body) else { return }
        cardIDs = document.root["cards"]?.elements.compactMap { $0["uuid"]?.stringValue } ?? []
        // The same, without what the service asked for: it is told what is missing.
        _ = try send("POST", "/cds-services/news2", body.replacing("\"prefetch\"", with: "\"x\""))
        _ = try send("POST", "/cds-services/" + series.text(), body)
    }

    /// Hook calls without data, whose FHIR server has markers in everything that it says.
    private func fetched() throws(CommandError) {
        let patientID = series.text()
        guard let records = MarkerFHIRServer.Records(marked(bundle, patientID: patientID)) else {
            throw CommandError(.internalError, "the example has no Patient")
        }
        fhirServer.answer(.records(records))
        try fetch(about: patientID)
        for failure in failures() {
            fhirServer.answer(.always(failure))
            try fetch(about: series.text())
        }
    }

    private func fetch(about patientID: String) throws(CommandError) {
        let body = request(patientID: patientID, fhirServer: fhirServer.base)
        _ = try send("POST", "/cds-services/news2", body.replacing("\"prefetch\"", with: "\"x\""))
    }

    /// What a FHIR server says that does not give what it is asked for.
    private func failures() -> [HTTPResponse] {
        var fields = HTTPFields()
        fields.append("WWW-Authenticate", "Bearer realm=\"\(series.text())\"")
        fields.append("Location", "http://\(series.text()).example/" + series.text())
        fields.append("ETag", "\"\(series.text())\"")
        let outcome = """
            {"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"exception",\
            "diagnostics":"\(series.text())","expression":["\(series.text())"]}]}
            """
        let page = """
            {"resourceType":"Bundle","type":"searchset","link":[{"relation":"next",\
            "url":"http://\(series.text()).example/\(series.text())"}],"entry":[]}
            """
        let text = series.text()
        return [
            MarkerFHIRServer.json(outcome),
            MarkerFHIRServer.json(outcome, status: 500, fields),
            MarkerFHIRServer.json(outcome, status: 401, fields),
            MarkerFHIRServer.json(outcome, status: 404, fields),
            MarkerFHIRServer.json("", status: 302, fields),
            MarkerFHIRServer.json(page),
            MarkerFHIRServer.json("{\"resourceType\":\"\(text)\"}"),
            MarkerFHIRServer.json("{\"\(text)\":\"\(text)\","),
            HTTPResponse(status: 200, fields: fields, body: Array(text.utf8)),
        ]
    }

    /// A patient's record for a batch, all markers.
    func record() -> String { marked(bundle, patientID: series.text()) }

    /// A line for a batch that cannot be read.
    func brokenLine() -> String {
        #"{"resourceType":"Observation","id":"\#(series.text())","status":\#n"#
    }

    /// A document with markers in place of what names its patient.
    private func marked(_ document: String, patientID: String) -> String {
        let name = """
            "name":[{"family":"\(series.text())","given":["\(series.text())"]}],\
            "identifier":[{"system":"urn:mrn","value":"\(series.text())"}],\
            "telecom":[{"value":"\(series.text())"}],"gender":"female"
            """
        return document.replacing(ExampleData.patientID, with: patientID)
            .replacing("\"gender\":\"female\"", with: name)
            .replacing("\"id\":\"respiration\"", with: "\"id\":\"\(series.text())\"")
            // The example's temperature is in degrees Fahrenheit.
            .replacing("\"value\":101.3", with: "\"value\":9" + series.temperature().dropFirst())
    }

    private func request(patientID: String? = nil, fhirServer: String? = nil) -> String {
        let server = fhirServer ?? "https://\(series.text()).example/fhir"
        let token = """
            "fhirServer":"\(server)",\
            "fhirAuthorization":{"access_token":"\(series.text())","token_type":"Bearer",\
            "expires_in":300,"scope":"user/Observation.read","subject":"\(series.text())"},\
            "hookInstance":"\(UUIDBytes.version4().text)"
            """
        var body = marked(template, patientID: patientID ?? series.text())
        if let range = body.firstRange(of: "\"hookInstance\":\""),
            let end = body[range.upperBound...].firstIndex(of: "\"")
        {
            body.replaceSubrange(range.lowerBound...end, with: token)
        }
        return body
    }

    private func feedback() throws(CommandError) {
        for card in cardIDs.prefix(2) + ["not a card " + series.text()] {
            let body = """
                {"feedback":[{"card":"\(card)","outcome":"overridden","overrideReason":\
                {"userComment":"\(series.text()) is allergic"},\
                "outcomeTimestamp":"2026-11-21T10:00:00Z"}]}
                """
            _ = try send("POST", "/cds-services/news2/feedback", body)
        }
    }

    private func evaluate() throws(CommandError) {
        let good = #"{"temperature":\#(series.temperature())}"#
        _ = try send("POST", "/models/news2/evaluate", good)
        let bad = #"{"\#(series.text())":"\#(series.text())"}"#
        _ = try send("POST", "/models/news2/evaluate", bad)
        _ = try send("POST", "/models/" + series.text() + "/evaluate", good)
    }

    /// What no client should send.
    private func bad() throws(CommandError) {
        let whole = request()
        let half = String(whole.prefix(whole.count / 2))
        for body in [
            half, "{\"" + series.text() + "\":", "\"" + series.text(),
            #"{"hook":"\#(series.text())","hookInstance":"\#(series.text())"}"#,
            whole.replacing("\"status\":\"final\"", with: "\"status\":\"\(series.text())\""),
            whole.replacing("\"system\":\"http", with: "\"system\":\"\(series.text())"),
            whole.replacing("\"patientId\":\"", with: "\"patientId\":\"a b/" + series.text()),
        ] {
            _ = try send("POST", "/cds-services/news2", body)
        }
        _ = try send("GET", "/" + series.text() + "?name=" + series.text(), "")
        _ = try send("PUT", "/cds-services/news2?patient=" + series.text(), "")
    }

    /// Callers with credentials that are markers.
    private func strangers() throws(CommandError) {
        let body = request()
        for credentials in [
            "Bearer " + series.text(), "Basic " + series.text(),
            "Bearer eyJhbGciOiJFUzM4NCJ9." + series.text() + "." + series.text(),
        ] {
            _ = try send("POST", "/cds-services/news2", body, credentials: credentials)
        }
    }

    private func send(
        _ method: String,
        _ path: String,
        _ body: String,
        credentials: String? = nil
    ) throws(CommandError) -> HTTPResponse {
        var fields = HTTPFields()
        fields.append("Content-Type", "application/json")
        fields.append("Authorization", credentials ?? "Bearer " + key)
        fields.append("X-Request-Id", series.text())
        fields.append("User-Agent", series.text())
        fields.append("traceparent", "00-" + series.text() + "-01")
        let answer: HTTPResponse
        do {
            answer = try HTTPClient.send(
                url: url + path,
                method: method,
                fields: fields,
                body: Array(body.utf8)
            )
        } catch {
            throw CommandError(.unavailable, "the gateway did not answer")
        }
        statusCounts[answer.status, default: 0] += 1
        if answer.status >= 400 {
            errorAnswers += String(decoding: answer.body, as: UTF8.self) + "\n"
            for field in answer.fields.entries { errorAnswers += "\(field.name): \(field.value)\n" }
        }
        return answer
    }
}
