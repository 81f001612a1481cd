import ClinicalEngine
import JSON

/// Writes the answer of `GET /models/{id}/segments`.
struct SegmentDocument {
    let profile: LoadedProfile
    /// The language that was asked for; `nil` when every language is given.
    let language: String?

    init(profile: LoadedProfile, accepting header: String?) {
        self.profile = profile
        var available: [String] = []
        for text in profile.model.segmentProfiles.map(\.texts).joined()
        where !available.contains(text.language) {
            available.append(text.language)
        }
        language = LanguageChoice.best(of: available, for: header)
    }

    /// The text.
    var json: [UInt8] {
        var writer = JSONWriter(reservingBytes: 4_096)
        writer.beginObject()
        writer.name("model")
        ModelDocument.writeIdentity(of: profile, to: &writer)
        writer.member("about", ifPresent: profile.model.about.description)
        if let limits = profile.model.segmentConfidence {
            writer.name("uncertain")
            writer.beginObject()
            writer.name("marginBelow")
            writer.value(limits.marginMin)
            writer.name("atypicalityAbove")
            writer.value(limits.atypicalityMax)
            writer.endObject()
        }
        writer.member("tie", "Of equally near segments the first; its margin is 0.")
        writer.name("segments")
        writer.beginArray()
        for segment in profile.model.segmentProfiles { write(segment, to: &writer) }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    private func write(_ segment: SegmentProfile, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("id", segment.id)
        if let text = segment.texts.first(where: { $0.language == language }) {
            writer.member("name", text.name)
            writer.member("description", text.description)
        } else {
            writer.member("name", ifPresent: segment.name)
            writer.name("texts")
            writer.beginObject()
            for text in segment.texts {
                writer.name(text.language)
                writer.beginObject()
                writer.member("name", text.name)
                writer.member("description", text.description)
                writer.endObject()
            }
            writer.endObject()
        }
        if let size = segment.size { writer.member("size", size) }
        writer.name("centre")
        writer.beginArray()
        for place in segment.center {
            writer.beginObject()
            writer.member("input", place.field)
            writer.name("value")
            writer.value(place.value)
            writer.member("unit", ifPresent: place.unit)
            if !place.isOriginal { writer.member("isScaled", true) }
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
    }
}
