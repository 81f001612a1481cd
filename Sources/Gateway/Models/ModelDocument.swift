import CDSHooks
import ClinicalEngine
import JSON
import Mapping

/// Writes what models there are and what one of them takes and gives.
enum ModelDocument {
    /// The answer of `GET /models`.
    static func json(of list: ModelList) -> [UInt8] {
        var writer = JSONWriter(reservingBytes: 512 * list.entries.count + 64)
        writer.beginObject()
        writer.name("models")
        writer.beginArray()
        for entry in list.entries {
            writer.beginObject()
            writeHead(of: entry, to: &writer)
            if case .profile(let profile) = entry.content {
                writer.name("inputs")
                writer.beginArray()
                for name in profile.profile.inputNames { writer.value(name) }
                writer.endArray()
            }
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    /// The answer of `GET /models/{id}`.
    static func json(of entry: ModelList.Entry) -> [UInt8] {
        var writer = JSONWriter(reservingBytes: 4_096)
        writer.beginObject()
        writeHead(of: entry, to: &writer)
        switch entry.content {
        case .interactions: break
        case .profile(let profile): writeDetails(of: profile, to: &writer)
        }
        writer.endObject()
        return writer.bytes
    }

    /// Which model it is, with everything that pins it.
    static func writeIdentity(of profile: LoadedProfile, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("id", profile.name)
        writer.member("name", profile.model.name)
        writer.member("version", ifPresent: profile.model.about.version)
        writer.member("sha256", profile.modelDigest)
        writeProfile(profile, to: &writer)
        writer.endObject()
    }

    /// Profile and model for the audit row, as a hook has them beside its own document.
    static func artifacts(of profile: LoadedProfile) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        LoadedService.write(profile, to: &writer)
        writer.endObject()
        return writer.bytes
    }

    /// The rules that a row of named inputs cannot be held against.
    static func write(_ rules: [Profile.UncheckedRule], to writer: inout JSONWriter) {
        writer.beginArray()
        for rule in rules {
            writer.beginObject()
            writer.member("code", rule.code)
            writer.member("rule", rule.text)
            writer.endObject()
        }
        writer.endArray()
    }

    private static func writeProfile(_ profile: LoadedProfile, to writer: inout JSONWriter) {
        writer.name("profile")
        writer.beginObject()
        writer.member("url", profile.profile.url)
        writer.member("version", profile.profile.version)
        writer.member("sha256", profile.profileDigest)
        writer.endObject()
    }

    private static func writeHead(of entry: ModelList.Entry, to writer: inout JSONWriter) {
        writer.member("id", entry.id)
        switch entry.content {
        case .profile(let profile):
            writer.member("kind", profile.model.function.rawValue)
            writer.member("name", profile.model.name)
            writer.member("version", ifPresent: profile.model.about.version)
            writer.member("sha256", profile.modelDigest)
            writeProfile(profile, to: &writer)
            writer.member("evaluate", "/models/\(entry.id)/evaluate")
        case .interactions(let knowledge):
            writer.member("kind", "interactions")
            writer.member("name", knowledge.title)
            writer.member("version", knowledge.version)
            writer.member("sha256", knowledge.digest)
        }
        writer.name("services")
        writer.beginArray()
        for service in entry.services {
            writer.beginObject()
            writer.member("id", service.hook.id)
            writer.member("hook", service.hook.hook)
            writer.member("mode", service.hook.mode.rawValue)
            writer.endObject()
        }
        writer.endArray()
    }

    private static func writeDetails(of profile: LoadedProfile, to writer: inout JSONWriter) {
        let model = profile.model
        writer.member("about", ifPresent: model.about.description)
        writer.member("copyright", ifPresent: model.about.copyright)
        writer.name("inputs")
        writer.beginArray()
        for input in profile.profile.declarations { write(input, to: &writer) }
        writer.endArray()
        if !profile.profile.factNames.isEmpty {
            writer.name("facts")
            list(profile.profile.factNames, to: &writer)
        }
        writer.name("notChecked")
        write(profile.profile.uncheckedRules, to: &writer)
        writer.name("outputs")
        list(model.outputs, to: &writer)
        if !model.categories.isEmpty {
            writer.name("categories")
            list(model.categories, to: &writer)
        }
        if !model.segmentProfiles.isEmpty {
            writer.member("segments", "/models/\(profile.name)/segments")
        }
    }

    private static func write(_ input: Profile.Declaration, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("name", input.name)
        writer.member("type", input.type)
        writer.member("unit", ifPresent: input.unit)
        if !input.values.isEmpty {
            writer.name("values")
            list(input.values, to: &writer)
        }
        if let range = input.plausible {
            writer.name("plausible")
            writer.beginArray()
            writer.value(range.lowerBound)
            writer.value(range.upperBound)
            writer.endArray()
        }
        if let increment = input.increment {
            writer.name("roundedTo")
            writer.value(increment)
        }
        writer.name("missing")
        writer.beginObject()
        writer.member("policy", input.missingPolicy)
        if let (value, source) = input.substitute {
            write(value, to: &writer)
            writer.member("source", ifPresent: source)
        }
        writer.endObject()
        if let (value, reason) = input.absence {
            writer.name("null")
            writer.beginObject()
            write(value, to: &writer)
            writer.member("reason", reason)
            writer.endObject()
        }
        writer.endObject()
    }

    private static func write(_ value: MappingReport.Value, to writer: inout JSONWriter) {
        switch value {
        case .quantity(let number, _):
            writer.name("value")
            writer.value(number)
        case .code(let code): writer.member("value", code)
        case .boolean(let flag): writer.member("value", flag)
        }
    }

    private static func list(_ texts: [String], to writer: inout JSONWriter) {
        writer.beginArray()
        for text in texts { writer.value(text) }
        writer.endArray()
    }
}
