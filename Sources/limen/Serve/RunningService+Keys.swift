import AuditStore
import Ledger
import Posix
import Telemetry
import Vault

/// What a gateway says of the keys that it uses, and learns of them.
extension RunningService {
    /// The keys of the tenants, when the files are not older than what this gateway knows.
    static func keyRing(_ settings: Settings) throws(CommandError) -> KeyRing {
        let keys = try settings.vault()
        let ring = KeyRing(keys)
        ring.supersede(try SupersededKeys(settings.ledger.path).read())
        try SupersededKeys.check(keys, against: ring)
        return ring
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
                    // A key that rows on their way are under is in use, whatever the file says; and
                    // what is on its way now is in the spool, or here, when the next is asked.
                    let leaving = sealer.leavingWrappings()
                    return KeyReporter.Report(
                        keys: ring.names.compactMap { name in
                            ring.keys(of: name)
                                .map { (name, leaving[name] ?? $0.currentWrapping.name) }
                        },
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
        for name in ring.staleNames {
            log.log(
                LogEvent(
                    .error,
                    "the key file is old: no row of a patient is taken until it is brought up to date",
                    [(.tenant, .text(name))]
                )
            )
        }
    }
}
