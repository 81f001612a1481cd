import Basics
import HTTPClient
import HTTPMessages
import Posix
import Testing

@testable import HTTPServer

/// What becomes of newcomers when the process has few descriptors.
@Suite("A server with few descriptors")
struct ShortageTests {
    @Test(
        "keeps some of them for what is no connection",
        arguments: [
            (1_048_576, 1_048_576 - 512), (8_704, 8_192), (4_096, 3_584), (1_024, 512),
            (1_000, 500), (256, 128), (2, 1), (1, 1), (0, 8_192),
        ]
    )
    func reserve(descriptors: Int, connections: Int) {
        #expect(HTTPServer.connectionCountMax(descriptors: descriptors) == connections)
    }

    @Test("the reserve has room for newcomers, and for as much again")
    func limits() {
        #expect(Limits.httpDescriptorReserve >= 2 * Limits.httpNewcomerCountMax)
        #expect(Limits.httpShortageLeaverCountMax <= Limits.httpLeaversLookedAtMax)
        #expect(Limits.httpShortageLeaverCountMax > 0)
    }

    /// Keeps a connection open in an array.
    private final class Held {
        private var client: HTTPClient

        init(_ client: consuming HTTPClient) { self.client = client }

        func ask(_ path: String) throws -> Int {
            try client.send(HTTPRequest(method: "GET", path: path)).status
        }
    }

    /// Keeps a descriptor in an array.
    private final class Filler {
        let descriptor: Descriptor

        init() throws { descriptor = try Descriptor.open(path: "/dev/null") }
    }

    private static func patient(_ configuration: inout HTTPServerConfiguration) {
        configuration.connection.headMilliseconds = 600_000
        configuration.connection.idleMilliseconds = 600_000
    }

    @Test("lets a newcomer in while one address has as many connections as fit")
    func crowded() async {
        await #expect(processExitsWith: .success) {
            ResourceUsage.lowerDescriptorLimit(to: 200)
            let server = try TestServer.start { Self.patient(&$0) }
            try #require(server.server.connectionCountMax == 100)
            // Each has two of the descriptors here, so fewer fit than are counted.
            var crowd: [Held] = []
            for number in 0..<60 {
                crowd.append(Held(try server.connect(from: "127.0.0.2")))
                await server.log.wait { $0.opened == number + 1 }
            }
            var fillers: [Filler] = []
            while let filler = try? Filler() { fillers.append(filler) }
            // One for the newcomer, and none to accept him with.
            try #require(fillers.popLast() != nil)
            let good = Held(try server.connect())
            #expect(try good.ask("/first") == 200)
            #expect(try good.ask("/second") == 200)
            let counts = server.log.counts
            let reason = RequestRejection.connectionsTooMany.rawValue
            #expect(!counts.refused.isEmpty)
            #expect(counts.refused.count <= 15)
            #expect(counts.refused.allSatisfy { $0 == reason })
            withExtendedLifetime((crowd, fillers)) {}
        }
    }

    @Test("closes nobody's only connection when descriptors are short for another reason")
    func alone() async {
        await #expect(processExitsWith: .success) {
            ResourceUsage.lowerDescriptorLimit(to: 200)
            let server = try TestServer.start { Self.patient(&$0) }
            let first = Held(try server.connect(from: "127.0.0.2"))
            #expect(try first.ask("/first") == 200)
            var fillers: [Filler] = []
            while let filler = try? Filler() { fillers.append(filler) }
            _ = fillers.popLast()
            let late = Held(try server.connect())
            #expect(try first.ask("/second") == 200)
            #expect(server.log.counts.refused.isEmpty)
            // There is one again, and the listener is looked at again.
            _ = fillers.popLast()
            #expect(try late.ask("/first") == 200)
            withExtendedLifetime(fillers) {}
        }
    }
}
