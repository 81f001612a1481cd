import AuditStore
import Ledger
import Vault

/// What a gateway says of the keys that it uses.
extension RunningService {
    /// Says in the database under which keys this gateway seals, and what its spool holds.
    static func keyReporter(
        _ settings: Settings,
        _ identity: LogIdentity,
        _ ring: KeyRing,
        _ spool: SpoolService?
    ) throws(CommandError) -> KeyReporter {
        do {
            return try KeyReporter(settings.deployments, place: identity.place) {
                KeyReporter.Report(
                    keys: ring.names.compactMap { name in
                        ring.keys(of: name).map { (name, $0.currentWrapping.name) }
                    },
                    spooledCount: spool?.entryCount ?? 0
                )
            }
        } catch {
            throw StoreSentence.commandError(error)
        }
    }
}
