import JSON

extension Prefetch {
    /// What tells one version of one resource from every other (FHIR R4, section 3.1.0.2).
    private struct Version: Hashable {
        let type: ArraySlice<UInt8>
        let id: ArraySlice<UInt8>
        let versionID: ArraySlice<UInt8>?
        let byteCount: Int

        /// `nil` for a resource without an id, which cannot be told to be the same as another.
        ///
        /// And for a Patient: the address of its Bundle entry says how others refer to it.
        init?(_ resource: JSONValue) {
            guard let type = resource["resourceType"], !type.isString("Patient"),
                let id = resource["id"], type.kind == .string, id.kind == .string
            else { return nil }
            self.type = type.rawBytes
            self.id = id.rawBytes
            versionID = resource["meta"]?["versionId"]?.rawBytes
            byteCount = resource.rawBytes.count
        }
    }

    /// The items without those of the last key that an earlier key delivered byte for byte.
    ///
    /// Two queries may well find the same resource. That is one resource and no second
    /// measurement; what differs in any byte stays, to be judged.
    ///
    /// - Parameters:
    ///   - items: the items of all keys in order.
    ///   - start: the position of the first item of the last key.
    /// - Returns: the items in their order, without such copies.
    static func withoutCopies(_ items: [Item], from start: Int) -> [Item] {
        let earlier = items[..<start].filter { Version($0.resource) != nil }
        guard !earlier.isEmpty else { return items }
        // Most resources differ in length already, and to compare that costs next to nothing.
        let lengths = Set(earlier.map { $0.resource.rawBytes.count })
        let mayBeCopied = items[start...].contains { lengths.contains($0.resource.rawBytes.count) }
        guard mayBeCopied else { return items }
        var known: [Version: JSONValue] = [:]
        for item in earlier {
            guard let version = Version(item.resource), known[version] == nil else { continue }
            known[version] = item.resource
        }
        return items[..<start]
            + items[start...].filter { item in
                guard let version = Version(item.resource), let other = known[version] else {
                    return true
                }
                return !other.rawBytes.elementsEqual(item.resource.rawBytes)
            }
    }
}
