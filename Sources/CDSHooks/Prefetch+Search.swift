package import JSON

/// What a Bundle says of the search that it answers.
extension Prefetch {
    /// Whether a search says that there are matches (FHIR R4, Bundle.total).
    ///
    /// When it sends none of them, that is no answer with no data.
    static func hasMatches(_ bundle: JSONValue) -> Bool {
        total(of: bundle).map { $0 != 0 } ?? false
    }

    /// How many matches a search says that there are; `nil` when it does not say.
    ///
    /// A number that cannot be read (FHIR R4, unsignedInt) is more than any that came.
    package static func total(of bundle: JSONValue) -> Int? {
        guard let total = bundle["total"], !total.isNull else { return nil }
        guard let count = total.integerValue, count >= 0 else { return .max }
        return count
    }

    /// Whether an entry is what a search has found, and not what that refers to.
    package static func isMatch(_ entry: JSONValue) -> Bool {
        guard let mode = entry["search"]?["mode"] else { return true }
        return !mode.isString("include") && !mode.isString("outcome")
    }

    static func hasNextLink(
        _ bundle: JSONValue,
        _ pointer: String
    ) throws(HookRequestError) -> Bool {
        guard let links = bundle["link"], !links.isNull else { return false }
        guard links.kind == .array else {
            throw .wrongType(links, pointer + "/link", accepted: "an array of links")
        }
        return links.elements.contains(where: isNextLink)
    }

    /// Whether a link of a Bundle leads to the next page; relations are compared without case
    /// (RFC 8288, section 2.1).
    package static func isNextLink(_ link: JSONValue) -> Bool {
        link["relation"]?.stringValue?.lowercased() == "next"
    }
}
