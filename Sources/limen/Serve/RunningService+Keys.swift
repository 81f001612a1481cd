import AuditStore
import Ledger
import Posix
import Telemetry
import Vault

/// What a gateway says of the keys that it uses, and learns of them.
extension RunningService {
    /// The keys of the tenants, and what this gateway knows of their successors.
    ///
    /// A key file that is older than that is a matter of its tenant alone.
    static func keyRing(_ settings: Settings, _ log: LogWriter) throws(CommandError) -> KeyRing {
        let ring = KeyRing(try settings.vault())
        let known = try SupersededKeys(settings.ledger.path).read()
        if let first = known.faultyLines.first {
            log.log(
                LogEvent(
                    .error,
                    "lines of the file superseded-keys have faults and were passed over",
                    [(.place, .text("line \(first)")), (.count, .number(known.faultyLines.count))]
                )
            )
        }
        ring.supersede(known.names)
        tellStale(ring, log)
        return ring
    }

    /// Names the tenants for which nothing is sealed, and the way out.
    static func tellStale(_ ring: KeyRing, _ log: LogWriter) {
        for name in ring.staleNames {
            log.log(
                LogEvent(
                    .error,
                    """
                    the current wrapping key of the key file has a successor, so no row of a patient \
                    of this tenant is taken: bring the file up to date, or make a new key (limen \
                    audit keys rotate), and send SIGHUP
                    """,
                    [(.tenant, .text(name)), (.errorType, .text("LIMEN-VAULT-014"))]
                )
            )
        }
    }

    /// Says in the database under which keys this gateway seals, and what its spool holds.
    static func keyReporter(
        _ settings: Settings,
        _ identity: LogIdentity,
        _ ring: KeyRing,
        _ sealer: RecordSealer,
        _ spool: SpoolService?,
        _ log: LogWriter
    ) throws(CommandError) -> KeyReporter {
        let keeper = SupersededKeeper(
            kept: ring.superseded,
            write: { names throws(SystemError) in
                try SupersededKeys(settings.ledger.path).keep(names)
            },
            log: { log.log($0) }
        )
        do {
            return try KeyReporter(
                settings.deployments,
                place: identity.place,
                report: {
                    // What is on its way now is in the spool, or here, when the next is asked.
                    KeyReporter.Report(
                        keys: sealer.wrappingUses(),
                        spooledCount: spool?.entryCount ?? 0
                    )
                },
                learn: { learn($0, settings, ring, keeper, log) }
            )
        } catch {
            throw StoreSentence.commandError(error)
        }
    }

    /// Learns which wrapping keys have successors; where they are current here, the files may be up
    /// to date already, and if they are not, nothing more is sealed under them.
    private static func learn(
        _ told: [(tenant: String, wrappingKey: String)],
        _ settings: Settings,
        _ ring: KeyRing,
        _ keeper: SupersededKeeper,
        _ log: LogWriter
    ) {
        let names = told.map { KeyRing.WrappingName(tenant: $0.tenant, name: $0.wrappingKey) }
        let isNews = ring.supersede(names)
        // Also when it is no news: what could not be written then is written now.
        keeper.keep(ring.superseded)
        guard isNews, !ring.staleNames.isEmpty else { return }
        if let keys = try? settings.vault() { ring.replace(by: keys) }
        tellStale(ring, log)
    }
}
