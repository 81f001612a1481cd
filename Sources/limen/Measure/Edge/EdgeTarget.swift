import Basics
import Crypto
import HTTPClient
import HTTPMessages
import Posix

/// The server that a drill of the edge is run against: a gateway of its own, or one that is named.
struct EdgeTarget: Sendable {
    /// Where it listens.
    let address: SocketAddress
    /// Whom TLS is spoken with; in clear without it.
    let security: ClientStream.Security?
    /// Its process, when it is known.
    let process: Int32?
    /// A request that does the server's real work: an audited `patient-view`, or `/livez` for a
    /// server that is only named, without a key.
    let work: Work
    /// What slow clients send to it.
    let slow: SlowRequests

    /// A request and what may change in it.
    struct Work: Sendable {
        /// The bytes of the whole request.
        let bytes: [UInt8]
        /// Changes the request for its number, without changing its length.
        let vary: @Sendable (inout [UInt8], Int) -> Void
    }

    /// A request that costs the server next to nothing.
    var light: [UInt8] { Self.livez(address) }

    private static func livez(_ address: SocketAddress) -> [UInt8] {
        RequestSerializer.bytes(
            HTTPRequest(method: "GET", path: "/livez"),
            host: "\(address.host):\(address.port)"
        )
    }

    /// A server that runs already, and the API key of a client that it knows.
    init(url: String, process: Int32?, key: String? = nil) throws(CommandError) {
        let named: HTTPAddress
        do {
            named = try HTTPAddress(url: url)
        } catch {
            throw CommandError(
                .usage,
                "--url takes an address such as http://127.0.0.1:8080 or https://127.0.0.1:8443"
            )
        }
        address = named.socket
        security =
            named.isSecured
            ? try Self.security(address, Terminal.environment("LIMEN_CA")) : nil
        self.process = process
        let host = "\(address.host):\(address.port)"
        work =
            try key.map { key throws(CommandError) in try Self.decision(host, key) }
            ?? Work(bytes: Self.livez(address)) { _, _ in }
        slow = try SlowRequests(host: host, key: key, now: Clock.now(), security)
        try greet(url)
    }

    private init(
        _ gateway: ChildGateway,
        _ listen: ListenAddress,
        isSecured: Bool
    ) throws(CommandError) {
        address = SocketAddress(host: listen.host, port: listen.port)
        security =
            isSecured
            ? try Self.security(address, DevelopmentCertificate.authorityPath(gateway.state)) : nil
        process = gateway.identifier
        let key = try gateway.key()
        work = try Self.decision("127.0.0.1", key)
        slow = try SlowRequests(host: "127.0.0.1", key: key, now: Clock.now(), security)
    }

    private static func security(
        _ address: SocketAddress,
        _ authorityPath: String?
    ) throws(CommandError) -> ClientStream.Security {
        .init(try TLSTrust.ofAuthorities(authorityPath), expecting: .address(address.host))
    }

    /// Sees whether the server is who it should be; that it is there, each drill sees for itself.
    private func greet(_ url: String) throws(CommandError) {
        do {
            _ = try client(timeoutMilliseconds: 5_000)
        } catch {
            guard case .notSecured(let reason) = error else { return }
            throw CommandError(.unavailable, reason.sentence(url))
        }
    }

    /// A `patient-view` that is decided and audited each time.
    private static func decision(_ host: String, _ key: String) throws(CommandError) -> Work {
        let request = try LoadRequest(
            prefetchBytes: 4_096,
            host: host,
            key: key,
            now: Clock.now()
        )
        return Work(bytes: request.bytes) { bytes, _ in
            request.put(UUIDBytes.version7(at: Clock.now()), into: &bytes)
        }
    }

    /// Runs a drill against the server that the options name, or against one of its own.
    static func run(
        _ parsed: Arguments,
        _ drill: (EdgeTarget) async throws(CommandError) -> Bool
    ) async throws(CommandError) -> ExitCode {
        ResourceUsage.raiseDescriptorLimit()
        if let url = parsed.value("url") {
            guard !parsed.has("tls") else {
                throw CommandError(
                    .usage,
                    "--tls is for a gateway of its own; say https:// in --url"
                )
            }
            let process =
                parsed.value("process") == nil
                ? nil : Int32(try parsed.integer("process", default: 1, in: 1...4_194_304))
            let key = try parsed.value("key-file").map { path throws(CommandError) in
                let text = String(decoding: try ConfigurationFiles.bytes(path), as: UTF8.self)
                return String(text.prefix { !$0.isWhitespace })
            }
            let target = try EdgeTarget(url: url, process: process, key: key)
            return try await drill(target) ? .ok : .findings
        }
        let gateway = try ChildGateway()
        try gateway.removeWhenSignalled()
        do throws(CommandError) {
            let isSecured = parsed.has("tls")
            let listen = try await gateway.start(arguments: isSecured ? ["--tls"] : [])
            let isGood = try await drill(EdgeTarget(gateway, listen, isSecured: isSecured))
            try gateway.remove()
            return isGood ? .ok : .findings
        } catch {
            try? gateway.remove()
            throw error
        }
    }

    /// A connection of its own.
    func client(timeoutMilliseconds: Int) throws(HTTPClientError) -> HTTPClient {
        var client = try HTTPClient.connect(address, timeoutMilliseconds: timeoutMilliseconds)
        if let security { try client.secure(security.trust, address.host) }
        return client
    }

    /// What the server holds at present; `nil` when its process is not known.
    var holdings: Holdings? {
        guard let process, let resident = ResourceUsage.residentBytes(process: process),
            let names = try? Folder.names(path: "/proc/\(process)/fd")
        else { return nil }
        return Holdings(residentBytes: resident, descriptorCount: names.count)
    }

    /// Memory and descriptors of a process.
    struct Holdings {
        let residentBytes: Int
        let descriptorCount: Int

        var text: String { "\(residentBytes >> 20) MB, \(descriptorCount) descriptors" }
    }

    /// Asks as fast as it is answered, or so often a second.
    func load(
        _ bytes: [UInt8],
        connections: Int,
        milliseconds: Int,
        requestsPerSecond: Int? = nil,
        vary: (inout [UInt8], Int) -> Void = { _, _ in }
    ) throws(CommandError) -> LoadReport {
        var plan = LoadPlan(
            address: address,
            connectionCount: connections,
            end: .milliseconds(milliseconds)
        )
        plan.requestsPerSecond = requestsPerSecond
        plan.security = security
        do {
            return try LoadGenerator.run(plan, template: bytes, vary: vary)
        } catch {
            throw CommandError(.unavailable, "the load cannot be made: \(error.text)")
        }
    }

    /// Whether a good request on a fresh connection is answered with 200.
    var isAlive: Bool {
        do {
            var client = try client(timeoutMilliseconds: 5_000)
            return try client.send(HTTPRequest(method: "GET", path: "/livez")).status == 200
        } catch {
            return false
        }
    }
}
