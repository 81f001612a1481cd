import Basics
import JSON

/// The value that is made of several records: `mean`, `median` or `count`.
///
///     { "name": "meanPressure", "type": "quantity", "unit": "mm[Hg]", "round": "1",
///       "select": "mean", "within": "PT1H", "from": [ ... ] }
///
/// The numbers go in as converted and before chart rounding; the result is rounded once, half up.
/// With `prefer: rule` only records of the alternative that wins go in, with `newest` all do. A
/// record that two alternatives read goes in once, and so do copies of one value at one moment.
struct Aggregate {
    /// The indices of the candidates that went in, in the order of the request.
    let members: [Int]
    /// The value; `nil` when it has more digits than can be kept.
    let value: MappingReport.Value?
    /// The median before rounding; a mean is rounded as a fraction and has none.
    let unrounded: DecimalNumber?

    /// Makes the value of an input; `nil` when the input takes a single record.
    init?(_ input: InputPlan, winner: Int, among candidates: [Candidate]) {
        guard input.selection.isAggregate else { return nil }
        members = Self.members(input, winner, candidates)
        let numbers = members.compactMap { candidates[$0].reading.unrounded }
        switch input.selection {
        case .count:
            unrounded = nil
            value = .quantity(DecimalNumber(members.count), unit: "1")
        case .mean:
            unrounded = nil
            value = Self.mean(numbers, roundedTo: input.increment).map {
                .quantity($0, unit: input.unit ?? "1")
            }
        case .median:
            let middle = Self.median(numbers)
            unrounded = middle
            let rounded = input.increment.map { increment in
                middle.flatMap { $0.rounded(toMultipleOf: increment) }
            }
            value = (rounded ?? middle).map { .quantity($0, unit: input.unit ?? "1") }
        case .latest, .first, .max, .min, .worst, .exists: return nil
        }
    }

    private static func members(
        _ input: InputPlan,
        _ leader: Int,
        _ candidates: [Candidate]
    ) -> [Int] {
        let winner = candidates[leader]
        // Of copies the one that is preferred goes in.
        let counts = input.selection != .count || winner.reading.value == .boolean(true)
        var members = counts ? [leader] : []
        for (position, candidate) in candidates.enumerated()
        where position != leader && candidate.plays(for: winner) {
            guard input.preference == .newest || candidate.position == winner.position else {
                continue
            }
            if input.selection == .count {
                guard candidate.reading.value == .boolean(true) else { continue }
            }
            let isKnown = members.contains { candidates[$0].isSameRecord(as: candidate, input) }
            if !isKnown { members.append(position) }
        }
        return members.sorted()
    }

    /// The sum over the count, rounded half up to a multiple of the increment.
    ///
    /// Rounding the sum to a multiple of count x increment and dividing is the same and exact.
    static func mean(
        _ numbers: [DecimalNumber],
        roundedTo increment: DecimalNumber?
    ) -> DecimalNumber? {
        guard let increment, !numbers.isEmpty else { return nil }
        var sum = DecimalNumber(0)
        for number in numbers {
            guard let next = sum.adding(number) else { return nil }
            sum = next
        }
        guard let step = increment.multiplied(by: DecimalNumber(numbers.count)),
            let rounded = sum.rounded(toMultipleOf: step)
        else { return nil }
        return DecimalNumber(
            coefficient: rounded.coefficient / Int128(numbers.count),
            scale: rounded.scale
        )
    }

    /// The middle number, or half the sum of the two middle ones, which is a finite decimal.
    static func median(_ numbers: [DecimalNumber]) -> DecimalNumber? {
        let sorted = numbers.sorted()
        guard !sorted.isEmpty else { return nil }
        let middle = sorted.count / 2
        if sorted.count % 2 == 1 { return sorted[middle] }
        guard let sum = sorted[middle - 1].adding(sorted[middle]),
            let half = DecimalNumber(coefficient: 5, scale: 1)
        else { return nil }
        return sum.multiplied(by: half)?.normalized
    }

    /// What a reader must know of the whole: where any part was read by its unit text, so was it.
    func flags(_ ofWinner: [MappingReport.Flag]) -> [MappingReport.Flag] {
        var flags = ofWinner.filter { $0 != .rounded && $0 != .tie }
        flags.append(.aggregated)
        return flags
    }
}

extension Candidate {
    /// Whether it serves the same input.
    func plays(for other: Candidate) -> Bool { input == other.input }

    /// Whether it is the same record as another, or a copy of its value at the same moment.
    ///
    /// Two acts of one moment are two acts, so a count goes by the resource alone.
    func isSameRecord(as other: Candidate, _ input: InputPlan) -> Bool {
        if resourceIndex == other.resourceIndex { return true }
        // Without an id nothing but its text tells a resource from a copy of it.
        if resource.idBytes == nil, other.resource.idBytes == nil,
            JSONValue(resource.tape, resource.place).rawBytes
                .elementsEqual(JSONValue(other.resource.tape, other.resource.place).rawBytes)
        {
            return true
        }
        guard input.selection != .count, isOfMoment(of: other) else { return false }
        return reading.unrounded == other.reading.unrounded
    }
}
