import Basics
import Crypto
import Foundation
import Gateway
import HTTPClient
import HTTPMessages
import HTTPServer
import JOSE
import Posix
import Support
import Telemetry

/// Whether the time of a 401 tells its cause.
///
///     swift run -c release RefusalBench [rounds]
///
/// A gateway on a real socket, its audit rows in memory so that no commit hides a difference; the
/// causes come in another order in each round. For each cause: the quantiles in microseconds, and
/// how often it is slower than a wrong signature of the same round's kind (one half is a coin).
/// A cause is called apart when its median is off by more than the wrong signature's own spread.
let rounds = max(10, CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 400)
let path = "/cds-services/news2"
let base = "https://limen.example"
let body = Array(
    (#"{"hook":"patient-view","hookInstance":"d1577c69-dfbe-44ad-ba6d-3e05e953b2ea","#
        + #""context":{"userId":"Practitioner/pr1","patientId":"p1"}}"#).utf8
)

/// The client of a registered EHR, which signs tokens and has an API key.
func files(_ signer: TokenSigner) throws -> [String: [UInt8]] {
    var files: [String: [UInt8]] = [:]
    let root = Shared.checkout.appendingPathComponent("Profiles/news2")
    for name in try FileManager.default.contentsOfDirectory(atPath: root.path)
    where name.contains(".") {
        let bytes = try Data(contentsOf: root.appendingPathComponent(name))
        files["Profiles/news2/" + name] = Array(bytes)
    }
    let hook = Shared.checkout.appendingPathComponent("Hooks/news2.json")
    files["Hooks/news2.json"] = Array(try Data(contentsOf: hook))
    let key = Client.makeKey(
        client: "ehr",
        secret: [UInt8](repeating: 7, count: 32),
        salt: [UInt8](repeating: 9, count: 16)
    )
    files["Hooks/clients/ehr.json"] = Array(
        #"""
        {"format":"limen-client/1","id":"ehr","tenant":"bench",
         "apiKey":{"salt":"\#(key.salt)","sha256":"\#(key.sha256)"},
         "jwt":{"issuer":"https://ehr.example","tenant":"t",
                "keys":{"inline":\#(String(decoding: KeySet([signer.publicKey]).json, as: UTF8.self))}}}
        """#.utf8
    )
    return files
}

/// What is sent as credentials, made anew for each request.
struct Cause {
    let name: String
    let authorization: () -> String?
}

/// A token that is right but for what is changed.
func token(
    _ signer: TokenSigner,
    issuer: String = "https://ehr.example",
    audience: String = base + path,
    secondsAgo: Int64 = 0,
    tenant: String? = "t",
    id: String = UUIDBytes.version4().text
) -> String {
    "Bearer "
        + signer.sign(
            TokenClaims(
                issuer: issuer,
                audiences: [audience],
                issuedAt: Clock.now().advanced(byMicroseconds: -secondsAgo * 1_000_000),
                tokenID: id,
                tenant: tenant
            )
        )
}

func causes(_ signer: TokenSigner, _ algorithm: JWSAlgorithm) -> [Cause] {
    let forger = TokenSigner.generate(algorithm, keyID: "k1")
    let other = TokenSigner.generate(algorithm, keyID: "nobody")
    let used = token(signer)
    return [
        Cause(name: "bad signature") { token(forger) },
        Cause(name: "no credentials") { nil },
        Cause(name: "malformed") { "Bearer a.b.c" },
        Cause(name: "another scheme") { "Basic YTpi" },
        Cause(name: "unknown client") { "Bearer nobody." + String(repeating: "0", count: 64) },
        Cause(name: "wrong API key") { "Bearer ehr." + String(repeating: "0", count: 64) },
        Cause(name: "unknown issuer") { token(forger, issuer: "https://nobody.example") },
        Cause(name: "unknown kid") { token(other) },
        Cause(name: "expired") { token(signer, secondsAgo: 3_600) },
        Cause(name: "not yet issued") { token(signer, secondsAgo: -3_600) },
        Cause(name: "wrong audience") { token(signer, audience: base) },
        Cause(name: "wrong tenant") { token(signer, tenant: "u") },
        Cause(name: "replayed") { used },
    ]
}

func request(_ authorization: String?) -> HTTPRequest {
    var fields: HTTPFields = ["Content-Type": "application/json"]
    if let authorization { fields.append("Authorization", authorization) }
    return HTTPRequest(method: "POST", path: path, query: nil, fields: fields, body: body)
}

/// How often a value of one list is above one of the other, ties as halves.
func slower(_ times: [Int], than others: [Int]) -> Double {
    var wins = 0.0
    for time in times {
        for other in others { wins += time > other ? 1 : time == other ? 0.5 : 0 }
    }
    return wins / Double(times.count * others.count)
}

func measure(_ algorithm: JWSAlgorithm) throws {
    let signer = TokenSigner.generate(algorithm, keyID: "k1")
    var configuration = GatewayConfiguration(
        tenantKeys: ["bench": AuthenticationKey([UInt8](repeating: 1, count: 32))],
        systemKey: AuthenticationKey([UInt8](repeating: 3, count: 32)),
        now: { Clock.now() },
        randomUUID: { UUIDBytes.version7(at: Clock.now()) }
    )
    configuration.publicURLs = [base]
    configuration.failureRate = RateAllowance(perSecond: 1_000_000, burst: 1_000_000)
    let sink = InMemoryAuditSink()
    let gateway = try HookGateway(
        catalogue: Catalogue(files: try files(signer), now: Clock.now()),
        configuration: configuration,
        audit: sink,
        registry: MetricsRegistry(),
        log: LogWriter(now: { Clock.now() }, write: { _ in })
    )
    var settings = HTTPServerConfiguration(port: 0)
    settings.loopCount = 1
    let server = try HTTPServer.start(settings) { await gateway.respond(to: $0) }
    var client = try HTTPClient.connect(SocketAddress(host: "127.0.0.1", port: server.localPort))
    let causes = causes(signer, algorithm)
    // The token that will be replayed is used here.
    _ = try client.send(request(causes.last?.authorization()))
    var times = [[Int]](repeating: [], count: causes.count)
    for round in 0..<rounds + 20 {
        for place in causes.indices.shuffled() {
            let request = request(causes[place].authorization())
            let start = Clock.monotonicNanoseconds()
            let response = try client.send(request)
            let elapsed = Int(Clock.monotonicNanoseconds() - start) / 1_000
            guard response.status == 401, response.body.isEmpty else {
                print("\(causes[place].name): status \(response.status)")
                exit(1)
            }
            // The first rounds warm up.
            if round >= 20 { times[place].append(elapsed) }
        }
        sink.removeAll()
    }
    print("\(algorithm.rawValue), \(rounds) rounds: 401 in microseconds")
    print("cause                p10     p50     p90     p99   slower than a bad signature")
    let reference = times[0]
    for (cause, times) in zip(causes, times) {
        let sorted = times.sorted()
        let figures = [10, 50, 90, 99].map { sorted[sorted.count * $0 / 100] }
        let cells = figures.map { figure in
            String(repeating: " ", count: max(0, 8 - String(figure).count)) + String(figure)
        }
        let share = Int((slower(times, than: reference) * 100).rounded())
        let name = cause.name + String(repeating: " ", count: max(1, 16 - cause.name.count))
        print(name + cells.joined() + "   \(share) %")
    }
    print("")
}

try measure(.es384)
try measure(.rs384)
exit(0)
