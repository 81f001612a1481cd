package import CDSHooks

import ClinicalEngine
import JSON
import Mapping

/// A hook document with what it computes with, and what every answer of it repeats.
///
/// An object, because every stage of a request holds it and none changes it.
package final class LoadedService: Sendable {
    /// What a service computes with.
    package enum Computation: Sendable {
        /// A profile and its model.
        case profile(LoadedProfile)
        /// A knowledge base of interactions.
        case interactions(InteractionKnowledge)

        /// The name of the folder in `Profiles/`.
        var name: String {
            switch self {
            case .profile(let profile): profile.name
            case .interactions(let knowledge): knowledge.name
            }
        }
    }

    /// The document.
    package let hook: HookService
    /// What it computes with.
    package let computation: Computation
    /// SHA-256 of the hook document in hexadecimal.
    package let digest: String
    /// The artifacts that made an answer, for the audit row, as JSON text.
    package let artifacts: [UInt8]

    /// What a clinician calls the inputs, in the order of the profile, also escaped for a card.
    let inputLabels: [(plain: String, escaped: String)]

    /// Joins a document with what it computes with.
    init(hook: HookService, computation: Computation, digest: String) {
        self.hook = hook
        self.computation = computation
        self.digest = digest
        inputLabels = Self.inputNames(of: computation).map { name in
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
        switch computation {
        case .profile(let profile): Self.write(profile, to: &writer)
        case .interactions(let knowledge): Self.write(knowledge, to: &writer)
        }
        writer.endObject()
        artifacts = writer.bytes
    }

    /// The names of the inputs; medicines have none of their own.
    var inputNames: [String] { Self.inputNames(of: computation) }

    private static func inputNames(of computation: Computation) -> [String] {
        switch computation {
        case .profile(let profile): profile.profile.inputNames
        case .interactions: []
        }
    }

    private static func write(_ knowledge: InteractionKnowledge, to writer: inout JSONWriter) {
        writer.name("interactions")
        writer.beginObject()
        writer.member("name", knowledge.name)
        writer.member("url", knowledge.url)
        writer.member("version", knowledge.version)
        writer.member("sha256", knowledge.digest)
        if !knowledge.productDigests.isEmpty {
            // They decide what a product is made of.
            writer.name("products")
            writer.beginObject()
            for file in knowledge.productDigests { writer.member(file.name, file.digest) }
            writer.endObject()
        }
        writer.endObject()
    }

    /// Writes a profile and its model with their hashes into an open object.
    static func write(_ profile: LoadedProfile, to writer: inout JSONWriter) {
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
    }

    /// What a clinician calls an input.
    func label(_ input: String) -> String { hook.labels[input] ?? Self.words(input) }

    /// What a clinician calls the reason for which the model does not apply.
    func applicabilityLabel(_ code: String) -> String {
        if let label = hook.labels[code] { return label }
        let words = code.replacing("-", with: " ")
        guard code.hasSuffix(Self.gapEnding) else { return words }
        return "not all data on \(words.dropLast(Self.gapEnding.count)) are at hand"
    }

    /// The code of what is not known because not all data on a fact were sent, such as
    /// `atrial-fibrillation-not-all-sent`.
    func codeForGap(in fact: String) -> String {
        label(fact).split(separator: " ").joined(separator: "-") + Self.gapEnding
    }

    private static let gapEnding = "-not-all-sent"

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
