import AuditStore
import Crypto
import Gateway
import Lifecycle
import PostgreSQL
import Posix
import Synchronization
import Telemetry

/// Joins a gateway with the keeper of what is in force, and tells the log about it.
final class VersionsWatch: Sendable {
    private let keeper = Mutex<DeploymentKeeper?>(nil)

    /// Whether the gateway knows what is in force as of a moment ago.
    var isCurrent: Bool { keeper.withLock { $0 }?.isCurrent ?? false }

    /// Makes the keeper of a gateway.
    ///
    /// - Throws: `CommandError` when what is in force cannot be read, and, with the database away,
    ///   is not known from before either.
    func keep(
        _ settings: ConnectionSettings,
        _ gateway: HookGateway,
        _ memory: VersionsMemory,
        isAway: Bool,
        _ log: LogWriter
    ) throws(CommandError) -> DeploymentKeeper {
        let known = isAway ? memory.known(at: Clock.now()) : nil
        if isAway, known == nil {
            throw CommandError(
                .unavailable,
                "the database is away, and this gateway has not read within the last days which "
                    + "versions are in force; it guesses none, so start it once the database is back"
            )
        }
        do throws(AuditStoreError) {
            let keeper = try DeploymentKeeper(
                settings,
                user: gateway,
                gateway: .version7(at: Clock.now()),
                known: known,
                onRead: { memory.keep($0, at: Clock.now()) },
                onEvent: { log.log(Self.event($0)) }
            )
            self.keeper.withLock { $0 = keeper }
            return keeper
        } catch {
            let state = error.cause?.sqlState.map { ", SQLSTATE " + $0 } ?? ""
            throw CommandError(
                .unavailable,
                "which versions are in force cannot be read as limen_gateway "
                    + "(\(error.cause?.code.rawValue ?? error.code.rawValue)\(state)); name its "
                    + "login with LIMEN_STATE_DATABASE, a connection string of libpq"
            )
        }
    }

    private static func event(_ event: DeploymentKeeper.Event) -> LogEvent {
        switch event {
        case .unreadable(let error):
            LogEvent(
                .error,
                "what is in force cannot be read, the last known state stays",
                [(.errorType, .text(error.cause?.code.rawValue ?? error.code.rawValue))]
            )
        case .readable:
            LogEvent(.info, "what is in force can be read again")
        case .started(let start):
            LogEvent(
                .info,
                "a canary was started",
                [(.service, .text(start.service)), (.version, .text(start.version.profile))]
            )
        case .incomplete(let error):
            LogEvent(
                .error,
                "a count, a start or a rollback of a version failed, the rest went on",
                [
                    (.errorType, .text(error.cause?.code.rawValue ?? error.code.rawValue)),
                    (.sqlState, .text(error.cause?.sqlState ?? "")),
                ]
            )
        case .rolledBack(let service, let breach):
            LogEvent(
                .warning,
                "a canary was taken back",
                [(.service, .text(service)), (.place, .text(breach.sentence))]
            )
        }
    }
}
