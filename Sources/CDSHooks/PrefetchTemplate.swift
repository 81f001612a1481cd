/// One prefetch template of a service.
///
///     "observations": "Observation?patient={{context.patientId}}&code=http://loinc.org%7C8867-4"
///
/// Only what CDS Hooks 2.0 asks of every client is used: root-level context fields as tokens,
/// instance reads and type searches with token, reference and date parameters, `_count` and
/// `_sort`. No date bound is generated, because a token for today's date is not in 2.0: the
/// profile's own window decides which observations are fresh enough.
package struct PrefetchTemplate: Sendable, Equatable {
    /// The key.
    package let key: String
    /// The template.
    package let text: String
    /// The names of the inputs and facts it feeds, for the answer when it was not sent.
    package let feeds: [String]
    /// Whether the service cannot do without it.
    package let isRequired: Bool
    /// How many codes a generated template lists.
    let codeCount: Int
    /// How far back a generated template is meant to look, in seconds.
    let windowSeconds: Int?
    /// The template for clients that fill FHIRPath tokens (3.0-ballot), where the document has one.
    package var pathText: String?

    /// What a Patient feeds.
    private static let patientFeeds = ["eligibility (age)"]

    /// Makes a template.
    package init(
        key: String,
        text: String,
        feeds: [String],
        isRequired: Bool = true,
        codeCount: Int = 0,
        windowSeconds: Int? = nil
    ) {
        self.key = key
        self.text = text
        self.feeds = feeds
        self.isRequired = isRequired
        self.codeCount = codeCount
        self.windowSeconds = windowSeconds
    }

    /// Makes a template that was written by hand: what it feeds is told by its resource type.
    init(key: String, text: String, profile: HookService.ProfileFacts) {
        let type = Self.resourceType(of: text)
        let queries = profile.queries.filter { $0.resource == type }
        let isPatient = type == "Patient"
        self.init(
            key: key,
            text: text,
            feeds: isPatient ? Self.patientFeeds : queries.flatMap(\.feeds),
            isRequired: isPatient || queries.contains(where: \.isRequired)
        )
    }

    /// The template as a client of a dialect can fill it; `nil` when it cannot, and without a
    /// dialect what every client can.
    package func text(for dialect: ResponseDialect?) -> String? {
        guard let dialect else { return text }
        if dialect.hasPrefetchFHIRPath, let pathText { return pathText }
        let text = dialect.hasPrefetchInclude ? text : Self.withoutIncludes(text)
        // Tokens for the user by role came with 2.0; before it only fields of the context were
        // filled, and a token that is left standing would be asked for as it stands.
        guard dialect.version != .first else {
            return PrefetchTokens.texts(in: text).allSatisfy { $0.hasPrefix("context.") }
                ? text : nil
        }
        return text
    }

    /// A template without `_include`, which goes beyond what every client must fill (CDS Hooks
    /// 2.0, "Prefetch query restrictions").
    ///
    /// A medicine that a record only refers to is then not known, and told as unchecked.
    private static func withoutIncludes(_ text: String) -> String {
        guard let mark = text.firstIndex(of: "?") else { return text }
        let parameters = text[text.index(after: mark)...].split(separator: "&")
        let kept = parameters.filter { !$0.hasPrefix("_include=") }
        return text[...mark] + kept.joined(separator: "&")
    }

    /// The resource type that the template asks for.
    package var resourceType: String { Self.resourceType(of: text) }

    /// The resource type that the text of a template begins with.
    static func resourceType(of text: String) -> String {
        String(text.prefix { $0 != "/" && $0 != "?" })
    }

    /// How many resources one page of a generated search asks for.
    ///
    /// Seven vital signs every five minutes for six hours are about 500.
    package static let pageCount = 500

    /// The templates for what a profile asks for: `patient`, then one key for each resource type
    /// and window, such as `observations` for hours and `observationsP300D` for months.
    ///
    /// Old facts have a key of their own, because in one list sorted by date they would lie pages
    /// behind the vital signs.
    package static func generated(
        for profile: HookService.ProfileFacts,
        readsPatient: Bool = true
    ) -> [PrefetchTemplate] {
        var templates: [PrefetchTemplate] = []
        if readsPatient {
            templates.append(
                PrefetchTemplate(
                    key: "patient",
                    text: "Patient/{{context.patientId}}",
                    feeds: patientFeeds
                )
            )
        }
        for query in profile.queries.sorted(by: { $0.windowSeconds < $1.windowSeconds }) {
            let plain = query.resource.prefix(1).lowercased() + query.resource.dropFirst() + "s"
            let isTaken = templates.contains { $0.key == plain }
            let days = max(1, query.windowSeconds / 86_400)
            // A condition has no date that every server can sort by; an observation has.
            let order = query.resource == "Observation" ? "&_sort=-date" : ""
            let codes = query.codes.map(percentEncoded).joined(separator: ",")
            // What a type is asked for by no code is fetched whole, a medicine with what it names.
            var filter = codes.isEmpty ? "" : "&code=" + codes
            if query.resource.hasPrefix("Medication") {
                filter += "&_include=" + query.resource + ":medication"
            }
            templates.append(
                PrefetchTemplate(
                    key: isTaken ? plain + "P\(days)D" : plain,
                    text: "\(query.resource)?patient={{context.patientId}}\(filter)"
                        + "\(order)&_count=\(pageCount)",
                    feeds: query.feeds,
                    isRequired: query.isRequired,
                    codeCount: query.codes.count,
                    windowSeconds: query.windowSeconds
                )
            )
        }
        return templates
    }

    /// Encodes what may not stand in a query as it is (RFC 3986, section 3.4), and what separates
    /// parameters and values.
    static func percentEncoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: bytes.append(byte)
            case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"),
                UInt8(ascii: ":"), UInt8(ascii: "/"):
                bytes.append(byte)
            default:
                bytes.append(UInt8(ascii: "%"))
                bytes.append(digits[Int(byte >> 4)])
                bytes.append(digits[Int(byte & 15)])
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// What is wrong with a template that was written by hand; `nil` when it keeps to 2.0.
    package func fault(contextNames: [String]) -> String? {
        guard FHIRIdentifier.isTypeName(resourceType) else {
            return "a template begins with a resource type"
        }
        guard PrefetchTokens.areClosed(in: text) else { return "a token is not closed" }
        for token in PrefetchTokens.texts(in: text)
        where !PrefetchTokens.isPlain(token, contextNames: contextNames) {
            return "this hook offers no such token to clients of CDS Hooks 2.0"
        }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            return "a template is a relative URL in ASCII without spaces"
        }
        return Self.parameterFault(in: text)
    }

    /// What is wrong with a template for clients that fill FHIRPath tokens; `nil` when it keeps to
    /// 3.0-ballot, "Prefetch tokens containing simpler FHIRPath".
    ///
    /// - Parameters:
    ///   - text: the template.
    ///   - contextNames: the fields of the context that tokens may read.
    ///   - earlierKeys: the keys that stand before it, whose results it may read as `%key`.
    /// - Returns: what is wrong.
    package static func pathFault(
        _ text: String,
        contextNames: [String],
        earlierKeys: [String]
    ) -> String? {
        guard FHIRIdentifier.isTypeName(resourceType(of: text)) else {
            return "a template begins with a resource type"
        }
        guard PrefetchTokens.areClosed(in: text) else { return "a token is not closed" }
        for token in PrefetchTokens.texts(in: text)
        where !PrefetchTokens.isPath(token, contextNames: contextNames, earlierKeys: earlierKeys) {
            return "a token holds more than the simple FHIRPath of 3.0-ballot"
        }
        guard PrefetchTokens.remainder(of: text).utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            return "a template is a relative URL in ASCII without spaces"
        }
        return parameterFault(in: PrefetchTokens.remainder(of: text))
    }

    /// Search parameters are held to the restrictions of CDS Hooks 2.0, "Prefetch query
    /// restrictions": the only modifier is `:in`, and neither chains nor `_include` are used.
    private static func parameterFault(in text: String) -> String? {
        guard let query = text.firstIndex(of: "?") else { return nil }
        for pair in text[text.index(after: query)...].split(separator: "&") {
            let name = pair.prefix { $0 != "=" }
            guard name.count < pair.count else { return "a search parameter has no value" }
            if name.contains(".") { return "a chained search parameter is used" }
            if name.contains(":"), !name.hasSuffix(":in") {
                return "a search modifier other than :in is used"
            }
            if name.hasPrefix("_include") || name.hasPrefix("_revinclude") {
                return "_include and _revinclude are not allowed"
            }
        }
        return nil
    }
}
