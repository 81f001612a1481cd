import Foundation
import Posix
import Synchronization
import Telemetry
import Testing

@testable import Gateway
@testable import limen

/// The log of a service whose reader stalls.
@Suite("The log of a running service")
struct ServiceLogTests {
    @Test(
        "says when clients sign tokens and nobody knows the URL that these must name",
        arguments: [
            ("[::]:18432", "", "", true), ("0.0.0.0:8080", "", "", true), (":8080", "", "", true),
            ("127.0.0.1:8080", "", "", false), ("[::1]:8080", "", "", false),
            ("[::]:8080", "https://limen.example", "", false),
            ("[::]:8080", "", #","audience":["urn:limen"]"#, false),
        ]
    )
    func unknownURL(
        _ listen: String,
        _ publicURL: String,
        _ audience: String,
        _ isTold: Bool
    ) throws {
        let lines = Mutex<[UInt8]>([])
        let log = LogWriter(
            now: { TokenKnowledgeTests.now },
            write: { line in lines.withLock { $0 += line } }
        )
        let client = try TokenKnowledgeTests.client(jwt: audience)
        RunningService.tellAudience(
            try ListenAddress(listen),
            publicURL.isEmpty ? [] : [publicURL],
            ClientRegistry([client]),
            log
        )
        let text = String(decoding: lines.withLock { $0 }, as: UTF8.self)
        #expect(text.contains("LIMEN-CONF-016") == isTold)
        #expect(text.contains("--public-url") == isTold)
    }

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
