/// What a document says of the values of one field when the model was made (PMML 4.4, ModelStats,
/// UnivariateStats).
///
///     <ModelStats><UnivariateStats field="pulse">
///       <Counts totalFreq="400" missingFreq="12" invalidFreq="0"/>
///       <NumericInfo minimum="42" maximum="116">
///         <Quantile quantileLimit="10" quantileValue="64"/> ...
///       </NumericInfo>
///     </UnivariateStats></ModelStats>
package struct FieldStatistics: Sendable, Equatable {
    /// One quantile.
    package struct Quantile: Sendable, Equatable {
        /// How many of 100 values lie below.
        package let limit: Double
        /// The value.
        package let value: Double
    }

    /// The field.
    package let field: String
    /// How many cases there were; `nil` when it does not say.
    package var totalCount: Int?
    /// How many of them had no value.
    package var missingCount = 0
    /// How many had one that is not valid.
    package var invalidCount = 0
    /// The range of the values.
    package var range: ClosedRange<Double>?
    /// The quantiles, in ascending order of their limits.
    package var quantiles: [Quantile] = []
    /// Each value with how often it was there (DiscrStats).
    package var values: [(text: String, count: Int)] = []
    /// The margins of intervals that follow each other, closed on the left (ContStats).
    package var margins: [Double] = []
    /// How many values each interval had.
    package var intervalCounts: [Int] = []

    /// Whether two say the same.
    package static func == (left: FieldStatistics, right: FieldStatistics) -> Bool {
        left.field == right.field && left.totalCount == right.totalCount
            && left.missingCount == right.missingCount && left.invalidCount == right.invalidCount
            && left.range == right.range && left.quantiles == right.quantiles
            && left.values.map(\.text) == right.values.map(\.text)
            && left.values.map(\.count) == right.values.map(\.count)
            && left.margins == right.margins && left.intervalCounts == right.intervalCounts
    }
}

extension PMMLDocument {
    /// The statistics that a document states of its fields; empty when it states none.
    ///
    /// They cannot change a result, so that one which cannot be read is left out, and never a
    /// reason to refuse the model.
    ///
    /// - Throws: `PMMLError` when the document is no well-formed XML.
    package static func statistics(_ bytes: [UInt8]) throws(PMMLError) -> [FieldStatistics] {
        // Most documents state none, and need not be parsed twice.
        guard contains(bytes, "UnivariateStats") else { return [] }
        let root = try ElementTree.read(bytes).root
        var found: [FieldStatistics] = []
        for model in root.children {
            for stats in model.children where stats.name == "ModelStats" {
                for element in stats.children where element.name == "UnivariateStats" {
                    guard let next = StatisticsReader.read(element),
                        !found.contains(where: { $0.field == next.field })
                    else { continue }
                    found.append(next)
                }
            }
        }
        return found
    }

    private static func contains(_ bytes: [UInt8], _ word: String) -> Bool {
        let word = Array(word.utf8)
        guard let first = word.first, bytes.count >= word.count else { return false }
        for start in 0...(bytes.count - word.count) where bytes[start] == first {
            if bytes[start..<start + word.count].elementsEqual(word) { return true }
        }
        return false
    }
}
