import JSON

/// Writes the answer to `GET /cds-services` (CDS Hooks 2.0, discovery).
package enum DiscoveryDocument {
    /// The release of CDS Hooks that the services keep to, as a semantic version.
    package static let specificationVersion = "2.0.0"

    /// The text for these services, in their order; what is private to a service stays private.
    ///
    /// - Parameters:
    ///   - services: the services.
    ///   - withVersions: whether `version` and `hookVersion` of CDS Hooks 3.0 are there, which
    ///     clients of an older release ignore.
    /// - Returns: the JSON text.
    package static func json(of services: [HookService], withVersions: Bool = true) -> [UInt8] {
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
            if !service.offeredPrefetch.isEmpty {
                writer.name("prefetch")
                writer.beginObject()
                for template in service.offeredPrefetch {
                    writer.member(template.key, template.text)
                }
                writer.endObject()
            }
            writer.member("usageRequirements", ifPresent: service.usageRequirements)
            if withVersions {
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
