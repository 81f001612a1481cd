/// What was seen of each requirement: how often it was looked at, and where it was broken.
struct ConformLedger: Sendable {
    /// One breach.
    struct Fault: Sendable, Equatable {
        /// The call and the place in its answer.
        let place: String
        /// What is wrong, in words of ours.
        let sentence: String
    }

    /// What is said of a requirement in the end.
    enum Verdict: Sendable, Equatable {
        /// It was looked at so many times, and kept.
        case pass(count: Int)
        /// It was broken.
        case fail([Fault])
        /// Nothing was seen that it is about.
        case notApplicable(String)

        /// The word for it.
        var word: String {
            switch self {
            case .pass: "pass"
            case .fail: "fail"
            case .notApplicable: "not applicable"
            }
        }
    }

    /// How many breaches of one requirement are kept; more of the same say nothing new.
    static let faultsMax = 8

    private var counts: [Int: Int] = [:]
    private var faults: [Int: [Fault]] = [:]
    private var reasons: [Int: String] = [:]
    /// What a reader should know, by requirement.
    private(set) var remarks: [Int: [String]] = [:]

    /// Notes that something was held against requirements.
    mutating func see(_ ids: [Int]) {
        for id in ids { counts[id, default: 0] += 1 }
    }

    /// Notes a breach.
    mutating func fault(_ ids: [Int], at place: String, _ sentence: String) {
        see(ids)
        for id in ids where faults[id, default: []].count < Self.faultsMax {
            faults[id, default: []].append(Fault(place: place, sentence: sentence))
        }
    }

    /// Holds something against requirements.
    mutating func check(
        _ holds: Bool,
        _ ids: [Int],
        at place: String,
        _ sentence: String
    ) {
        if holds { see(ids) } else { fault(ids, at: place, sentence) }
    }

    /// Notes something that a reader should know and that breaks nothing.
    mutating func remark(_ ids: [Int], _ sentence: String) {
        for id in ids where !(remarks[id] ?? []).contains(sentence) {
            remarks[id, default: []].append(sentence)
        }
    }

    /// Says why requirements could not be looked at.
    mutating func leave(_ ids: [Int], _ reason: String) {
        for id in ids { reasons[id] = reason }
    }

    /// What is said of a requirement.
    func verdict(of requirement: ConformRequirement) -> Verdict {
        if let faults = faults[requirement.id] { return .fail(faults) }
        if let count = counts[requirement.id] { return .pass(count: count) }
        return .notApplicable(reasons[requirement.id] ?? requirement.reason)
    }

    /// Every requirement with what is said of it, in the order of the numbers.
    var verdicts: [(requirement: ConformRequirement, verdict: Verdict)] {
        ConformRequirement.all.map { ($0, verdict(of: $0)) }
    }
}
