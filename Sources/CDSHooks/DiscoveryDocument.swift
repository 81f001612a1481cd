import JSON

/// Writes the answer to `GET /cds-services` (CDS Hooks 2.0, discovery).
package enum DiscoveryDocument {
    /// The text for these services, in their order; what is private to a service stays private.
    package static func json(of services: [HookService]) -> [UInt8] {
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
            if !service.prefetch.isEmpty {
                writer.name("prefetch")
                writer.beginObject()
                for template in service.prefetch { writer.member(template.key, template.text) }
                writer.endObject()
            }
            writer.member("usageRequirements", ifPresent: service.usageRequirements)
            writer.members(service.discoveryExtras)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }
}
