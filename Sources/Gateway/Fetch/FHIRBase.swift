package import HTTPMessages

/// The base of a FHIR server, such as `https://fhir.example.org/r4`.
///
/// Two texts are the same base when scheme, host and port are the same and the paths are the same
/// byte for byte, but for one slash at the end (FHIR R4, section 3.1.0.1.1).
package struct FHIRBase: Hashable, Sendable {
    /// Scheme, host and port.
    package let origin: WebURL.Origin
    /// The path without a slash at its end; empty for the root.
    package let path: String

    /// Reads a base; `nil` when the text is none, or none that every reader takes the same way.
    package init?(_ text: String) {
        do throws(WebURL.Fault) {
            let url = try WebURL(parsing: text)
            // An escape would make two spellings of one path.
            guard url.query == nil, !url.path.utf8.contains(UInt8(ascii: "%")) else { return nil }
            origin = url.origin
            path = url.path.hasSuffix("/") ? String(url.path.dropLast()) : url.path
        } catch {
            return nil
        }
    }

    /// The base as text, without a slash at its end.
    package var text: String { origin.text + path }

    /// The target of a request for something below the base, such as `Patient/1`.
    ///
    /// - Returns: `nil` when the text would lead somewhere else, as `Patient/..` does.
    package func target(_ relative: String) -> String? {
        let question = relative.firstIndex(of: "?") ?? relative.endIndex
        let below = relative[..<question]
        // A colon in the first segment would make it a scheme (RFC 3986, section 4.2).
        guard !below.isEmpty, !below.hasPrefix("/"),
            !below.prefix(while: { $0 != "/" }).contains(":"),
            WebURL.isPlain(path: "/" + below)
        else { return nil }
        let text = origin.text + path + "/" + relative
        do throws(WebURL.Fault) {
            return try WebURL(parsing: text).target
        } catch {
            return nil
        }
    }

    /// The target of a link that the server gave; `nil` when it leads out of the base.
    ///
    /// A server may name the base itself with a query for its next page.
    package func target(ofLink link: String) -> String? {
        let isAbsolute = link.contains("://") || link.hasPrefix("/")
        guard isAbsolute else { return target(link) }
        do throws(WebURL.Fault) {
            let text = link.hasPrefix("/") && !link.hasPrefix("//") ? origin.text + link : link
            let url = try WebURL(parsing: text)
            guard url.origin == origin else { return nil }
            guard url.path == path || url.path.hasPrefix(path + "/") else { return nil }
            return url.target
        } catch {
            return nil
        }
    }
}
