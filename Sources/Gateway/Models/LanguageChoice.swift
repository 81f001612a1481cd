/// The language that a reader asks for (RFC 9110, section 12.5.4).
enum LanguageChoice {
    /// The best of the languages on offer; `nil` when none is asked for, or none fits.
    ///
    /// Languages are compared by their first part: `de-AT` asks for `de`.
    static func best(of available: [String], for header: String?) -> String? {
        guard let header else { return nil }
        var best: (language: String, weight: Double)?
        var refused: Set<String> = []
        for range in header.lowercased().split(separator: ",") {
            let parts = range.split(separator: ";").map { $0.filter { !$0.isWhitespace } }
            guard let tag = parts.first?.split(separator: "-").first.map(String.init) else {
                continue
            }
            let weight =
                parts.dropFirst().first { $0.hasPrefix("q=") }
                .flatMap { Double($0.dropFirst(2)) } ?? 1
            guard weight > 0 else {
                refused.insert(tag)
                continue
            }
            let language =
                tag == "*"
                ? available.first { !refused.contains($0) }
                : available.first { $0 == tag }
            guard let language, weight > best?.weight ?? 0 else { continue }
            best = (language, weight)
        }
        return best?.language
    }
}
