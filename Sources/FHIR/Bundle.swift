package import JSON

/// A collection of resources (FHIR R4, section 2.36).
package struct Bundle: Sendable {
    /// The JSON object.
    package let json: JSONValue

    /// One entry.
    package struct Entry: ElementView {
        /// The JSON object.
        package let json: JSONValue

        /// Makes a view; `nil` when the value is no object.
        package init?(_ json: JSONValue) {
            guard json.kind == .object else { return nil }
            self.json = json
        }

        /// The URL that names the resource inside the bundle.
        package var fullURL: String? { json["fullUrl"]?.stringValue }
        /// The resource; `nil` when there is none or it has no type.
        package var resource: Resource? { json["resource"].flatMap { Resource($0) } }
        /// Why a search returned the entry: `match`, `include` or `outcome`.
        package var searchMode: String? { json["search"]?["mode"]?.stringValue }
    }

    /// Makes a view; `nil` when the value is no Bundle.
    package init?(_ json: JSONValue) {
        guard json["resourceType"]?.isString("Bundle") == true else { return nil }
        self.json = json
    }

    /// The type, such as `searchset` or `collection`.
    package var type: String? { json["type"]?.stringValue }

    /// The entries, in order.
    package var entries: Views<Entry> { json.views("entry", as: Entry.self) }

    /// Whether the server holds more pages, so that what is here is not all.
    package var hasNextLink: Bool {
        guard let links = json["link"] else { return false }
        return links.elements.contains { $0["relation"]?.isString("next") == true }
    }

    /// The OperationOutcome resources among the entries.
    package var operationOutcomes: [OperationOutcome] {
        entries.compactMap { entry in entry.resource.flatMap { OperationOutcome($0.json) } }
    }

    /// Checks the shapes of the entries.
    ///
    /// - Throws: `FHIRError` with the path of the first entry or resource of the wrong shape.
    package func check() throws(FHIRError) {
        guard let entries = try json.objects("entry") else { return }
        for entry in entries {
            _ = try entry.text("fullUrl")
            guard let resource = try entry.object("resource") else { continue }
            guard Resource(resource) != nil else {
                throw FHIRError(code: .required, path: resource.path(of: "resourceType"))
            }
        }
    }
}
