import JSON

/// Writes the answer to `GET /cds-services` (CDS Hooks 2.0, discovery).
package enum DiscoveryDocument {
    /// The release of CDS Hooks that the services keep to, as a semantic version.
    package static let specificationVersion = "2.0.0"

    /// The text for these services, in their order; what is private to a service stays private.
    ///
    /// - Parameters:
    ///   - services: the services.
    ///   - dialect: what the client understands; `nil` for whoever does not say who they are. They
    ///     are told `version` and `hookVersion` of CDS Hooks 3.0, which clients of an older release
    ///     ignore, and nothing that only some clients understand.
    /// - Returns: the JSON text.
    package static func json(of services: [HookService], for dialect: ResponseDialect? = nil)
        -> [UInt8]
    {
        var writer = JSONWriter(reservingBytes: 2_048)
        writer.beginObject()
        writer.name("services")
        writer.beginArray()
        for service in services {
            writer.beginObject()
            writer.member("hook", service.hook)
            writer.member("id", service.id)
            writer.member("title", ifPresent: service.title)
            writer.member("description", service.description)
            let templates = service.offeredPrefetch.compactMap { template in
                template.text(for: dialect).map { (key: template.key, text: $0) }
            }
            if !templates.isEmpty {
                writer.name("prefetch")
                writer.beginObject()
                for template in templates { writer.member(template.key, template.text) }
                writer.endObject()
            }
            // What a service requires of its clients is told as of 2.0.
            if dialect?.version != .first {
                writer.member("usageRequirements", ifPresent: service.usageRequirements)
            }
            if dialect.map({ $0.version == .thirdBallot }) ?? true {
                writer.member("version", specificationVersion)
                writer.member("hookVersion", ifPresent: service.definition.version)
            }
            writer.members(service.discoveryExtras)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }
}
