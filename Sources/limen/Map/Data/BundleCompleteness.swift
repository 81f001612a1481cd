import CDSHooks
import JSON

/// What a Bundle says of itself that makes it known not to be all there is.
///
///     { "link": [ { "relation": "next", "url": "..." } ] }              more pages
///     { "total": 9, "entry": [ ... ] }                                  fewer than nine matches
///     { "resource": { "resourceType": "OperationOutcome", "issue": [ { "severity": "error" } ] } }
///
/// It is judged as the gateway judges what a client sends, so that none takes for whole what the
/// other does not.
struct BundleCompleteness {
    /// The link to the next page, as it stands.
    private(set) var nextLink: JSONValue?
    /// What stands in the place of the links and is no list of them.
    private(set) var unreadableLinks: JSONValue?
    /// How many matches `total` counts beyond those that are there; of a page nothing is known.
    private(set) var lackingCount = 0
    /// What stands in the place of `total` and is no count.
    private(set) var unreadableTotal: JSONValue?
    /// Where OperationOutcomes stand that are more than hints, such as `/entry/8`.
    private var outcomes: [(pointer: String, isError: Bool)] = []

    /// Reads a Bundle; any other resource is all there is.
    init(_ root: JSONValue) {
        guard root["resourceType"]?.isString("Bundle") ?? false else { return }
        if let links = root["link"], !links.isNull {
            nextLink = links.elements.first(where: Prefetch.isNextLink)
            if links.kind != .array { unreadableLinks = links }
        }
        var matchCount = 0
        for (position, entry) in (root["entry"]?.elements ?? root.elements).enumerated() {
            let pointer = "/entry/\(position)"
            let isOutcome = entry["resource"]?["resourceType"]?.isString("OperationOutcome")
            if isOutcome == true, let resource = entry["resource"] {
                note(resource, at: pointer)
            } else if Prefetch.isMatch(entry) {
                matchCount += 1
            }
            if let outcome = Self.outcome(besideAnswerOf: entry) {
                note(outcome, at: pointer + "/response/outcome")
            }
        }
        guard nextLink == nil, unreadableLinks == nil, let total = Prefetch.total(of: root) else {
            return
        }
        if let value = root["total"], value.integerValue.map({ $0 < 0 }) ?? true {
            unreadableTotal = value
        } else if total > matchCount {
            lackingCount = total - matchCount
        }
    }

    /// What several Bundles say together.
    init(joining parts: [BundleCompleteness]) {
        nextLink = parts.lazy.compactMap(\.nextLink).first
        unreadableLinks = parts.lazy.compactMap(\.unreadableLinks).first
        lackingCount = parts.map(\.lackingCount).max() ?? 0
        unreadableTotal = parts.lazy.compactMap(\.unreadableTotal).first
        outcomes = parts.flatMap(\.outcomes)
    }

    /// The OperationOutcome by which the answer of an entry says that it is not whole.
    static func outcome(besideAnswerOf entry: JSONValue) -> JSONValue? {
        guard let outcome = entry["response"]?["outcome"], !outcome.isNull, !isFailed(entry),
            OutcomeMeaning(outcome) == .incomplete
        else { return nil }
        return outcome
    }

    /// Whether an entry says that its query was not answered, so that nothing of it holds.
    static func isFailed(_ entry: JSONValue) -> Bool {
        guard let response = entry["response"], !response.isNull else { return false }
        guard !OutcomeMeaning.isFailure(response) else { return true }
        guard let outcome = response["outcome"], !outcome.isNull else { return false }
        return OutcomeMeaning(outcome) == .error
    }

    private mutating func note(_ outcome: JSONValue, at pointer: String) {
        switch OutcomeMeaning(outcome) {
        case .hint: break
        case .incomplete: outcomes.append((pointer, false))
        case .error: outcomes.append((pointer, true))
        }
    }

    /// Whether nothing is known to be lacking.
    var isWhole: Bool {
        nextLink == nil && unreadableLinks == nil && lackingCount == 0 && unreadableTotal == nil
            && outcomes.isEmpty
    }

    /// What is said of it, without a word of the data.
    var sentences: [String] {
        var sentences = outcomes.prefix(Self.shownMax).map { outcome in
            let what =
                outcome.isError
                ? "an OperationOutcome tells of an error, so the data may not be all there are"
                : "an OperationOutcome says that not everything came"
            return outcome.pointer + ": " + what
        }
        let more = outcomes.count - sentences.count
        if more > 0 { sentences.append("\(more) more OperationOutcomes tell of what is lacking") }
        if nextLink != nil {
            sentences.append("/link: there are more pages, which the file does not hold")
        }
        if unreadableLinks != nil {
            sentences.append("/link: it is no list, so there may be more pages than the file holds")
        }
        if lackingCount > 0 {
            sentences.append("/total: it counts \(lackingCount) more than the file holds")
        }
        if unreadableTotal != nil {
            sentences.append("/total: it is no count, so there may be more than the file holds")
        }
        return sentences
    }

    private static let shownMax = 8
}
