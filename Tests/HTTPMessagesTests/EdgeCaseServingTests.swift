import HTTPMessages
import Support
import Testing

/// The shared edge cases through parser and connection together, as the server drives them.
@Suite(.enabled(if: Shared.isPresent, "shared suites absent: set LIMEN_SHARED"))
struct EdgeCaseServingTests {
    @Test("each edge case is served as the suite expects", arguments: EdgeCase.all)
    func expectation(_ edge: EdgeCase) {
        let served = ServedStream([edge.bytes[...]])
        switch edge.expect {
        case "ok":
            #expect(served.statuses == [Int](repeating: 200, count: edge.responses ?? 1))
        case "reject":
            #expect(served.paths.isEmpty)
            #expect(served.statuses.count == 1)
            #expect(served.isEnded)
            let status = served.statuses.first ?? 0
            #expect(400..<500 ~= status || status == 501 || status == 505)
            if let allowed = edge.status { #expect(allowed.contains(status)) }
        case "wait":
            #expect(served == ServedStream([]))
        default:
            #expect(edge.expect == "either")
            #expect(served.statuses.count >= 1)
            #expect(served.statuses.count <= edge.responsesMax ?? 1)
        }
        // `cl0-poison` is plain pipelining of two honest requests.
        if edge.id != "cl0-poison" { #expect(!served.paths.contains("/smuggled")) }
    }

    @Test("where the network cuts changes nothing of what is served", arguments: EdgeCase.all)
    func cuts(_ edge: EdgeCase) {
        let bytes = edge.bytes
        let whole = ServedStream([bytes[...]])
        for cut in ParsedStream.cuts(bytes) {
            #expect(ServedStream(bytes, cutAt: cut) == whole, "cut at \(cut)")
        }
        #expect(ServedStream(byteByByte: bytes) == whole)
    }

    @Test("what a strict peer refuses reaches a handler at most as its lawful first request")
    func peerRefusals() {
        let refused = PeerCase.all.filter { $0.mode == "request" && $0.outcome == "error" }
        #expect(refused.count == 65)
        for peer in refused {
            let whole = ServedStream([peer.bytes[...]], endsInput: true)
            // An upgrade is ignored, and bytes behind `Connection: close` are thrown away: of these
            // the first request is lawful. All others reach nobody.
            let isLawful =
                peer.reason == "Pause on CONNECT/Upgrade" || peer.reason == "Pause on PRI/Upgrade"
                || peer.reason == "Data after `Connection: close`"
            #expect(whole.paths.count <= (isLawful ? 1 : 0), "\(peer.title)")
            #expect(whole.isEnded, "\(peer.title)")
            for cut in 0...peer.bytes.count {
                let pieces = [peer.bytes[..<cut], peer.bytes[cut...]]
                let cutUp = ServedStream(pieces, endsInput: true)
                #expect(cutUp == whole, "\(peer.title) at \(cut)")
            }
        }
    }
}
