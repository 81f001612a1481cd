package import JSON

/// A FHIR resource of any type: a view on its JSON.
package struct Resource: ElementView {
    /// The JSON object.
    package let json: JSONValue

    /// Makes a view; `nil` when the value is no object with a `resourceType`.
    package init?(_ json: JSONValue) {
        guard json["resourceType"]?.kind == .string else { return nil }
        self.json = json
    }

    /// The type, such as `Observation`.
    package var type: String { json["resourceType"]?.stringValue ?? "" }

    /// The logical id, when there is one.
    package var id: String? { json["id"]?.stringValue }

    /// The version of the resource on its server.
    package var versionID: String? { json["meta"]?["versionId"]?.stringValue }

    /// When the server last changed it.
    package var lastUpdated: FHIRDateTime? {
        json["meta"]?["lastUpdated"].flatMap { FHIRDateTime($0) }
    }

    /// Whether the type is this one, compared without making a `String`.
    package func isType(_ type: String) -> Bool {
        json["resourceType"]?.isString(type) ?? false
    }

    /// Whether the resource claims to conform to a profile.
    package func claimsProfile(_ url: String) -> Bool {
        guard let profiles = json["meta"]?["profile"] else { return false }
        return profiles.elements.contains { $0.isString(url) }
    }

    /// Makes a view on a prefetch value, which before CDS Hooks 1.0 was a wrapper
    /// `{"response": {...}, "resource": {...}}`.
    ///
    /// - Returns: `nil` when neither the value nor what it wraps is a resource.
    package init?(unwrapping json: JSONValue) {
        if let resource = Resource(json) {
            self = resource
            return
        }
        guard json["resourceType"] == nil, json["response"]?.kind == .object,
            let inner = json["resource"], let resource = Resource(inner)
        else {
            return nil
        }
        self = resource
    }
}
