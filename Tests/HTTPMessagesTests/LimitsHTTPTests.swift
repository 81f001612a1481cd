import Basics
import Testing

struct LimitsHTTPTests {
    @Test("the limits of the HTTP edge fit one another")
    func relations() {
        #expect(Limits.httpRequestLineBytesMax >= 8_000)
        #expect(Limits.httpRequestLineBytesMax < Limits.httpHeadBytesMax)
        #expect(Limits.httpFieldBytesMax < Limits.httpHeadBytesMax)
        // One receive can hold a whole head.
        #expect(Limits.httpReadBytes >= Limits.httpHeadBytesMax)
        #expect(Limits.httpTrailerBytesMax <= Limits.httpHeadBytesMax)
        // 10 MB must reach the application, and a client that sends too much is heard out.
        #expect(Limits.httpBodyBytesMax > 10 << 20)
        #expect(Limits.httpBodyBytesMax <= Limits.jsonBytesMax)
        #expect(Limits.httpLingerBytesMax > Limits.httpBodyBytesMax)
        #expect(Limits.httpBodyReservedBytesMax < Limits.httpBodyBytesMax)
        // Every body size can be written in the digits of a chunk size.
        #expect(Limits.httpBodyBytesMax < 1 << (4 * Limits.httpChunkSizeDigitsMax))
        // The least rate cannot be what ends every body before its time does.
        #expect(Limits.httpBodyRateGraceMilliseconds < Limits.httpBodyMilliseconds)
        #expect(Limits.httpHeadMilliseconds < Limits.httpIdleMilliseconds)
        // As a whole less than its parts together, and more than each.
        let parts = [
            Limits.httpHeadMilliseconds, Limits.httpBodyMilliseconds,
            Limits.httpHandlerMilliseconds,
        ]
        #expect(Limits.httpRequestMilliseconds > parts.max() ?? 0)
        #expect(Limits.httpRequestMilliseconds < parts.reduce(0, +))
        #expect(Limits.httpHandshakeMilliseconds < Limits.httpHeadMilliseconds)
        #expect(Limits.httpHandshakeCountMax < Limits.httpConnectionCountMax)
        #expect(Limits.httpHandshakesPerAddressMax < Limits.httpHandshakeCountMax)
        #expect(Limits.httpWriteStallBytesMin < Limits.httpUnsentKernelBytesMax)
        // Who keeps the least rate is never cut, though a step of it is not acknowledged yet.
        let promised =
            Limits.httpReaderBytesPerSecondMin * Limits.httpWriteStallMilliseconds / 1_000
        #expect(Limits.httpWriteStallBytesMin + Limits.httpReaderStepBytesMax <= promised)
        // The largest answer that is usual fits many times.
        #expect(Limits.httpUnsentLoopBytesMax >= 8 * Limits.httpBodyBytesMax)
        #expect(Limits.httpUnsentBytesMax < Limits.httpUnsentLoopBytesMax)
        #expect(Limits.httpChunkUnpaidBytesMax > Limits.httpChunkExtensionBytesMax)
        #expect(Limits.httpConnectionsPerAddressMax <= Limits.httpConnectionCountMax)
        #expect(Limits.httpUnsentBytesMax > 16_384)
        #expect(Limits.httpPipelineDepthMax > 0)
        // What is encrypted ahead is a small part of what may wait.
        #expect(4 * Limits.tlsPieceBytes <= Limits.httpUnsentBytesMax)
        #expect(Limits.httpSentBytesKept < Limits.httpUnsentBytesMax)
        #expect(Limits.httpKeyUpdateCountMax > 0)
        // One turn of a connection brings a large head at once, and no whole large body.
        let turn = Limits.httpReceivesPerTurnMax * Limits.httpReadBytes
        #expect(turn >= Limits.httpHeadBytesMax)
        #expect(turn < Limits.httpBodyBytesMax)
        #expect(Limits.httpAcceptPauseMilliseconds < Limits.httpHandshakeMilliseconds)
        // Within what a service manager waits, and with time for an answer that is due.
        #expect(Limits.httpDrainMilliseconds > Limits.httpHandshakeMilliseconds)
        #expect(Limits.httpDrainMilliseconds < 30_000)
    }
}
