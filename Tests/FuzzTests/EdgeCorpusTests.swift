import EdgeProbes
import Support
import Testing

/// The corpora of the HTTP edge, and scripts and requests around them.
@Suite("The corpora of the HTTP edge")
struct EdgeCorpusTests {
    @Test("hold what must hold, and contain what is served and what is refused")
    func replay() throws {
        let requests = try CorpusTests.inputs("http").map { RequestProbe.run($0.bytes) }
        #expect(requests.contains(true))
        #expect(requests.contains(false))
        let scripts = try CorpusTests.inputs("connection").map { ConnectionProbe.run($0.bytes) }
        #expect(scripts.contains(true))
        #expect(scripts.contains(false))
    }

    @Test("come to all that a request and a connection can come to")
    func reached() throws {
        let requests = try CorpusTests.inputs("http").map { RequestProbe.reached($0.bytes) }
        #expect(
            requests.reduce(into: []) { $0.formUnion($1) } == Set(RequestProbe.Reached.allCases)
        )
        let scripts = try CorpusTests.inputs("connection").map {
            ConnectionProbe.reached($0.bytes)
        }
        #expect(
            scripts.reduce(into: []) { $0.formUnion($1) } == Set(ConnectionProbe.Reached.allCases)
        )
    }

    @Test("hold it too with bytes left out, doubled and changed")
    func neighbours() throws {
        for (_, bytes) in try CorpusTests.inputs("http") where bytes.count < 400 {
            for position in bytes.indices {
                var shorter = bytes
                shorter.remove(at: position)
                RequestProbe.run(shorter)
                var longer = bytes
                longer.insert(bytes[position], at: position)
                RequestProbe.run(longer)
                var other = bytes
                other[position] ^= 0x20
                RequestProbe.run(other)
            }
        }
    }

    @Test("hold for scripts of chance")
    func scripts() {
        var state: UInt64 = 0xED6E
        func next() -> UInt64 {
            // SplitMix64: the same scripts in every run.
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
            return mixed ^ mixed >> 31
        }
        var tally: [ConnectionProbe.Reached: Int] = [:]
        for _ in 0..<20_000 {
            let count = 1 + Int(next() % 80)
            let script = (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
            for state in ConnectionProbe.reached(script) { tally[state, default: 0] += 1 }
        }
        for state in ConnectionProbe.Reached.allCases {
            #expect(tally[state, default: 0] > 0, "\(state)")
        }
        #expect(tally[.handled, default: 0] > 1_000)
    }
}
