import Audit
import AuditStore
import Basics
import Crypto
import Foundation
import Gateway
import HTTPMessages
import JSON
import Posix
import Support
import Synchronization
import Telemetry
import Vault

/// A gateway over a database of a test's own, with an auditor for each of two tenants and more.
final class AuditGateway: Sendable {
    let database: TestDatabase
    let sink: PostgreSQLAuditSink
    let reader: AuditReaderPool
    let gateway: HookGateway
    let registry = MetricsRegistry()
    /// What was logged.
    let lines = LogLines()
    /// The keys of the tenants, for pseudonyms.
    let keys: [String: AuthenticationKey]
    private let tenants: [String]

    /// Holds what was logged.
    final class LogLines: Sendable {
        private let all = Mutex<[String]>([])
        /// The lines that say something.
        func saying(_ text: String) -> [String] {
            all.withLock { $0.filter { $0.contains(text) } }
        }
        fileprivate func add(_ line: [UInt8]) {
            all.withLock { $0.append(String(decoding: line, as: UTF8.self)) }
        }
    }

    /// Makes one.
    ///
    /// - Parameters:
    ///   - moreTenants: further tenants, each with an auditor.
    ///   - readers: how many connections read.
    ///   - timing: how long the sink waits for what.
    ///   - now: the clock of the gateway.
    /// - Throws: what keeps the gateway from starting.
    init(
        moreTenants: [String] = [],
        readers: Int = 2,
        timing: AuditSinkTiming = .patient,
        now: @escaping @Sendable () -> Instant = { Clock.now() }
    ) throws {
        database = try TestDatabase()
        tenants = ["anna", "berta"] + moreTenants
        let provisioning = try Provisioning.open(database.administrator)
        for tenant in moreTenants { try provisioning.createTenant(tenant, title: tenant) }
        // The keys of the test's own tenants, and of the others, so that every login opens its own.
        let ring = KeyRing(
            (tenants + ["system"]).map { tenant in
                TestDatabase.ring.keys(of: tenant)
                    ?? TenantKeys.generate(tenant: tenant, name: "k1")
            }
        )
        sink = try PostgreSQLAuditSink.open(
            database.login("limen_writer"),
            sealer: RecordSealer(ring),
            migrations: TestDatabase.migrations,
            identity: TestDatabase.identity,
            writerCount: 1,
            timing: timing
        )
        reader = try AuditReaderPool(
            database.login("limen_audit_api"),
            opener: RecordOpener(ring),
            readerCount: readers
        )
        var keys: [String: AuthenticationKey] = [:]
        for tenant in tenants { keys[tenant] = AuthenticationKey(Digest.sha256(tenant)) }
        self.keys = keys
        var configuration = GatewayConfiguration(
            tenantKeys: keys,
            systemKey: AuthenticationKey([UInt8](repeating: 3, count: 32)),
            now: now,
            randomUUID: { .version4() }
        )
        configuration.auditReader = reader
        let lines = lines
        gateway = try HookGateway(
            catalogue: try Self.catalogue(tenants),
            configuration: configuration,
            audit: sink,
            registry: registry,
            log: LogWriter(now: { Clock.now() }, write: { lines.add($0) })
        )
    }

    deinit {
        reader.close()
        sink.close()
    }

    /// The configuration: an auditor and a clinical system for each tenant.
    static func catalogue(
        _ tenants: [String],
        inactive: Set<String> = []
    ) throws -> Catalogue {
        var files: [String: [UInt8]] = [:]
        for folder in ["Profiles/qsofa", "Hooks"] {
            let root = Shared.checkout.appendingPathComponent(folder)
            let names = (try? FileManager.default.contentsOfDirectory(atPath: root.path)) ?? []
            for name in names where folder != "Hooks" || name == "qsofa.json" {
                guard let data = try? Data(contentsOf: root.appendingPathComponent(name)) else {
                    continue
                }
                files[folder + "/" + name] = [UInt8](data)
            }
        }
        for tenant in tenants {
            for (id, role) in [
                ("auditor-" + tenant, "auditor"), ("ward-" + tenant, "clinician-system"),
                ("admin-" + tenant, "administrator"),
            ] {
                let key = Self.key(id)
                files["Hooks/clients/\(id).json"] = Array(
                    """
                    {"format":"limen-client/1","id":"\(id)","tenant":"\(tenant)",
                     "active":\(!inactive.contains(id)),"roles":["\(role)"],
                     "apiKey":{"salt":"\(key.salt)","sha256":"\(key.sha256)"}}
                    """.utf8
                )
            }
        }
        return try Catalogue(files: files, now: Clock.now())
    }

    static func key(_ id: String) -> (key: String, salt: String, sha256: String) {
        Client.makeKey(
            client: id,
            secret: [UInt8](repeating: 7, count: 16),
            salt: [UInt8](repeating: 9, count: 16)
        )
    }

    /// Sends a request as a client.
    func send(
        _ method: String,
        _ path: String,
        _ body: String = "",
        query: String? = nil,
        as client: String? = "auditor-anna",
        fields more: [(String, String)] = []
    ) async -> HTTPResponse {
        var fields = HTTPFields()
        if let client { fields.append("Authorization", "Bearer " + Self.key(client).key) }
        if !body.isEmpty { fields.append("Content-Type", "application/json") }
        for (name, value) in more { fields.append(name, value) }
        return await gateway.respond(
            to: HTTPRequest(
                method: method,
                path: path,
                query: query,
                fields: fields,
                body: Array(body.utf8),
                peerAddress: "127.0.0.1"
            )
        )
    }

    /// A decision about a patient, in the store.
    @discardableResult
    func decide(
        _ tenant: String,
        patient: String = "p1",
        at moment: Instant = Records.now,
        _ change: (inout AuditRecord) -> Void = { _ in }
    ) async throws -> AuditRecord {
        var record = Records.full(tenant, at: moment)
        record.client = "ward-" + tenant
        record.patientPseudonym = keys[tenant]?.authenticate("Patient/" + patient)
        change(&record)
        try await sink.append(record)
        return record
    }

    static func json(_ response: HTTPResponse) throws -> JSONValue {
        try JSONDocument(parsing: response.body).root
    }

    /// The ids of the events of an answer.
    static func ids(_ response: HTTPResponse) throws -> [String] {
        try json(response)["events"]?.elements.map { $0["eventId"]?.stringValue ?? "" } ?? []
    }
}
