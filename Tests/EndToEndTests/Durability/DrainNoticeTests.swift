import Foundation
import HTTPClient
import HTTPMessages
import Testing

/// A gateway that says that it is going to stop before it stops.
@Suite(
    "A gateway that is told to stop",
    .serialized,
    .enabled(if: LiveGateway.isPresent, LiveGateway.absence)
)
struct DrainNoticeTests {
    private static let reason = "[-]accepting failed: draining"

    @Test("says so on /readyz while it goes on answering, until a second signal cuts it off")
    func notice() throws {
        let site = try OwnSite()
        try site.startDatabase()
        let gateway = try site.serve(["--drain-notice", "300"])
        let url = try gateway.url()
        #expect(try site.fire(url).status == 200)
        try site.waitUntilReady(url) { status, _ in status == 200 }
        try gateway.signal(SIGTERM)
        // Each of these is a connection of its own.
        try site.waitUntilReady(url) { status, text in
            status == 503 && text.contains(Self.reason)
        }
        #expect(try site.fire(url).status == 200)
        #expect(gateway.text.contains("stopping in 300 s"))
        #expect(!gateway.text.contains("requests on their way"))
        #expect(gateway.isRunning)
        try gateway.signal(SIGINT)
        // Without the second one it would go on for minutes.
        #expect(gateway.ending() == 0)
        #expect(gateway.text.contains("a second signal"))
        #expect(throws: HTTPClientError.self) { try site.ready(url) }
    }

    @Test("closes its listener behind the notice, and lets what is open finish")
    func listenerCloses() throws {
        let site = try OwnSite()
        try site.startDatabase()
        let gateway = try site.serve(["--drain-notice", "1"])
        let url = try gateway.url()
        try site.waitUntilReady(url) { status, _ in status == 200 }
        try gateway.signal(SIGTERM)
        #expect(gateway.ending() == 0)
        let said = gateway.text
        let told = try #require(said.range(of: "stopping in 1 s"))
        let closed = try #require(said.range(of: "requests on their way are finished"))
        #expect(told.lowerBound < closed.lowerBound)
        #expect(!said.contains("a second signal"))
        #expect(throws: HTTPClientError.self) { try site.ready(url) }
    }

    @Test("without a notice it closes at once, as ever")
    func noNotice() throws {
        let site = try OwnSite()
        try site.startDatabase()
        let gateway = try site.serve()
        _ = try gateway.url()
        try gateway.signal(SIGTERM)
        #expect(gateway.ending() == 0)
        #expect(!gateway.text.contains("stopping in"))
        #expect(gateway.text.contains("requests on their way are finished"))
    }

    @Test("a notice is a number of seconds", arguments: ["-1", "301", "soon", "1.5", "5s"])
    func badNotice(_ text: String) throws {
        let run = try LiveGateway.run(["serve", "--keys", "/nowhere", "--drain-notice", text])
        #expect(run.exitCode == 2)
        #expect(run.error.contains("--drain-notice takes a whole number from 0 to 300"))
    }
}
