import Basics
import Crypto
import Foundation
import Gateway
import HTTPMessages
import Posix
import Support
import Synchronization
import Telemetry

@testable import limen

/// A gateway over the services of this repository, and one whose card has every part.
enum ConformGateway {
    static let origin = "https://ehr.example"

    private static let credentials = Client.makeKey(
        client: "ehr",
        secret: [UInt8](repeating: 7, count: 16),
        salt: [UInt8](repeating: 9, count: 16)
    )

    /// The header fields of the client.
    static var fields: HTTPFields { ["Authorization": "Bearer " + credentials.key] }

    static func make() throws -> HookGateway {
        var files: [String: [UInt8]] = [:]
        for folder in ["Profiles", "Hooks"] {
            let root = Shared.checkout.appendingPathComponent(folder)
            let names = FileManager.default.enumerator(atPath: root.path)?.allObjects ?? []
            for case let name as String in names
            where name.contains(".") && !name.contains("cases/") {
                files[folder + "/" + name] = Array(
                    try Data(contentsOf: root.appendingPathComponent(name))
                )
            }
        }
        let parts = Shared.checkout.appendingPathComponent("Tests/Cases/hooks/parts-test.json")
        files["Hooks/parts-test.json"] = Array(try Data(contentsOf: parts))
        files["Hooks/clients/ehr.json"] = Array(
            #"""
            {"format":"limen-client/1","id":"ehr","tenant":"hospital-a","mayReplay":true,
             "apiKey":{"salt":"\#(credentials.salt)","sha256":"\#(credentials.sha256)"},
             "dialect":{"base":"standard-2.0","systemActions":true},
             "corsOrigins":["\#(origin)"]}
            """#.utf8
        )
        // It stands still: a busy machine is not a call that comes too late.
        let now = Posix.Clock.now()
        return try HookGateway(
            catalogue: try Catalogue(files: files, now: now),
            configuration: GatewayConfiguration(
                tenantKeys: ["hospital-a": AuthenticationKey([UInt8](repeating: 1, count: 32))],
                systemKey: AuthenticationKey([UInt8](repeating: 3, count: 32)),
                now: { now },
                randomUUID: { UUIDBytes.version4() }
            ),
            audit: InMemoryAuditSink(),
            registry: MetricsRegistry(),
            log: LogWriter(now: { Posix.Clock.now() }, write: { _ in })
        )
    }

    /// A check whose calls go to a gateway without a socket.
    static func run(_ gateway: HookGateway, service: String? = nil) throws -> ConformRun {
        ConformRun(
            base: "http://127.0.0.1",
            serviceID: service,
            origin: origin,
            credentials: fields,
            sample: try ConformSample(file: nil, now: Posix.Clock.now())
        ) { method, path, fields, body in
            let response = await gateway.respond(
                to: HTTPRequest(
                    method: method,
                    path: path,
                    query: nil,
                    fields: fields,
                    body: body,
                    peerAddress: "127.0.0.1"
                )
            )
            return ConformRun.Answer(
                status: response.status,
                fields: response.fields,
                body: response.body,
                milliseconds: 1
            )
        }
    }
}
