import Posix
import Telemetry

/// Where the log of the service goes.
extension RunningService {
    /// Opens the log on standard error; a reader that stalls holds nobody up from then on.
    static func openLog() throws(CommandError) -> LogWriter {
        let log = LogWriter(
            resource: [("service.name", "limen"), ("service.version", version)],
            now: { Clock.now() },
            write: { Terminal.writeError($0) }
        )
        do {
            try Terminal.queueErrors { count in
                log.line(
                    LogEvent(
                        .warning,
                        "log lines were dropped as nobody took them",
                        [(.count, .number(count))]
                    )
                )
            }
        } catch {
            throw CommandError(.internalError, "the log cannot be written: \(error.text)")
        }
        return log
    }

    /// Registers what is counted of the log.
    static func registerLog(in registry: MetricsRegistry) {
        registry.counter(
            "limen_log_lines_dropped_total",
            help: "Log lines that were dropped because nobody took them.",
            reading: { Terminal.droppedErrorLines }
        )
    }
}
