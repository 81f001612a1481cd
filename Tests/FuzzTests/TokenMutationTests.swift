import Foundation

import Testing
import TokenProbes

/// Signed tokens with every kind of change: none is accepted.
@Suite("Changed tokens")
struct TokenMutationTests {
    /// How many are tried here; `./limen fuzz jwt --runs 1000000` tries a million.
    static let count =
        ProcessInfo.processInfo.environment["LIMEN_TOKEN_MUTATIONS"].flatMap(Int.init) ?? 2_000

    @Test("are refused, and the unchanged ones beside them are accepted")
    func randomScripts() {
        var state: UInt64 = 0x5EED
        func next() -> UInt64 {
            // SplitMix64: the same changes in every run.
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
            return mixed ^ mixed >> 31
        }
        var refused = 0
        for number in 0..<Self.count {
            let editCount = 1 + Int(next() % 3)
            var script = [UInt8(number % TokenProbe.baselineCount), UInt8(next() % 4)]
            for _ in 0..<editCount {
                let edit = next()
                script += (0..<4).map { UInt8(truncatingIfNeeded: edit >> ($0 * 8)) }
            }
            if !TokenProbe.run(script) { refused += 1 }
        }
        // A few scripts undo themselves; the probe has compared each of those.
        #expect(refused > Self.count * 9 / 10)
        for index in 0..<TokenProbe.baselineCount {
            #expect(TokenProbe.run([UInt8(index), 0]))
        }
    }

    @Test("are refused for every bit of a token")
    func everyBit() {
        for place in 0..<400 {
            for bit in 0..<8 {
                let script: [UInt8] = [2, 0, 0, UInt8(place >> 8), UInt8(place & 255), UInt8(bit)]
                #expect(!TokenProbe.run(script) || place >= 300)
            }
        }
    }

    @Test("of the corpus hold what must hold, and some are accepted")
    func corpus() throws {
        let results = try CorpusTests.inputs("jwt").map { TokenProbe.run($0.bytes) }
        #expect(results.contains(true))
        #expect(results.contains(false))
    }
}
