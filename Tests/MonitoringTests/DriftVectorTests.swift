import JSON
import Monitoring
import Support
import Testing

/// The values of scipy and numpy for six pairs of samples (`models-reference/drift_vectors.json`).
@Suite("Drift statistics", .enabled(if: Shared.isPresent, "shared suites absent"))
struct DriftVectorTests {
    /// One pair of samples with what the other program says of it.
    struct Vector: Sendable, CustomTestStringConvertible {
        let name: String
        let reference: [Double]
        let current: [Double]
        let edges: [Double]
        let referenceCounts: [Int]
        let currentCounts: [Int]
        let expected: [String: Double]

        var testDescription: String { name }
    }

    static let vectors: [Vector] = (try? read()) ?? []

    static func read() throws -> [Vector] {
        let text = try Shared.text("models-reference/drift_vectors.json")
        return try JSONDocument(parsing: text).root.elements.map { json in
            func numbers(_ name: String) -> [Double] {
                json[name]?.elements.compactMap { Double($0.numberText ?? "") } ?? []
            }
            var expected: [String: Double] = [:]
            for name in [
                "psi_eps1e4", "kl_ref_cur_eps1e4", "js_distance_base2", "ks_d", "ks_p_asymp",
                "wasserstein", "wasserstein_over_ref_sd", "psi", "linf", "chi2", "chi2_p",
            ] {
                expected[name] = Double(json[name]?.numberText ?? "")
            }
            return Vector(
                name: json["case"]?.stringValue ?? "",
                reference: numbers("reference"),
                current: numbers("current"),
                edges: numbers("inner_edges"),
                referenceCounts: numbers("ref_counts").map { Int($0) },
                currentCounts: numbers("cur_counts").map { Int($0) },
                expected: expected
            )
        }
    }

    /// The vectors with the values themselves.
    static let measured = vectors.filter { !$0.reference.isEmpty }

    @Test("have six vectors, five of them with values and one of categories")
    func count() {
        #expect(Self.vectors.count == 6)
        #expect(Self.measured.count == 5)
        #expect(Self.measured.allSatisfy { $0.expected.count == 7 && !$0.current.isEmpty })
    }

    @Test("give the distances and the chi-square of categories")
    func categories() throws {
        let vector = try #require(Self.vectors.first { $0.reference.isEmpty })
        let (reference, current) = (vector.referenceCounts, vector.currentCounts)
        #expect(vector.expected.count == 5)
        let psi = DriftStatistics.psi(reference: reference, current: current)
        #expect(Self.isClose(psi, vector.expected["psi"]))
        let distance = DriftStatistics.jensenShannonDistance(
            reference: reference,
            current: current
        )
        #expect(Self.isClose(distance, vector.expected["js_distance_base2"]))
        let largest = DriftStatistics.largestDifference(reference: reference, current: current)
        #expect(Self.isClose(largest, vector.expected["linf"]))
        let test = try #require(DriftStatistics.chiSquare(reference: reference, current: current))
        #expect(Self.isClose(test.statistic, vector.expected["chi2"]))
        #expect(test.degrees == 4)
        let tail = try #require(vector.expected["chi2_p"])
        #expect(abs(test.probability - tail) < 1e-9 * tail)
    }

    @Test(
        "cut the reference at its deciles and count both sides as numpy does",
        arguments: measured
    )
    func bins(_ vector: Vector) throws {
        let bins = try #require(ReferenceBins(decilesOf: vector.reference))
        #expect(bins.edges == vector.edges)
        #expect(Self.counts(vector.reference, bins) == vector.referenceCounts)
        #expect(Self.counts(vector.current, bins) == vector.currentCounts)
    }

    @Test("give PSI, divergence and distance to the last digits", arguments: measured)
    func distances(_ vector: Vector) throws {
        let (reference, current) = (vector.referenceCounts, vector.currentCounts)
        let psi = try #require(DriftStatistics.psi(reference: reference, current: current))
        #expect(Self.isClose(psi, vector.expected["psi_eps1e4"]))
        let divergence = DriftStatistics.divergence(reference: reference, current: current)
        #expect(Self.isClose(divergence, vector.expected["kl_ref_cur_eps1e4"]))
        let distance = DriftStatistics.jensenShannonDistance(
            reference: reference,
            current: current
        )
        #expect(Self.isClose(distance, vector.expected["js_distance_base2"]))
    }

    @Test("give Kolmogorov-Smirnov and Wasserstein on the values", arguments: measured)
    func samples(_ vector: Vector) throws {
        let comparison = try #require(
            SampleComparison(reference: vector.reference, current: vector.current)
        )
        #expect(Self.isClose(comparison.kolmogorovSmirnov, vector.expected["ks_d"]))
        #expect(Self.isClose(comparison.probability, vector.expected["ks_p_asymp"], 1e-6))
        if let tail = vector.expected["ks_p_asymp"], tail < 1e-6 {
            #expect(abs(comparison.probability - tail) < 1e-6 * tail)
        }
        #expect(Self.isClose(comparison.wasserstein, vector.expected["wasserstein"]))
        #expect(
            Self.isClose(
                comparison.wassersteinInDeviations,
                vector.expected["wasserstein_over_ref_sd"]
            )
        )
        let onBins = try #require(
            DriftStatistics.kolmogorovSmirnov(
                reference: vector.referenceCounts,
                current: vector.currentCounts
            )
        )
        // The bins see only the edges.
        #expect(onBins <= comparison.kolmogorovSmirnov + 1e-12)
    }

    private static func counts(_ values: [Double], _ bins: ReferenceBins) -> [Int] {
        var counts = Array(repeating: 0, count: bins.count)
        for value in values { counts[bins.index(of: value)] += 1 }
        return counts
    }

    private static func isClose(
        _ value: Double?,
        _ expected: Double?,
        _ tolerance: Double = 1e-10
    ) -> Bool {
        guard let value, let expected else { return false }
        return abs(value - expected) <= tolerance * max(abs(expected), 1e-3)
    }
}
