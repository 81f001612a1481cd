/// Reads UnivariateStats; `nil` for one that contradicts itself.
enum StatisticsReader {
    static func read(_ element: Element) -> FieldStatistics? {
        guard let field = element["field"], !field.isEmpty else { return nil }
        var statistics = FieldStatistics(field: field)
        for child in element.children {
            switch child.name {
            case "Counts": readCounts(child, into: &statistics)
            case "NumericInfo": readNumbers(child, into: &statistics)
            case "DiscrStats": readValues(child, into: &statistics)
            case "ContStats": readIntervals(child, into: &statistics)
            default: continue
            }
        }
        return statistics
    }

    private static func readCounts(_ element: Element, into statistics: inout FieldStatistics) {
        guard let total = count(element["totalFreq"]),
            let missing = count(element["missingFreq"] ?? "0"),
            let invalid = count(element["invalidFreq"] ?? "0"), missing + invalid <= total
        else { return }
        statistics.totalCount = total
        statistics.missingCount = missing
        statistics.invalidCount = invalid
    }

    private static func readNumbers(_ element: Element, into statistics: inout FieldStatistics) {
        if let low = element["minimum"].flatMap(Element.number),
            let high = element["maximum"].flatMap(Element.number), low <= high
        {
            statistics.range = low...high
        }
        var quantiles: [FieldStatistics.Quantile] = []
        for child in element.children where child.name == "Quantile" {
            guard let limit = child["quantileLimit"].flatMap(Element.number),
                let value = child["quantileValue"].flatMap(Element.number),
                (0...100).contains(limit)
            else { return }
            quantiles.append(.init(limit: limit, value: value))
        }
        quantiles.sort { $0.limit < $1.limit }
        let pairs = zip(quantiles, quantiles.dropFirst())
        guard pairs.allSatisfy({ $0.limit < $1.limit && $0.value <= $1.value }) else { return }
        statistics.quantiles = quantiles
    }

    /// The first array has the values, the second how often each was there.
    private static func readValues(_ element: Element, into statistics: inout FieldStatistics) {
        let arrays = element.children.filter { $0.name == "Array" }
        guard arrays.count >= 2, let texts = try? FieldOperand.array(arrays[0]),
            let counts = counts(arrays[1]), texts.count == counts.count
        else { return }
        statistics.values = zip(texts, counts).map { (text: $0, count: $1) }
    }

    /// Intervals that are closed on the left and follow each other, and their frequencies.
    private static func readIntervals(_ element: Element, into statistics: inout FieldStatistics) {
        let intervals = element.children.filter { $0.name == "Interval" }
        guard intervals.count > 1,
            let array = element.children.first(where: { $0.name == "Array" }),
            let counts = counts(array), counts.count == intervals.count
        else { return }
        var margins: [Double] = []
        for (position, interval) in intervals.enumerated() {
            let isLast = position == intervals.count - 1
            let closure = interval["closure"] ?? ""
            guard closure == "closedOpen" || isLast && closure == "closedClosed" else { return }
            guard position > 0 else { continue }
            guard let left = interval["leftMargin"].flatMap(Element.number),
                intervals[position - 1]["rightMargin"].flatMap(Element.number) == left,
                margins.last.map({ $0 < left }) ?? true
            else { return }
            margins.append(left)
        }
        statistics.margins = margins
        statistics.intervalCounts = counts
    }

    private static func counts(_ array: Element) -> [Int]? {
        guard let texts = try? FieldOperand.array(array) else { return nil }
        let counts = texts.compactMap(count)
        return counts.count == texts.count ? counts : nil
    }

    /// A count; frequencies of weighted records are rounded.
    private static func count(_ text: String?) -> Int? {
        guard let number = text.flatMap(Element.number), number >= 0, number < 1e12 else {
            return nil
        }
        return Int(number.rounded())
    }
}
