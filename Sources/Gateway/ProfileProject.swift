package import Basics
package import Mapping

import CDSHooks
import JSON

/// One profile as its author sees it: whatever of it loads, and everything that is wrong with it.
///
/// A catalogue is taken as a whole or not at all. The author of one profile wants to see its
/// mapping although the model is still missing, and not to hear of the faults of others.
package struct ProfileProject: Sendable {
    /// The name of the folder.
    package let name: String
    /// The mapping, when it is sound, also without a model.
    package let mapping: Profile?
    /// The mapping with its model, when both are sound and agree.
    package let loaded: LoadedProfile?
    /// The services that use the profile, in the order of their files.
    package let services: [LoadedService]
    /// What is wrong, in the order of the files.
    package let findings: [CatalogueFinding]

    /// Loads one profile and the services that use it.
    ///
    /// - Parameters:
    ///   - name: the name of the folder in `Profiles/`.
    ///   - files: the bytes of the configuration's files by relative path; others are left out.
    ///   - now: the moment at which the checks run.
    package init(name: String, files: [String: [UInt8]], now: Instant) {
        let hooks = files.filter { Self.isHook($0.key, $0.value, of: name) }
        // The other versions that a service of the profile names, without which it does not load.
        let others = Set(
            hooks.values.flatMap { bytes in
                (try? JSONDocument(parsing: bytes)).map { VersionPlan.profiles(of: $0) } ?? []
            }
        ).subtracting([name])
        let own = files.filter { file, _ in
            let folder = file.split(separator: "/", maxSplits: 2)
            guard folder.count == 3, folder[0] == "Profiles" else { return hooks[file] != nil }
            return folder[1] == name || others.contains(String(folder[1]))
        }
        var loader = CatalogueLoader(files: own, now: now)
        loader.load()
        self.name = name
        mapping = loader.mappings[name]
        loaded = loader.profiles[name]
        // A document that is offered for several hooks has the same cards under each.
        services = loader.services.filter { service in
            loader.services.first { $0.digest == service.digest }?.hook.hook == service.hook.hook
        }
        let isLoaded = loaded != nil
        // A service whose profile does not load says nothing that the profile has not said.
        findings = loader.findings.filter { finding in
            !others.contains { finding.file.hasPrefix("Profiles/" + $0 + "/") }
        }.filter {
            isLoaded || !$0.file.hasPrefix("Hooks/") || $0.path != "limen.profile"
        }
    }

    /// The names of the profiles among the files of a configuration.
    package static func names(in files: [String: [UInt8]]) -> [String] {
        let names = files.keys.compactMap { file -> String? in
            let parts = file.split(separator: "/")
            guard parts.count >= 3, parts[0] == "Profiles", parts[1] != "schema",
                !file.hasSuffix(".view.json"),
                files["Profiles/\(parts[1])/\(InteractionKnowledge.fileName)"] == nil
            else { return nil }
            return String(parts[1])
        }
        return Set(names).sorted()
    }

    private static func isHook(_ file: String, _ bytes: [UInt8], of name: String) -> Bool {
        guard file.hasPrefix("Hooks/"), file.hasSuffix(".json"),
            !file.dropFirst("Hooks/".count).contains("/")
        else { return false }
        guard let document = try? JSONDocument(parsing: bytes) else {
            // One that cannot be read is counted as the profile's when it bears its name.
            return file == "Hooks/" + name + ".json"
        }
        return HookService.profileName(of: document) == name
    }
}
