/// The points of each reason code, and the codes in the order of their points.
///
/// PMML 4.4, Scorecard, Ranking reason codes: the largest distance from the baseline comes first,
/// what lies on the wrong side of it is no reason, equal ones keep their order in the document.
/// Characteristics that share a code add up.
///
/// The points lie where the caller keeps them, not a number for a code that was not given.
enum ReasonRanking {
    static func add(_ amount: Double, to code: Int, in points: inout MutableSpan<Double>) {
        points[code] = points[code].isNaN ? amount : points[code] + amount
    }

    /// The codes in rank order.
    static func ranked(_ codes: [String], by points: Span<Double>) -> [String] {
        var order = InlineArray<256, UInt16>(repeating: 0)
        var rankedCount = 0
        for code in codes.indices where points[code] >= 0 {
            var place = rankedCount
            while place > 0, points[Int(order[place - 1])] < points[code] {
                order[place] = order[place - 1]
                place -= 1
            }
            order[place] = UInt16(code)
            rankedCount += 1
        }
        var result: [String] = []
        result.reserveCapacity(rankedCount)
        for place in 0..<rankedCount { result.append(codes[Int(order[place])]) }
        return result
    }
}
