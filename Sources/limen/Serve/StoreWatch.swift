import AuditStore
import Gateway
import PostgreSQL
import Posix
import Telemetry

/// Tells the log and `/readyz` how the database is, for a gateway with a spool and without one.
struct StoreWatch: Sendable {
    let log: LogWriter
    let hasSpool: Bool
    let writer: ConnectionSettings

    /// Takes a change of the store's state: the code, and the setting or SQLSTATE.
    func tell(_ error: AuditStoreError?) {
        guard let error else {
            log.log(LogEvent(.info, "the audit trail takes rows again"))
            tellVersion()
            return
        }
        var attributes: [(LogEvent.Attribute, LogEvent.Value)] = [
            (.errorType, .text(error.cause?.code.rawValue ?? error.code.rawValue))
        ]
        if let subject = error.subject { attributes.append((.place, .text(subject))) }
        if let state = error.cause?.sqlState { attributes.append((.sqlState, .text(state))) }
        log.log(LogEvent(.error, sentence(error), attributes))
    }

    private func sentence(_ error: AuditStoreError) -> StaticString {
        if error.isFailedCheck {
            return "the database fails a check: no hook is answered until it passes"
        }
        return hasSpool
            ? "the database takes no rows of the trail" : "the audit trail takes no rows"
    }

    /// Says that the gateway has begun without its database.
    func tellAbsence() {
        log.log(
            LogEvent(
                .warning,
                "the database is away: the gateway begins with its spool and checks it when back"
            )
        )
    }

    /// Says what speaks against the version of the server, on no thread that anybody waits for.
    func tellVersion() {
        let writer = writer
        Task.detached {
            guard let warning = try? Maintenance.versionWarning(writer) else { return }
            Terminal.writeError("limen: \(warning); install the newest minor release\n")
        }
    }

    /// What `/readyz` says of the database.
    func check(
        _ sink: PostgreSQLAuditSink,
        isBridged: @escaping @Sendable () -> Bool
    ) -> GatewayConfiguration.ReadinessCheck {
        .init(
            name: "database",
            note: {
                guard let problem = sink.databaseProblem else { return nil }
                let code = problem.cause?.code.rawValue ?? problem.code.rawValue
                let state = problem.cause?.sqlState.map { ", SQLSTATE " + $0 } ?? ""
                if problem.isFailedCheck {
                    return "fails a check (\(code)\(state)); no hook is answered"
                }
                return isBridged()
                    ? "takes no rows (\(code)\(state)); they go to the local spool"
                    : "takes no rows (\(code)\(state))"
            },
            isReady: {
                guard let problem = sink.databaseProblem else { return true }
                return isBridged() && !problem.isFailedCheck
            }
        )
    }
}
