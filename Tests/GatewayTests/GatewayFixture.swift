import Audit
import Basics
import CDSHooks
import Crypto
import Foundation
import HTTPMessages
import JSON
import Posix
import Support
import Synchronization
import Telemetry
import Testing

@testable import Gateway

/// A gateway over the services of this repository, with a manual clock and captured log lines.
final class GatewayFixture: Sendable {
    let gateway: HookGateway
    let sink: InMemoryAuditSink
    let registry = MetricsRegistry()
    let clock = ManualClock()
    let lines: LogLines

    /// The key of a client that may do everything.
    static let key = client("ehr").key
    /// The key of a client that may neither replay nor call anything but `news2`.
    static let plainKey = client("plain").key

    /// The moment of all tests but those that say otherwise.
    static let now = Instant(
        date: CivilDate(daysSinceEpoch: 20_577),
        hour: 10,
        minute: 0,
        second: 0,
        microsecond: 0
    )

    /// What this repository ships, read once: it is the same for every test.
    private static let shipped = Result { try catalogue(files()) }

    /// What the catalogues of the tests are made of: most of it is what this repository ships.
    private static let memory = CatalogueMemory()

    /// A catalogue of these files; what others had in common with it is not read anew.
    static func catalogue(
        _ files: [String: [UInt8]],
        isDevelopment: Bool = false
    ) throws -> Catalogue {
        try Catalogue(files: files, now: now, isDevelopment: isDevelopment, memory: memory)
    }

    /// Holds what was logged.
    final class LogLines: Sendable {
        let all = Mutex<[[UInt8]]>([])
        var text: String {
            String(decoding: all.withLock { $0.joined() }, as: UTF8.self)
        }
    }

    init(
        sink: InMemoryAuditSink = InMemoryAuditSink(),
        extraFiles: [String: [UInt8]] = [:],
        catalogue ready: Catalogue? = nil,
        isDevelopment: Bool = false,
        configure: (inout GatewayConfiguration) -> Void = { _ in }
    ) throws {
        self.sink = sink
        let clock = self.clock
        let lines = LogLines()
        self.lines = lines
        let catalogue: Catalogue
        if let ready {
            catalogue = ready
        } else if extraFiles.isEmpty {
            catalogue = try Self.shipped.get()
        } else {
            catalogue = try Self.catalogue(
                try Self.files(extraFiles),
                isDevelopment: isDevelopment
            )
        }
        let counter = Mutex<UInt64>(0)
        var configuration = GatewayConfiguration(
            tenantKeys: [
                "hospital-a": AuthenticationKey([UInt8](repeating: 1, count: 32)),
                "hospital-b": AuthenticationKey([UInt8](repeating: 2, count: 32)),
            ],
            systemKey: AuthenticationKey([UInt8](repeating: 3, count: 32)),
            now: { clock.read() },
            randomUUID: {
                counter.withLock {
                    $0 += 1
                    return UUIDBytes(high: $0, low: $0)
                }
            }
        )
        configure(&configuration)
        gateway = try HookGateway(
            catalogue: catalogue,
            configuration: configuration,
            audit: sink,
            registry: registry,
            log: LogWriter(
                now: { Self.now },
                write: { line in lines.all.withLock { $0.append(line) } }
            )
        )
    }

    /// A clock that stands still, or goes on by a step each time it is read.
    final class ManualClock: Sendable {
        private let state = Mutex((now: GatewayFixture.now, step: Int64(0)))
        func read() -> Instant {
            state.withLock { state in
                let now = state.now
                state.now = now.advanced(byMicroseconds: state.step)
                return now
            }
        }
        func advance(seconds: Int64) {
            state.withLock { $0.now = $0.now.advanced(byMicroseconds: seconds * 1_000_000) }
        }
        func setStep(_ microseconds: Int64) { state.withLock { $0.step = microseconds } }
    }

    static func client(_ id: String) -> (key: String, salt: String, sha256: String) {
        Client.makeKey(
            client: id,
            secret: [UInt8](repeating: 7, count: 16),
            salt: [UInt8](repeating: 9, count: 16)
        )
    }

    /// The files of this repository with two clients, and more.
    static func files(_ extra: [String: [UInt8]] = [:]) throws -> [String: [UInt8]] {
        try shippedFiles.get().merging(extra) { $1 }
    }

    private static let shippedFiles = Result { try readFiles() }

    private static func readFiles() throws -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        for folder in ["Profiles", "Hooks"] {
            let root = Shared.checkout.appendingPathComponent(folder)
            let names = FileManager.default.enumerator(atPath: root.path)?.allObjects ?? []
            for case let name as String in names where name.contains(".") {
                let url = root.appendingPathComponent(name)
                guard !name.contains("cases/") else { continue }
                files[folder + "/" + name] = Array(try Data(contentsOf: url))
            }
        }
        let ehr = client("ehr")
        files["Hooks/clients/ehr.json"] = Array(
            #"""
            {"format":"limen-client/1","id":"ehr","tenant":"hospital-a","mayReplay":true,
             "apiKey":{"salt":"\#(ehr.salt)","sha256":"\#(ehr.sha256)"},
             "corsOrigins":["https://ehr.example"]}
            """#.utf8
        )
        let plain = client("plain")
        files["Hooks/clients/plain.json"] = Array(
            #"""
            {"format":"limen-client/1","id":"plain","tenant":"hospital-b","services":["news2"],
             "apiKey":{"salt":"\#(plain.salt)","sha256":"\#(plain.sha256)"}}
            """#.utf8
        )
        return files
    }

    /// The ids of the services of this repository, in order: one for each hook of a document.
    static func shippedServices() -> [String] {
        let folder = Shared.checkout.appendingPathComponent("Hooks").path
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        // In the order of the files: `meld-3.json` stands before `meld.json`.
        return names.filter { $0.hasSuffix(".json") }.sorted().flatMap { name in
            // One service may have a file for each of its hooks, or a list of them.
            let path = folder + "/" + name
            let bytes = FileManager.default.contents(atPath: path).map { Array($0) } ?? []
            guard let document = try? JSONDocument(parsing: bytes) else { return [name] }
            let id = document.root["id"]?.stringValue ?? name
            return HookService.hooks(of: document).map { _ in id }
        }
    }

    /// Posts a body with the key of the client that may do everything.
    func post(
        _ path: String,
        _ body: String,
        key: String? = key,
        fields: [(String, String)] = [],
        peer: String = "127.0.0.1"
    ) async -> HTTPResponse {
        await send("POST", path, Array(body.utf8), key: key, fields: fields, peer: peer)
    }

    /// Sends a request.
    func send(
        _ method: String,
        _ path: String,
        _ body: [UInt8] = [],
        key: String? = key,
        query: String? = nil,
        fields: [(String, String)] = [],
        peer: String = "127.0.0.1"
    ) async -> HTTPResponse {
        var all = HTTPFields()
        if !body.isEmpty, !fields.contains(where: { $0.0.lowercased() == "content-type" }) {
            all.append("Content-Type", "application/json")
        }
        if let key { all.append("Authorization", "Bearer " + key) }
        for (name, value) in fields { all.append(name, value) }
        let response = await gateway.respond(
            to: HTTPRequest(
                method: method,
                path: path,
                query: query,
                fields: all,
                body: body,
                peerAddress: peer
            )
        )
        if method == "POST", path.hasPrefix("/cds-services"), response.status == 200,
            !response.body.isEmpty
        {
            // Whatever is answered is held against the rules as the text that leaves.
            let violations = try? CDSResponseChecker.violations(
                in: JSONDocument(parsing: response.body)
            )
            #expect(violations == [], "the answer breaks a rule of CDS Hooks")
        }
        return response
    }
}

extension HTTPResponse {
    /// The body as JSON.
    var json: JSONValue {
        get throws { try JSONDocument(parsing: body).root }
    }

    /// The only card of the answer.
    var card: JSONValue? {
        get throws {
            let cards = Array(
                try json["cards"]?.elements ?? JSONDocument(parsing: "[]").root.elements
            )
            return cards.count == 1 ? cards[0] : nil
        }
    }

    /// The text of the body.
    var text: String { String(decoding: body, as: UTF8.self) }
}
