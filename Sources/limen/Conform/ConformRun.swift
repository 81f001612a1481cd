import Basics
import HTTPMessages
import JSON

/// Calls a CDS Hooks service as a client would, and holds what it answers against the requirements.
struct ConformRun {
    /// What came back.
    struct Answer: Sendable {
        let status: Int
        let fields: HTTPFields
        let body: [UInt8]
        let milliseconds: Int

        /// The body as JSON, when it is that.
        var json: JSONValue? { (try? JSONDocument(parsing: body))?.root }

        /// The cards, when the answer holds an array of them.
        var cards: [JSONValue]? {
            guard let cards = json?["cards"], cards.kind == .array else { return nil }
            return Array(cards.elements)
        }
    }

    /// Sends one request below the base URL; `nil` when nobody answers.
    typealias Send =
        (_ method: String, _ path: String, _ fields: HTTPFields, _ body: [UInt8]) async -> Answer?

    /// The base URL, such as `https://cds.example`.
    let base: String
    /// The only service that is wanted; all when there is none.
    let serviceID: String?
    /// The origin of a page in a browser that the service should serve.
    let origin: String?
    /// The header fields that tell who calls.
    let credentials: HTTPFields
    /// The patient of the calls.
    let sample: ConformSample
    let send: Send

    /// How often a service is called to see how fast it is.
    private static let timedCount = 5

    /// Runs every check.
    ///
    /// - Throws: `CommandError` when nobody answers, or there is no such service.
    func run() async throws(CommandError) -> ConformLedger {
        var ledger = ConformLedger()
        checkTransport(&ledger)
        guard let discovery = await send("GET", "/cds-services", credentials, []) else {
            throw CommandError(.unavailable, "nobody answers at \(base)")
        }
        guard discovery.status == 200 else {
            ledger.fault([4, 5, 13], at: "GET /cds-services", "status \(discovery.status)")
            ledger.check(
                discovery.status >= 400,
                [14],
                at: "GET /cds-services",
                "status \(discovery.status)"
            )
            return ledger
        }
        ledger.see([4, 5, 13])
        checkMediaType(discovery, "GET /cds-services", &ledger)
        guard let root = discovery.json else {
            ledger.fault([1, 6], at: "GET /cds-services", "the answer is no JSON")
            return ledger
        }
        var reader = ConformDiscovery(ledger: ledger)
        reader.check(root)
        ledger = reader.ledger
        let services = reader.services.filter { serviceID == nil || $0.id == serviceID }
        guard serviceID == nil || !services.isEmpty else {
            throw CommandError(.usage, "discovery names no service \(serviceID ?? "")")
        }
        for service in services { await check(service, &ledger) }
        return ledger
    }

    private func checkTransport(_ ledger: inout ConformLedger) {
        if base.hasPrefix("https://") { return ledger.see([2, 168]) }
        let host = base.dropFirst("http://".count).prefix { $0 != "/" && $0 != ":" }
        guard host != "127.0.0.1", host != "localhost", !host.hasPrefix("[") else { return }
        ledger.fault([2, 168], at: "the base URL", "it is no https URL")
    }

    func checkMediaType(_ answer: Answer, _ call: String, _ ledger: inout ConformLedger) {
        let isJSON = answer.fields["content-type"]?.lowercased().contains("json") ?? false
        ledger.check(isJSON, [1], at: call, "the media type is not JSON")
    }

    // MARK: One service

    private func check(_ service: ConformDiscovery.Service, _ ledger: inout ConformLedger) async {
        let path = "/cds-services/" + service.id
        let name = "\(service.hook) at \(path)"
        guard let first = await post(path, sample.body(service)) else {
            return ledger.fault([16], at: name, "nobody answers")
        }
        let isFound = first.status != 404 && first.status != 405
        ledger.check(isFound, [16], at: name, "status \(first.status)")
        guard isFound else { return }
        var cards = ConformCards(ledger: ledger, call: name, contextIDs: sample.contextIDs)
        checkStatus(first, name, &cards.ledger)
        if first.status == 200 {
            checkMediaType(first, name, &cards.ledger)
            if let json = first.json {
                cards.check(json)
            } else {
                cards.ledger.fault([1, 74], at: name, "the answer is no JSON")
            }
        }
        ledger = cards.ledger
        await checkSpeed(service, path, first, &ledger)
        await checkPrefetch(service, path, first, &ledger)
        await checkTolerance(service, path, first, &ledger)
        await checkFeedback(cards.uuids.first, path, &ledger)
        await checkBrowser(service, path, &ledger)
        await checkTrust(service, path, &ledger)
    }

    /// Success is 200, and every failure is 4xx or 5xx.
    private func checkStatus(_ answer: Answer, _ call: String, _ ledger: inout ConformLedger) {
        let status = answer.status
        guard status != 200 else { return }
        if status < 300 {
            ledger.fault([74], at: call, "status \(status) in the place of 200")
        } else {
            ledger.check(status >= 400, [76], at: call, "status \(status)")
        }
    }

    private func checkSpeed(
        _ service: ConformDiscovery.Service,
        _ path: String,
        _ first: Answer,
        _ ledger: inout ConformLedger
    ) async {
        guard first.status == 200 else { return }
        var times = [first.milliseconds]
        for _ in 1..<Self.timedCount {
            guard let answer = await post(path, sample.body(service)) else { continue }
            times.append(answer.milliseconds)
        }
        let median = times.sorted()[times.count / 2]
        ledger.check(median <= 500, [27], at: path, "the middle one of its answers took longer")
    }

    func post(
        _ path: String,
        _ body: [UInt8],
        fields more: HTTPFields? = nil
    ) async -> Answer? {
        var fields = more ?? credentials
        fields.append("Content-Type", "application/json")
        return await send("POST", path, fields, body)
    }
}
