import JSON

/// What a Bundle says of itself that makes it known not to be all there is.
///
///     { "link": [ { "relation": "next", "url": "..." } ] }              more pages
///     { "total": 9, "entry": [ ... ] }                                  fewer than nine matches
///     { "resource": { "resourceType": "OperationOutcome", "issue": [ { "severity": "error" } ] } }
struct BundleCompleteness {
    /// The link to the next page, as it stands.
    let nextLink: JSONValue?
    /// How many matches `total` counts beyond those that are there; of a page nothing is known.
    let lackingCount: Int
    /// Where OperationOutcomes stand that tell of an error, such as `/entry/8`.
    let errorPointers: [String]

    /// Reads a Bundle; any other resource is all there is.
    init(_ root: JSONValue) {
        guard root["resourceType"]?.isString("Bundle") ?? false else {
            (nextLink, lackingCount, errorPointers) = (nil, 0, [])
            return
        }
        nextLink = root["link"]?.elements.first { $0["relation"]?.isString("next") ?? false }
        var pointers: [String] = []
        var matchCount = 0
        for (position, entry) in (root["entry"]?.elements ?? root.elements).enumerated() {
            if Self.isMatch(entry) { matchCount += 1 }
            guard let resource = entry["resource"],
                resource["resourceType"]?.isString("OperationOutcome") ?? false,
                Self.isError(resource)
            else { continue }
            pointers.append("/entry/\(position)")
        }
        errorPointers = pointers
        let total = nextLink == nil ? root["total"]?.integerValue ?? 0 : 0
        lackingCount = max(0, total - matchCount)
    }

    /// What is said of it, without a word of the data.
    var sentences: [String] {
        var sentences = errorPointers.prefix(Self.shownMax).map {
            $0 + ": an OperationOutcome tells of an error, so the data may not be all there are"
        }
        let more = errorPointers.count - sentences.count
        if more > 0 { sentences.append("\(more) more OperationOutcomes tell of an error") }
        if nextLink != nil {
            sentences.append("/link: there are more pages, which the file does not hold")
        }
        if lackingCount > 0 {
            sentences.append("/total: it counts \(lackingCount) more than the file holds")
        }
        return sentences
    }

    private static let shownMax = 8

    /// Whether an entry is what a search has found, and not what that refers to.
    private static func isMatch(_ entry: JSONValue) -> Bool {
        guard let mode = entry["search"]?["mode"] else { return true }
        return !mode.isString("include") && !mode.isString("outcome")
    }

    /// Whether an OperationOutcome is more than a hint: one that says nothing is, too.
    private static func isError(_ outcome: JSONValue) -> Bool {
        guard let issues = outcome["issue"], issues.kind == .array else { return true }
        var isEmpty = true
        for issue in issues.elements {
            isEmpty = false
            let isMild = ["warning", "information", "success"].contains {
                issue["severity"]?.isString($0) ?? false
            }
            if !isMild { return true }
        }
        return isEmpty
    }
}
