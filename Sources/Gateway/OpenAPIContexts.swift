import Basics
import CDSHooks

/// What the hooks put into `context`, as JSON Schema, from the table that requests are held against.
///
///     {"properties":{"hook":{"const":"patient-view"},
///                    "context":{"required":["userId","patientId"],"properties":{...}}}}
enum OpenAPIContexts {
    /// One alternative for each hook of the library and one for an organisation's own.
    static let alternatives = (HookDefinition.all.map(alternative) + [own]).joined(separator: ",")

    /// The pattern of a text with something in it, as JSON writes it.
    static let someText = #"[^\\u0000-\\u0020]"#

    /// A text of feedback, which may be left out, empty or null.
    static let feedbackText =
        #"{"type":["string","null"],"maxLength":\#(Limits.feedbackTextCharactersMax)}"#

    /// Reverse domain names (CDS Hooks 2.0, hooks); what their contexts hold is their own.
    private static let own =
        #"{"properties":{"hook":{"pattern":"^[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+){2,8}$"}}}"#

    private static func alternative(_ hook: HookDefinition) -> String {
        let fields = hook.fields.map { "\"" + $0.name + "\":" + schema(of: $0) }
        let required = hook.fields.filter { $0.isRequired && $0.others.isEmpty }
            .map { "\"" + $0.name + "\"" }
        return #"{"properties":{"hook":{"const":"\#(hook.name)"},"context":{"#
            + #""required":[\#(required.joined(separator: ","))],"#
            + #""properties":{\#(fields.joined(separator: ","))}}}}"#
    }

    private static func schema(of field: HookDefinition.Field) -> String {
        let reference =
            #"{"type":"string","pattern":"^[A-Z][A-Za-z]{0,63}/[A-Za-z0-9.-]{1,64}$"}"#
        switch field.kind {
        case .user:
            return #"{"type":"string","pattern":"\#(someText)","examples":["Practitioner/a"]}"#
        case .patient: return id("Patient")
        case .encounter: return id("Encounter", isRequired: field.isRequired)
        case .bundle:
            return #"{"type":"object","required":["resourceType"],"#
                + #""properties":{"resourceType":{"const":"Bundle"},"#
                + #""entry":{"type":"array","items":{"type":"object"}}}}"#
        case .references: return #"{"type":"array","items":\#(reference)}"#
        case .reference: return reference
        case .resource: return resource(field.types)
        case .object: return #"{"type":"object"}"#
        case .objects: return #"{"type":"array","items":{"type":"object"}}"#
        case .text: return #"{"type":"string","pattern":"\#(someText)"}"#
        }
    }

    private static func resource(_ types: [String]) -> String {
        let names = types.map { "\"" + $0 + "\"" }.joined(separator: ",")
        let type = types.isEmpty ? #"{"type":"string"}"# : #"{"enum":[\#(names)]}"#
        return #"{"type":"object","required":["resourceType"],"#
            + #""properties":{"resourceType":\#(type)}}"#
    }

    /// A FHIR id, with the resource type that some clients write before it.
    private static func id(_ type: String, isRequired: Bool = true) -> String {
        #"{"type":\#(isRequired ? #""string""# : #"["string","null"]"#),"pattern":"^(\#(type)/)?[A-Za-z0-9.-]{1,64}$"}"#
    }
}
