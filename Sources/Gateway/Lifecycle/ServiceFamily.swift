import CDSHooks
package import Lifecycle

/// One service for one hook with all versions that its document names, each loaded and checked.
package struct ServiceFamily: Sendable {
    /// Which family: one id may be offered for several hooks.
    package struct Key: Sendable, Hashable {
        /// The id of the service.
        package let id: String
        /// The hook.
        package let hook: String

        init(_ service: LoadedService) {
            id = service.hook.id
            hook = service.hook.hook
        }
    }

    /// The version that `profile` names.
    let named: LoadedService
    /// All versions by the name of their folder, the named one too.
    let variants: [String: LoadedService]

    /// The service.
    var id: String { named.hook.id }
    /// What the document says of further versions.
    var plan: VersionPlan { named.hook.versions }

    /// The named version of the family.
    package var namedVersion: ModelVersion? { named.version }

    /// The version that the document names as its canary.
    package var namedCanary: ModelVersion? { plan.canary.flatMap { version($0.profile) } }

    /// A version of the family; `nil` when the document does not name it.
    package func version(_ profile: String) -> ModelVersion? { variants[profile]?.version }

    /// The versions, the named one first.
    package var versions: [ModelVersion] {
        let names = [named.computation.name] + plan.profiles
        return names.compactMap { variants[$0]?.version }
    }
}

extension LoadedService {
    /// The version of the model this computes with; `nil` for a knowledge base.
    package var version: ModelVersion? {
        switch computation {
        case .profile(let profile):
            ModelVersion(profile: profile.name, digest: profile.folderDigest)
        case .interactions: nil
        }
    }
}
