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

    /// The resource type that the template asks for.
    package var resourceType: String { Self.resourceType(of: text) }

    private static func resourceType(of text: String) -> String {
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
        var rest = text[...]
        while let open = rest.firstRange(of: "{{") {
            guard let close = rest[open.upperBound...].firstRange(of: "}}") else {
                return "a token is not closed"
            }
            let token = rest[open.upperBound..<close.lowerBound].filter { $0 != " " }
            guard isToken(token, contextNames) else {
                return "this hook offers no such token to clients of CDS Hooks 2.0"
            }
            rest = rest[close.upperBound...]
        }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            return "a template is a relative URL in ASCII without spaces"
        }
        return parameterFault
    }

    private func isToken(_ token: String, _ contextNames: [String]) -> Bool {
        if token.hasPrefix("context.") {
            return contextNames.contains(String(token.dropFirst("context.".count)))
        }
        return [
            "userPractitionerId", "userPractitionerRoleId", "userPatientId",
            "userRelatedPersonId",
        ].contains(token)
    }

    /// Search parameters are held to the restrictions of CDS Hooks 2.0, "Prefetch query
    /// restrictions": the only modifier is `:in`, and neither chains nor `_include` are used.
    private var parameterFault: String? {
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
