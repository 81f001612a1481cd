import JSON

extension Reference {
    /// Whether a reference points to a given resource.
    package enum Match: Sendable, Equatable {
        /// It does.
        case same
        /// It points to another one.
        case different
        /// The type and id agree, but nothing known says that the server is the same one.
        case sameIDUnknownServer
        /// It cannot be told: contained, by identifier only, or no reference at all.
        case undetermined
    }

    /// A resource that references are compared with.
    package struct Identity: Sendable, Hashable {
        /// The resource type.
        package let type: String
        /// The logical id.
        package let id: String
        /// The `fullUrl` of the bundle entry it stands in, when there is one.
        package let fullURL: String?
        /// The base of the FHIR server it was read from, when known.
        package let serverBase: String?

        /// Makes an identity.
        package init(
            type: String,
            id: String,
            fullURL: String? = nil,
            serverBase: String? = nil
        ) {
            self.type = type
            self.id = id
            self.fullURL = fullURL
            self.serverBase = serverBase.map { base in
                base.hasSuffix("/") ? String(base.dropLast()) : base
            }
        }
    }

    /// Compares with a resource; versions are not part of identity (FHIR R4, section 2.3.0.2).
    package func matches(_ identity: Identity) -> Match {
        // The common case first, without taking the text apart.
        if let reference = json["reference"], isRelative(reference, to: identity) { return .same }
        guard let target else { return .undetermined }
        switch target {
        case .relative(let type, let id, _):
            return type == identity.type && id == identity.id ? .same : .different
        case .absolute(let base, let type, let id, _):
            return matches(base: base, type: type, id: id, identity)
        case .urn(let urn):
            if urn == identity.fullURL { return .same }
            // A UUID names one thing everywhere, so an id that is the same UUID is a match.
            if urn == "urn:uuid:" + identity.id { return .same }
            return identity.fullURL == nil ? .undetermined : .different
        case .contained:
            return .undetermined
        case .other(let uri):
            if uri == identity.fullURL { return .same }
            return .undetermined
        }
    }

    private func isRelative(_ reference: JSONValue, to identity: Identity) -> Bool {
        guard reference.kind == .string else { return false }
        let bytes = reference.rawBytes
        let type = identity.type.utf8
        let id = identity.id.utf8
        guard bytes.count == type.count + 1 + id.count, bytes.starts(with: type) else {
            return false
        }
        guard bytes[bytes.startIndex + type.count] == UInt8(ascii: "/") else { return false }
        return bytes.dropFirst(type.count + 1).elementsEqual(id)
    }

    private func matches(base: String, type: String, id: String, _ identity: Identity) -> Match {
        guard type == identity.type, id == identity.id else {
            // Another id is another resource, unless the entry's own URL says otherwise.
            return identity.fullURL == base + "/" + type + "/" + id ? .same : .different
        }
        let path = "/" + type + "/" + id
        if let fullURL = identity.fullURL, fullURL == base + path { return .same }
        if let serverBase = identity.serverBase {
            return serverBase == base ? .same : .different
        }
        guard let fullURL = identity.fullURL, fullURL.hasSuffix(path) else {
            return .sameIDUnknownServer
        }
        return .different
    }
}
