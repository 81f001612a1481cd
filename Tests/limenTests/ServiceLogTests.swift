import Foundation
import Posix
import Telemetry
import Testing

@testable import limen

/// The log of a service whose reader stalls.
@Suite("The log of a running service")
struct ServiceLogTests {
    @Test("holds nobody up when its reader stalls, and counts what was dropped")
    func stall() async {
        await #expect(processExitsWith: .success) {
            // A process that hangs is ended, and has not succeeded.
            alarm(240)
            let pipe = Pipe()
            Signal.ignoreBrokenPipes()
            dup2(pipe.fileHandleForWriting.fileDescriptor, 2)
            let log = try RunningService.openLog()
            let registry = MetricsRegistry()
            RunningService.registerLog(in: registry)
            // More than the pipe and the queue take; with a write that blocks this never ends.
            for number in 0..<10_000 {
                log.log(LogEvent(.info, "hook answered", [(.count, .number(number))]))
            }
            let dropped = Terminal.droppedErrorLines
            try #require(dropped > 0)
            #expect(registry.text.contains("limen_log_lines_dropped_total \(dropped)\n"))
            // The reader goes on: what is there is whole, and a line says what is not.
            var text = ""
            while !text.contains("log lines were dropped") {
                text += String(
                    decoding: pipe.fileHandleForReading.availableData,
                    as: UTF8.self
                )
            }
            #expect(text.contains(#""Attributes":{"limen.count":\#(dropped)}"#))
            withExtendedLifetime(pipe) {}
        }
    }
}
