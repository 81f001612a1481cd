package import Audit
package import Basics
import Crypto
package import Gateway
import Telemetry

/// The gateway as it is measured: the services of this repository over a sink of the measurement.
package enum MeasuredGateway {
    /// Makes it.
    ///
    /// - Parameters:
    ///   - configuration: The services and the client.
    ///   - sink: Where its rows go.
    ///   - now: Its clock.
    /// - Returns: the gateway.
    /// - Throws: `CatalogueError` when the services have faults.
    package static func make(
        _ configuration: MeasuredConfiguration,
        sink: any AuditSink,
        now: @escaping @Sendable () -> Instant
    ) throws -> HookGateway {
        try HookGateway(
            catalogue: Catalogue(files: configuration.files, now: now()),
            configuration: GatewayConfiguration(
                tenantKeys: ["bench": AuthenticationKey([UInt8](repeating: 1, count: 32))],
                systemKey: AuthenticationKey([UInt8](repeating: 2, count: 32)),
                now: now,
                randomUUID: {
                    UUIDBytes(high: .random(in: 0 ... .max), low: .random(in: 0 ... .max))
                }
            ),
            audit: sink,
            registry: MetricsRegistry(),
            log: LogWriter(now: now, write: { _ in })
        )
    }
}
