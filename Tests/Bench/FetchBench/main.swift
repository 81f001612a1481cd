import Basics
import Crypto
import Foundation
import Gateway
import HTTPClient
import HTTPMessages
import Posix
import Support
import Telemetry

/// Measures a `patient-view` whose two prefetch keys are fetched from a FHIR server on this machine.
///
///     swift run -c release FetchBench [requests]
///
/// Over TLS and in clear; the audit sink is in memory and every request comes alone, so the figure
/// is the delay that fetching adds. It says p50 and p99 in microseconds, and beside them those of
/// the same call with its data in it.
let patient = #"{"resourceType":"Patient","id":"p1","birthDate":"1960-01-01"}"#

/// Vital signs an hour old.
func observations(at moment: Instant) -> String {
    let effective = moment.advanced(byMicroseconds: -3_600_000_000).text
    let vitals = [
        ("9279-1", "16", "/min"), ("59408-5", "95", "%"), ("8480-6", "118", "mm[Hg]"),
        ("8867-4", "95", "/min"), ("8310-5", "38.1", "Cel"), ("3151-8", "2", "L/min"),
    ]
    let entries = vitals.map { code, value, unit in
        #"{"resource":{"resourceType":"Observation","id":"o\#(code)","status":"final","#
            + #""code":{"coding":[{"system":"http://loinc.org","code":"\#(code)"}]},"#
            + #""subject":{"reference":"Patient/p1"},"effectiveDateTime":"\#(effective)","#
            + #""valueQuantity":{"value":\#(value),"unit":"\#(unit)","#
            + #""system":"http://unitsofmeasure.org","code":"\#(unit)"}}}"#
    }
    return
        #"{"resourceType":"Bundle","type":"searchset","entry":[\#(entries.joined(separator: ","))]}"#
}

/// Fetches with the client of this program.
final class BenchFetcher: FHIRFetching {
    let client: OutboundClient
    let trust: TLSTrust

    init(_ client: OutboundClient, _ trust: TLSTrust) {
        self.client = client
        self.trust = trust
    }

    func fetch(_ request: FHIRRequest) async -> Result<FHIRAnswer, FetchFailure> {
        let outbound = OutboundRequest(
            target: request.target,
            bearer: request.token,
            responseBytesMax: request.bytesMax,
            deadline: Clock.monotonicMilliseconds() + Int64(request.microsecondsMax / 1_000)
        )
        let destination = OutboundDestination(
            owner: request.tenant,
            origin: request.server.base.origin,
            policy: request.server.policy,
            trust: trust
        )
        do throws(OutboundError) {
            let response = try await client.send(outbound, to: destination)
            return .success(FHIRAnswer(status: response.status, body: response.body))
        } catch {
            return .failure(.unreachable)
        }
    }
}

/// NEWS2 with two keys, and a client with a FHIR server.
func files(base: String) throws -> (files: [String: [UInt8]], key: String) {
    var files: [String: [UInt8]] = [:]
    let root = Shared.checkout.appendingPathComponent("Profiles/news2")
    for name in try FileManager.default.contentsOfDirectory(atPath: root.path)
    where name.contains(".") {
        let bytes = try Data(contentsOf: root.appendingPathComponent(name))
        files["Profiles/news2/" + name] = Array(bytes)
    }
    let hook = Shared.checkout.appendingPathComponent("Hooks/news2.json")
    let keys =
        #""prefetch": {"patient": "Patient/{{context.patientId}}", "observations": "#
        + #""Observation?patient={{context.patientId}}&_count=500"}"#
    files["Hooks/news2.json"] = Array(
        try String(contentsOf: hook, encoding: .utf8)
            .replacing(#""prefetch": "auto""#, with: keys)
            .replacing("PT0.4S", with: "PT5S").utf8
    )
    let key = Client.makeKey(
        client: "bench",
        secret: [UInt8](repeating: 7, count: 16),
        salt: [UInt8](repeating: 9, count: 16)
    )
    files["Hooks/clients/bench.json"] = Array(
        #"""
        {"format":"limen-client/1","id":"bench","tenant":"bench",
         "fhirServers":[{"base":"\#(base)","allowNetworks":["127.0.0.0/8"]}],
         "apiKey":{"salt":"\#(key.salt)","sha256":"\#(key.sha256)"}}
        """#.utf8
    )
    return (files, key.key)
}

/// The sorted times of a number of calls, in microseconds.
func measure(
    _ gateway: HookGateway,
    _ key: String,
    _ body: String,
    count: Int
) async -> [Int] {
    var fields: HTTPFields = ["Content-Type": "application/json"]
    fields.append("Authorization", "Bearer " + key)
    let request = HTTPRequest(
        method: "POST",
        path: "/cds-services/news2",
        query: nil,
        fields: fields,
        body: Array(body.utf8),
        peerAddress: "127.0.0.1"
    )
    var times: [Int] = []
    for _ in 0..<count {
        let start = Clock.monotonicNanoseconds()
        let response = await gateway.respond(to: request)
        times.append(Int(Clock.monotonicNanoseconds() - start) / 1_000)
        guard response.status == 200 else {
            print("status \(response.status): " + String(decoding: response.body, as: UTF8.self))
            exit(1)
        }
    }
    return times.sorted()
}

/// p50 and p99 of sorted times.
func summary(_ times: [Int]) -> String {
    "p50 \(times[times.count / 2]) us, p99 \(times[times.count * 99 / 100]) us"
}

let count = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 2_000
let authority = Shared.checkout.appendingPathComponent("Tests/Cases/tls/authority.pem")
let trust = try TLSTrust.bundle(Array(try Data(contentsOf: authority)))
let context =
    #"{"hook":"patient-view","hookInstance":"d1577c69-dfbe-44ad-ba6d-3e05e953b2ea","#
    + #""context":{"userId":"Practitioner/pr1","patientId":"p1"}"#
for scheme in ["https", "http"] {
    let bundle = observations(at: Clock.now())
    let server = try ScriptedServer.start(
        identity: scheme == "https" ? TLSIdentity("good") : nil
    ) { peer in
        while let request = peer.readRequest() {
            peer.respond(200, request.target.contains("Observation") ? bundle : patient)
        }
    }
    let base = "\(scheme)://127.0.0.1:\(server.port)/r4"
    let (files, key) = try files(base: base)
    let client = try OutboundClient.start()
    let gateway = try HookGateway(
        catalogue: Catalogue(files: files, now: Clock.now()),
        configuration: GatewayConfiguration(
            tenantKeys: ["bench": AuthenticationKey([UInt8](repeating: 1, count: 32))],
            systemKey: AuthenticationKey([UInt8](repeating: 3, count: 32)),
            now: { Clock.now() },
            randomUUID: { UUIDBytes.version7(at: Clock.now()) },
            fetcher: BenchFetcher(client, trust)
        ),
        audit: InMemoryAuditSink(),
        registry: MetricsRegistry(),
        log: LogWriter(now: { Clock.now() }, write: { _ in })
    )
    let fetching =
        context + #","fhirServer":"\#(base)","fhirAuthorization":{"access_token":"t","#
        + #""token_type":"Bearer","expires_in":300,"scope":"user/*.read","subject":"limen"}}"#
    let sent = context + #","prefetch":{"patient":\#(patient),"observations":\#(bundle)}}"#
    _ = await measure(gateway, key, fetching, count: 50)
    let fetched = await measure(gateway, key, fetching, count: count)
    let whole = await measure(gateway, key, sent, count: count)
    print("\(scheme): two keys fetched \(summary(fetched)); the same sent \(summary(whole))")
    client.stop()
    server.stop()
}
