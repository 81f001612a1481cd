import CDSHooks
import JSON

/// One answer of a FHIR server that was read: a resource, or a page of a search.
struct FetchedPage: Sendable {
    /// The resource or Bundle.
    let json: JSONValue
    /// The link to the next page.
    let next: String?

    /// Reads an answer.
    ///
    /// - Throws: `FetchFailure` for what is none, or none that answers the query.
    init(_ answer: FHIRAnswer, for type: String, isSearch: Bool) throws(FetchFailure) {
        switch answer.status {
        case 200: break
        case 401, 403: throw .tokenRefused
        case 404, 410: throw .notFound
        case 300...399: throw .redirected
        default: throw .serverError
        }
        let root: JSONValue
        do throws(JSONError) {
            root = try JSONDocument(parsing: answer.body).root
        } catch {
            throw .malformed
        }
        json = root
        guard let found = root["resourceType"], found.kind == .string else { throw .malformed }
        guard isSearch else {
            guard found.isString(type) else { throw .unexpected }
            next = nil
            return
        }
        guard found.isString("Bundle"), root["type"]?.isString("searchset") ?? false else {
            throw .unexpected
        }
        if let entries = root["entry"], !entries.isNull {
            guard entries.kind == .array, entries.elements.allSatisfy({ $0.kind == .object }) else {
                throw .malformed
            }
        }
        if let links = root["link"], !links.isNull {
            // Whether there are more pages is not known of links that cannot be read.
            guard links.kind == .array, links.elements.allSatisfy({ $0.kind == .object }) else {
                throw .malformed
            }
        }
        next = Self.nextLink(root)
    }

    /// The `next` link of a Bundle (RFC 8288, FHIR R4 section 3.1.1.4); empty when it has no URL.
    static func nextLink(_ bundle: JSONValue) -> String? {
        guard let links = bundle["link"], links.kind == .array else { return nil }
        let next = links.elements.first(where: Prefetch.isNextLink)
        return next.map { $0["url"]?.stringValue ?? "" }
    }
}
