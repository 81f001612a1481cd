import HTTPMessages
import Support
import Testing

@Suite(.enabled(if: Shared.isPresent, "shared suites absent: set LIMEN_SHARED"))
struct EdgeCaseTests {
    @Test("the suites are read completely")
    func count() {
        #expect(EdgeCase.all.count == 161)
        #expect(PeerCase.all.count == 166)
    }

    @Test("each edge case comes out as the suite expects", arguments: EdgeCase.all)
    func expectation(_ edge: EdgeCase) {
        let parsed = ParsedStream(edge.bytes)
        switch edge.expect {
        case "ok":
            #expect(parsed.rejection == nil)
            #expect(parsed.messages.count == edge.responses ?? 1)
            #expect(!parsed.isIncomplete)
        case "reject" where edge.id == "rl-trace":
            // The router refuses it, which knows what its path allows.
            #expect(parsed.messages.map(\.keepsAlive) == [false])
            #expect(parsed.rejection == nil)
        case "reject":
            #expect(parsed.messages.isEmpty)
            #expect(parsed.rejection != nil)
            let status = parsed.rejection?.status ?? 0
            #expect(400..<500 ~= status || status == 501 || status == 505)
            if let allowed = edge.status { #expect(allowed.contains(status)) }
        case "wait":
            #expect(parsed.messages.isEmpty)
            #expect(parsed.rejection == nil)
            #expect(parsed.isIncomplete)
        default:
            #expect(edge.expect == "either")
            let answers = parsed.messages.count + (parsed.rejection == nil ? 0 : 1)
            #expect(answers >= 1)
            #expect(answers <= edge.responsesMax ?? 1)
        }
        // `cl0-poison` is plain pipelining of two honest requests.
        if edge.id != "cl0-poison" {
            #expect(!parsed.messages.contains { $0.path == "/smuggled" })
        }
    }

    @Test("where the network cuts changes nothing", arguments: EdgeCase.all)
    func cuts(_ edge: EdgeCase) {
        let bytes = edge.bytes
        let whole = ParsedStream(bytes)
        for cut in ParsedStream.cuts(bytes) {
            #expect(ParsedStream(bytes, cutAt: cut) == whole, "cut at \(cut)")
        }
        #expect(ParsedStream(byteByByte: bytes) == whole)
    }

    @Test("all that a strict peer refuses is refused, with and without a Host")
    func peerRefusals() {
        let refused = PeerCase.all.filter { $0.mode == "request" && $0.outcome == "error" }
        #expect(refused.count == 65)
        for peer in refused {
            for bytes in [peer.bytes, Self.withHost(peer.bytes)] {
                // Nothing is left over as accepted: a rejection, an end inside a request, or
                // bytes behind a request that closes. An upgrade is not refused but ignored.
                let parsed = ParsedStream(bytes)
                if peer.reason == "Pause on CONNECT/Upgrade"
                    || peer.reason == "Pause on PRI/Upgrade"
                {
                    #expect(parsed.messages.count <= 1, "\(peer.title)")
                } else if peer.reason == "Data after `Connection: close`" {
                    #expect(parsed.messages.count <= 1, "\(peer.title)")
                } else {
                    #expect(parsed.messages.isEmpty, "\(peer.title)")
                    #expect(parsed.rejection != nil || parsed.isIncomplete, "\(peer.title)")
                }
            }
        }
    }

    @Test("requests that a lenient peer lets pass are refused or read as strict peers do")
    func lenientPeers() {
        let lenient = PeerCase.all.filter { $0.mode != "request" && $0.mode != "request-finish" }
        #expect(lenient.count > 20)
        for peer in lenient {
            let parsed = ParsedStream(Self.withHost(peer.bytes))
            #expect(parsed.messages.count <= 1, "\(peer.title)")
            if let message = parsed.messages.first {
                #expect(!message.keepsAlive || parsed.rejection != nil, "\(peer.title)")
            }
        }
    }

    @Test("where the network cuts changes nothing for peers' cases either")
    func peerCuts() {
        for peer in PeerCase.all {
            for bytes in [peer.bytes, Self.withHost(peer.bytes)] {
                let whole = ParsedStream(bytes)
                for cut in 0...bytes.count {
                    #expect(ParsedStream(bytes, cutAt: cut) == whole, "\(peer.title) at \(cut)")
                }
                #expect(ParsedStream(byteByByte: bytes) == whole, "\(peer.title)")
            }
        }
    }

    /// The message with a Host behind its first line when it has none, so that it is not refused
    /// for want of one, and with an end of its head.
    private static func withHost(_ bytes: [UInt8]) -> [UInt8] {
        let text = String(decoding: bytes, as: UTF8.self).lowercased()
        var bytes = bytes
        if !text.contains("\nhost:"), let end = bytes.firstIndex(of: 0x0A), end > 2 {
            bytes.insert(contentsOf: Array("Host: a\r\n".utf8), at: end + 1)
        }
        if !text.contains("\r\n\r\n") { bytes.append(contentsOf: [0x0D, 0x0A]) }
        return bytes
    }
}
