import ClinicalEngine
import Testing

/// The bounds of NEWS2 against every value that a missing field may have.
///
/// The points come from a table written here from the published bands, not from the document.
@Suite("NEWS2 bounds")
struct NEWS2BoundsTests {
    /// Values on both sides of every edge of every band, in the order of the fields.
    private static let values: [[InputValue]] = [
        [0, 8, 9, 11, 12, 20, 21, 24, 25, 150].map { .number($0) },
        (80...100).map { .number(Double($0)) } + [.number(0)],
        ["1", "2"].map { .category($0) },
        ["true", "false"].map { .category($0) },
        [0, 90, 91, 100, 101, 110, 111, 219, 220, 400].map { .number($0) },
        [0, 40, 41, 50, 51, 90, 91, 110, 111, 130, 131, 400].map { .number($0) },
        ["A", "C", "V", "P", "U"].map { .category($0) },
        [10, 35.0, 35.1, 36.0, 36.1, 38.0, 38.1, 39.0, 39.1, 50].map { .number($0) },
    ]

    /// The points of the bands whose upper ends are given.
    private static func band(_ value: InputValue, _ ends: [(Double, Double)]) -> Double {
        guard case .number(let number) = value else { return .nan }
        for (end, points) in ends where number <= end { return points }
        return .nan
    }

    /// The points for the saturation and for the oxygen.
    private static func oxygen(_ inputs: [InputValue]) -> (Double, Double) {
        let isOnOxygen = inputs[3] == .category("true")
        let air = isOnOxygen ? 2.0 : 0
        if inputs[2] == .category("1") {
            return (band(inputs[1], [(91, 3), (93, 2), (95, 1), (100, 0)]), air)
        }
        let target: [(Double, Double)] = [(83, 3), (85, 2), (87, 1), (92, 0)]
        let above: [(Double, Double)] =
            isOnOxygen ? [(94, 1), (96, 2), (100, 3)] : [(100, 0)]
        return (band(inputs[1], target + above), air)
    }

    private static func single(_ field: Int, _ value: InputValue) -> Double {
        switch field {
        case 0: band(value, [(8, 3), (11, 1), (20, 0), (24, 2), (150, 3)])
        case 4: band(value, [(90, 3), (100, 2), (110, 1), (219, 0), (400, 3)])
        case 5: band(value, [(40, 3), (50, 1), (90, 0), (110, 1), (130, 2), (400, 3)])
        case 6: value == .category("A") ? 0 : 3
        default: band(value, [(35, 3), (36, 1), (38, 0), (39, 1), (50, 2)])
        }
    }

    /// The least and the most of a group of fields over everything the missing ones may be.
    private static func range(
        _ inputs: [InputValue],
        _ fields: [Int],
        _ points: ([InputValue]) -> Double
    ) -> (Double, Double) {
        var least = Double.infinity
        var most = -Double.infinity
        var completions = [inputs]
        for field in fields where inputs[field] == .missing {
            completions = completions.flatMap { known in
                values[field].map { value in
                    var next = known
                    next[field] = value
                    return next
                }
            }
        }
        for completion in completions {
            least = min(least, points(completion))
            most = max(most, points(completion))
        }
        return (least, most)
    }

    @Test("Each of the 256 ways to miss fields gives the exact bounds", arguments: 0..<256)
    func exact(mask: Int) throws {
        let model = try Sample.model("news2")
        // Every value of every field turns up, in combinations that differ from mask to mask.
        for number in 0..<22 {
            let inputs: [InputValue] = Self.values.indices.map { field in
                guard mask >> field & 1 == 0 else { return .missing }
                let values = Self.values[field]
                return values[(number * (field + 1) + mask * 7 + field) % values.count]
            }
            var (lower, upper) = Self.range(inputs, [1, 2, 3]) { completion in
                let (saturation, air) = Self.oxygen(completion)
                return saturation + air
            }
            for field in [0, 4, 5, 6, 7] {
                let (least, most) = Self.range(inputs, [field]) {
                    Self.single(field, $0[field])
                }
                lower += least
                upper += most
            }
            let result = model.evaluate(inputs)
            #expect(result.lower == lower, "\(inputs)")
            #expect(result.upper == upper, "\(inputs)")
            if mask == 0 {
                #expect(result.status == .complete)
                #expect(result.value == lower)
            } else {
                #expect(result.missing.allSatisfy { isMissing($0, mask, model) })
            }
            let saturation = Self.range(inputs, [1, 2, 3]) { Self.oxygen($0).0 }
            #expect(result.contributions[1].pointsMin == saturation.0)
            #expect(result.contributions[1].pointsMax == saturation.1)
        }
    }

    private func isMissing(_ name: String, _ mask: Int, _ model: ClinicalModel) -> Bool {
        guard let field = model.fields.firstIndex(where: { $0.name == name }) else { return false }
        return mask >> field & 1 == 1
    }

    @Test("Every saturation on both scales and both gases gives the published points")
    func everySaturation() throws {
        let model = try Sample.model("news2")
        for spo2 in 0...100 {
            for scale in ["1", "2"] {
                for gas in ["true", "false"] {
                    let inputs: [InputValue] = [
                        .number(16), .number(Double(spo2)), .category(scale), .category(gas),
                        .number(120), .number(70), .category("A"), .number(37),
                    ]
                    let (saturation, air) = Self.oxygen(inputs)
                    let result = model.evaluate(inputs)
                    #expect(result.contributions[1].points == saturation, "\(inputs)")
                    #expect(result.value == saturation + air)
                }
            }
        }
    }
}
