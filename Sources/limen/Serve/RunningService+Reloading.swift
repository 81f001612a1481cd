import Audit
import AuditStore
import Basics
import Crypto
import Gateway
import HTTPServer
import JSON
import Telemetry
import Posix
import Vault

/// What SIGHUP does: the certificate first and by itself, then the configuration as a whole.
extension RunningService {
    /// Puts the files as they are now in force, or says what is wrong and keeps the old ones.
    func reload() async {
        await renewCertificate()
        await reloadConfiguration()
    }

    /// Shows the certificate that lies there, again and again until the task is cancelled.
    func watchCertificate() async {
        await certificate?.watch { await renewCertificate() }
    }

    /// Shows the certificate that lies there now.
    ///
    /// Its row comes behind it, unlike those of decisions: to hold a certificate back because the
    /// trail takes no rows would end in no answers at all. A row that is not taken is owed, and
    /// goes in when the trail takes rows again.
    private func renewCertificate() async {
        let change = certificate?.renew({ server.secure(with: $0) }) {
            Terminal.writeError("limen: \($0)\n")
        }
        guard let change else { return }
        let row = record(.configurationChange, outcome: change.outcome, details: change.details)
        do throws(AuditError) {
            try await sink.append(row)
        } catch {
            let isOwed = gateway.owe(row)
            let rest =
                isOwed
                ? "and is written when it takes rows again" : "and is left out: too many wait"
            Terminal.writeError(
                "limen: the row of the certificate is not in the audit trail yet "
                    + "(\(error.code.rawValue)), \(rest)\n"
            )
        }
    }

    /// Loads profiles, hooks, clients and keys anew.
    ///
    /// Either way there is a row: who reads the trail sees which clients could call when, and that
    /// somebody tried a change that was refused. The row comes first, as with every answer.
    private func reloadConfiguration() async {
        do throws(CommandError) {
            let catalogue: Catalogue
            let keys: [TenantKeys]
            do throws(CommandError) {
                catalogue = try Self.loadCatalogue(settings)
                keys = try settings.vault()
                do throws(CatalogueError) {
                    try gateway.check(catalogue)
                } catch {
                    throw Self.commandError(error)
                }
            } catch {
                try await note(
                    .configurationChange,
                    outcome: .rejected,
                    details: Self.refusalDetails(error)
                )
                throw error
            }
            try await note(
                .configurationChange,
                clients: catalogue.clients,
                details: CatalogueChange(from: gateway.catalogue, to: catalogue).json()
            )
            ring.replace(by: keys)
            Self.tellStale(ring, log)
            reporter.reportSoon()
            do throws(CatalogueError) {
                try gateway.reload(catalogue)
            } catch {
                throw Self.commandError(error)
            }
            Self.tellAudience(settings.address, settings.publicURLs, catalogue.clients, log)
            Terminal.writeError("limen: the configuration was loaded anew\n")
        } catch {
            Terminal.writeError(
                "limen: the old configuration stays in force; \(error.sentence)\n"
            )
        }
    }

    /// Why files were not put in force: which, and not what stands in them.
    static func refusalDetails(_ error: CommandError) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("refused", String(error.sentence.prefix(1_000)))
        writer.endObject()
        return writer.bytes
    }
}
