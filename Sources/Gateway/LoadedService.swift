package import CDSHooks

import ClinicalEngine
import JSON
import Mapping

/// A hook document with the profile and model it uses, and what every answer of it repeats.
///
/// An object, because every stage of a request holds it and none changes it.
package final class LoadedService: Sendable {
    /// The document.
    package let hook: HookService
    /// The profile and the model.
    package let profile: LoadedProfile
    /// SHA-256 of the hook document in hexadecimal.
    package let digest: String
    /// The artifacts that made an answer, for the audit row, as JSON text.
    package let artifacts: [UInt8]

    /// What a clinician calls the inputs, in the order of the profile, also escaped for a card.
    let inputLabels: [(plain: String, escaped: String)]

    /// Joins a document with its profile.
    init(hook: HookService, profile: LoadedProfile, digest: String) {
        self.hook = hook
        self.profile = profile
        self.digest = digest
        inputLabels = profile.profile.inputNames.map { name in
            let label = hook.labels[name] ?? Self.words(name)
            return (label, CardMarkup.escaped(label))
        }
        var writer = JSONWriter()
        writer.beginObject()
        writer.name("hook")
        writer.beginObject()
        writer.member("id", hook.id)
        writer.member("hook", hook.hook)
        writer.member("version", hook.version)
        writer.member("sha256", digest)
        writer.endObject()
        writer.name("profile")
        writer.beginObject()
        writer.member("name", profile.name)
        writer.member("url", profile.profile.url)
        writer.member("version", profile.profile.version)
        writer.member("sha256", profile.profileDigest)
        if !profile.conceptMapDigests.isEmpty {
            // They decide what a code means, so a result cannot be computed again without them.
            writer.name("conceptMaps")
            writer.beginObject()
            for map in profile.conceptMapDigests { writer.member(map.name, map.digest) }
            writer.endObject()
        }
        if !profile.structureDigests.isEmpty {
            writer.name("structures")
            writer.beginObject()
            for file in profile.structureDigests { writer.member(file.name, file.digest) }
            writer.endObject()
        }
        writer.endObject()
        writer.name("model")
        writer.beginObject()
        writer.member("name", profile.model.name)
        writer.member("version", ifPresent: profile.model.about.version)
        writer.member("sha256", profile.modelDigest)
        writer.endObject()
        writer.endObject()
        artifacts = writer.bytes
    }

    /// What a clinician calls an input.
    func label(_ input: String) -> String { hook.labels[input] ?? Self.words(input) }

    /// What a clinician calls the reason for which the model does not apply.
    func applicabilityLabel(_ code: String) -> String {
        hook.labels[code] ?? code.replacing("-", with: " ")
    }

    /// The title as far as it fits into a summary beside what is said about it.
    var shortTitle: String {
        let title = hook.title ?? hook.id
        return title.count <= 60 ? title : title.prefix(59) + "…"
    }

    /// A camel-case name as words, such as `respiratory rate`.
    private static func words(_ name: String) -> String {
        var text = ""
        for character in name {
            if character.isUppercase { text += " " }
            text += character.lowercased()
        }
        return text
    }
}
