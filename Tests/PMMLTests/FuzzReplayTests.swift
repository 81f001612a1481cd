import EngineProbes
import Foundation
import Support
import Testing

/// The fuzz targets with bytes from a fixed seed; see `Tests/Fuzz`.
@Suite("Odd bytes")
struct FuzzReplayTests {
    /// A generator with a fixed seed (SplitMix64), so that every run is the same.
    private struct Seeded: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }

    @Test("as rows give results, bounds or refusals, and never a number that is none")
    func rows() {
        #expect(EvaluationRows.models.count >= 36)
        var random = Seeded(state: 1)
        for _ in 0..<20_000 {
            let count = Int.random(in: 0...64, using: &random)
            EvaluationRows.run((0..<count).map { _ in UInt8.random(in: 0...255, using: &random) })
        }
    }

    private static let mutated = [
        "rule-set", "categorical-nb-three", "mlp-two-tanh", "imputer-constant-category",
        "logistic-one-versus-rest", "poisson", "tree-ordinal", "gaussian-nb-three",
    ]

    @Test("in a document are refused by element and line, or leave a model", arguments: mutated)
    func documents(name: String) throws {
        let file = Shared.checkout.appendingPathComponent("Tests/Cases/pmml/\(name).pmml")
        let bytes = Array(try Data(contentsOf: file))
        #expect(PMMLProbe.run(bytes))
        let scraps = [
            "NaN", "INF", "-1", "1e999", "&lt;", "\"", "<", "/>", "--", "0", "isMissing", "target",
        ]
        var random = Seeded(state: UInt64(name.utf8.count))
        var refusals = 0
        for _ in 0..<150 {
            var changed = bytes
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<changed.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: changed[place] = UInt8.random(in: 32...126, using: &random)
                case 1: changed.removeSubrange(place..<min(place + 20, changed.count))
                case 2:
                    let scrap = scraps[Int.random(in: scraps.indices, using: &random)]
                    changed.insert(contentsOf: scrap.utf8, at: place)
                default:
                    let copy = Array(changed[place..<min(place + 40, changed.count)])
                    changed.insert(contentsOf: copy, at: place)
                }
            }
            if !PMMLProbe.run(changed) { refusals += 1 }
        }
        #expect(refusals > 75)
    }
}
