import CDSHooks

/// The models that a client may see: those of the services that it may call.
///
/// A client without a list of services sees every model, also one without a service.
struct ModelList {
    /// One folder of `Profiles/`.
    struct Entry {
        /// What it holds.
        enum Content {
            case profile(LoadedProfile)
            case interactions(InteractionKnowledge)
        }

        /// The name of the folder.
        let id: String
        /// What it holds.
        let content: Content
        /// The services that compute with it, of those that the client may call.
        let services: [LoadedService]
    }

    /// What the client may see, by id.
    let entries: [Entry]
    /// Every id that there is.
    private let ids: Set<String>

    init(_ catalogue: Catalogue, for client: Client) {
        ids = Set(catalogue.profiles.keys).union(catalogue.knowledgeBases.keys)
        entries = ids.sorted().compactMap { id in
            let services = catalogue.services.filter { service in
                service.computation.name == id
                    && client.services.map { $0.contains(service.hook.id) } ?? true
            }
            guard client.services == nil || !services.isEmpty else { return nil }
            if let profile = catalogue.profiles[id] {
                return Entry(id: id, content: .profile(profile), services: services)
            }
            return catalogue.knowledgeBases[id].map {
                Entry(id: id, content: .interactions($0), services: services)
            }
        }
    }

    /// One of them.
    func entry(_ id: String) throws(GatewayError) -> Entry {
        if let entry = entries.first(where: { $0.id == id }) { return entry }
        throw GatewayError(ids.contains(id) ? .modelNotAllowed : .unknownModel)
    }
}
