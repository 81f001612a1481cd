import Crypto
import Foundation
import Testing

/// The buffer that all sessions of a loop write into, one after the other.
@Suite("What is to be sent by TLS")
struct TLSExchangeTests {
    @Test("goes to the connection that it is for, whatever became of the one before")
    func leftovers() throws {
        let fixture = try TLSFixture()
        defer { fixture.remove() }
        let context = try fixture.context()
        let exchange = TLSExchange(outputBytesMax: 40_000)
        let first = try fixture.established(context, exchange)
        let second = try fixture.established(context, exchange)
        let third = try TLSServerSession(context, exchange)
        // Two records find room, the third does not: the response is lost as a whole.
        let large = [UInt8](repeating: 1, count: 60_000)
        let small = [UInt8](repeating: 2, count: 100)
        #expect(throws: TLSError.protocolFailure) { try first.server.write(large[...]) }
        #expect(!exchange.hasOutput)
        // What somebody has left all the same is gone when the next one begins.
        try second.server.write(small[...])
        #expect(exchange.hasOutput)
        third.close()
        #expect(!exchange.hasOutput)
        try second.server.write(small[...])
        try second.server.write(small[..<50])
        var bytes: [UInt8] = []
        exchange.takeOutput(into: &bytes)
        // One record of 50 bytes and not both: a header, the type within, a tag (RFC 8446, 5.2).
        #expect(bytes.count == 72)
        #expect(!exchange.hasOutput)
    }
}
