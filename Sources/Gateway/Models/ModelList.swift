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

    private let catalogue: Catalogue
    private let client: Client

    init(_ catalogue: Catalogue, for client: Client) {
        self.catalogue = catalogue
        self.client = client
    }

    /// What the client may see, by id.
    var entries: [Entry] {
        (Array(catalogue.profiles.keys) + Array(catalogue.knowledgeBases.keys)).sorted().compactMap
        { id in
            content(id).flatMap { entry(id, $0) }
        }
    }

    /// One of them.
    func entry(_ id: String) throws(GatewayError) -> Entry {
        guard let content = content(id) else { throw GatewayError(.unknownModel) }
        guard let entry = entry(id, content) else { throw GatewayError(.modelNotAllowed) }
        return entry
    }

    private func content(_ id: String) -> Entry.Content? {
        if let profile = catalogue.profiles[id] { return .profile(profile) }
        return catalogue.knowledgeBases[id].map { .interactions($0) }
    }

    /// The entry; `nil` when it is not for this client.
    private func entry(_ id: String, _ content: Entry.Content) -> Entry? {
        let services = catalogue.services.filter { service in
            // The version in force is the model of the service, whatever its document names.
            let inForce = catalogue.plan(of: service)?.live ?? service
            return inForce.computation.name == id
                && client.services.map { $0.contains(service.hook.id) } ?? true
        }
        guard client.services == nil || !services.isEmpty else { return nil }
        return Entry(id: id, content: content, services: services)
    }
}
