package import Basics

import CDSHooks
package import Lifecycle

/// The configuration in force: services with their profiles and models, and the clients.
///
/// Built from the files of `Profiles/` and `Hooks/` as a whole or not at all, so that a reload can
/// swap it in one step and keep the old one on failure.
package struct Catalogue: Sendable {
    /// The services in the order of their files, for discovery.
    package let services: [LoadedService]
    /// The profiles by folder name.
    package let profiles: [String: LoadedProfile]
    /// The knowledge bases of interactions by folder name.
    package let knowledgeBases: [String: InteractionKnowledge]
    /// The trusted clients.
    package let clients: ClientRegistry
    /// Whether clients are let in whose keys everybody knows.
    let isDevelopment: Bool
    /// The answer to discovery.
    package let discovery: [UInt8]
    private let servicesByID: [String: [LoadedService]]
    /// The services with the versions that their documents name.
    package let families: [ServiceFamily.Key: ServiceFamily]
    /// Which version answers whom.
    package private(set) var plans: [ServiceFamily.Key: ServicePlan]
    /// What is in force, as it was read last; `nil` without a store.
    package private(set) var book: DeploymentBook?

    /// Loads and checks everything.
    ///
    /// - Parameters:
    ///   - files: the bytes of every file below `Profiles/` and `Hooks/` by relative path, such
    ///     as `Profiles/news2/profile.json`.
    ///   - now: the moment at which the checks run.
    ///   - isDevelopment: whether clients are let in whose keys everybody knows.
    /// - Throws: `CatalogueError` with everything that is wrong.
    package init(
        files: [String: [UInt8]],
        now: Instant,
        isDevelopment: Bool = false
    ) throws(CatalogueError) {
        try self.init(files: files, now: now, isDevelopment: isDevelopment, memory: nil)
    }

    /// Loads and checks everything but what the memory has already.
    init(
        files: [String: [UInt8]],
        now: Instant,
        isDevelopment: Bool,
        memory: CatalogueMemory?
    ) throws(CatalogueError) {
        var loader = CatalogueLoader(
            files: files,
            now: now,
            isDevelopment: isDevelopment,
            memory: memory
        )
        loader.load()
        guard loader.findings.isEmpty else {
            throw CatalogueError(
                findings: Array(loader.findings.prefix(Limits.catalogueFindingsMax))
            )
        }
        self.isDevelopment = isDevelopment
        services = loader.services
        profiles = loader.profiles
        knowledgeBases = loader.knowledgeBases
        clients = ClientRegistry(loader.clients)
        discovery = DiscoveryDocument.json(of: loader.services.map(\.hook))
        servicesByID = Dictionary(grouping: loader.services) { $0.hook.id }
        families = loader.families
        book = nil
        plans = loader.families.mapValues { ServicePlan($0, nil) }
    }

    /// Works out anew which version answers whom.
    package mutating func resolve(_ book: DeploymentBook?) {
        self.book = book
        plans = families.mapValues { ServicePlan($0, book) }
    }

    /// Which version of a service answers whom.
    func plan(of service: LoadedService) -> ServicePlan? { plans[ServiceFamily.Key(service)] }

    /// The family of a service id, that of its first hook.
    package func family(id: String) -> (family: ServiceFamily, plan: ServicePlan)? {
        guard let service = services(id: id).first, let family = families[.init(service)],
            let plan = plan(of: service)
        else { return nil }
        return (family, plan)
    }

    /// The services of an id, one for each hook it is offered for.
    package func services(id: String) -> [LoadedService] { servicesByID[id] ?? [] }

    /// The ids of the services, each once, in the order of their files.
    package var serviceIDs: [String] {
        var ids: [String] = []
        for service in services where !ids.contains(service.hook.id) { ids.append(service.hook.id) }
        return ids
    }
}
