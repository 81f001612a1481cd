package import JSON

/// The checked `context` of a hook call.
package struct HookContext: Sendable {
    /// The JSON object, for what a hook carries beside the common fields.
    package let json: JSONValue
    /// The logical id of the patient, without any `Patient/` before it.
    package let patientID: String?
    /// The user as a relative reference, such as `Practitioner/abc`.
    package let userReference: String?
    /// The logical id of the encounter.
    package let encounterID: String?

    private static let place = "/context"

    init(
        reading json: JSONValue,
        legacyUser: String?,
        of definition: HookDefinition,
        flags: inout Set<HookRequest.Flag>
    ) throws(HookRequestError) {
        self.json = json
        var patientID: String?
        var userReference: String?
        var encounterID: String?
        for field in definition.fields {
            switch field.kind {
            case .patient:
                patientID = try Self.identifier(field, "Patient/", .patientIDPrefix, json, &flags)
            case .encounter:
                encounterID = try Self.identifier(
                    field,
                    "Encounter/",
                    .encounterIDPrefix,
                    json,
                    &flags
                )
            case .user:
                userReference = try Self.user(field, json, legacyUser, &flags)
            case .bundle:
                try Self.checkBundle(field, json)
            case .references:
                try Self.checkReferences(field, json)
            case .object:
                _ = try json.requiredObject(field.name, at: Self.place)
            case .text:
                _ = try json.requiredText(field.name, at: Self.place)
            }
        }
        self.patientID = patientID
        self.userReference = userReference
        self.encounterID = encounterID
    }

    /// Reads a bare FHIR id; clients in the field also send `Patient/x`, which is flagged.
    private static func identifier(
        _ field: HookDefinition.Field,
        _ prefix: String,
        _ flag: HookRequest.Flag,
        _ json: JSONValue,
        _ flags: inout Set<HookRequest.Flag>
    ) throws(HookRequestError) -> String? {
        guard var text = try json.optionalText(field.name, at: place) else {
            guard !field.isRequired else {
                throw .missing(field.name, at: place, accepted: "a FHIR id")
            }
            return nil
        }
        if text.hasPrefix(prefix) {
            text.removeFirst(prefix.count)
            flags.insert(flag)
        }
        guard FHIRIdentifier.isID(text) else {
            throw HookRequestError(
                code: .notIdentifier,
                pointer: place + "/" + field.name,
                offset: json[field.name]?.byteOffset,
                sentence: "the text is no FHIR id",
                accepted: "1 to 64 letters, digits, hyphens and dots"
            )
        }
        return text
    }

    private static func user(
        _ field: HookDefinition.Field,
        _ json: JSONValue,
        _ legacyUser: String?,
        _ flags: inout Set<HookRequest.Flag>
    ) throws(HookRequestError) -> String? {
        var user = try json.optionalText(field.name, at: place)
        if user == nil, let legacyUser {
            user = legacyUser
            flags.insert(.legacyUser)
        }
        guard let user else {
            guard !field.isRequired else {
                throw .missing(field.name, at: place, accepted: "such as Practitioner/abc")
            }
            return nil
        }
        if !FHIRIdentifier.isRelativeReference(user) { flags.insert(.userShape) }
        return user
    }

    private static func checkBundle(
        _ field: HookDefinition.Field,
        _ json: JSONValue
    ) throws(HookRequestError) {
        let bundle = try json.requiredObject(field.name, at: place)
        guard let type = bundle["resourceType"], type.isString("Bundle") else {
            throw HookRequestError(
                code: .notBundle,
                pointer: place + "/" + field.name,
                offset: bundle.byteOffset,
                sentence: "the object is no Bundle",
                accepted: "a FHIR Bundle"
            )
        }
    }

    private static func checkReferences(
        _ field: HookDefinition.Field,
        _ json: JSONValue
    ) throws(HookRequestError) {
        let pointer = place + "/" + field.name
        guard let array = json[field.name], !array.isNull else {
            throw .missing(field.name, at: place, accepted: "an array of references")
        }
        guard array.kind == .array else {
            throw .wrongType(array, pointer, accepted: "an array of references")
        }
        for (position, element) in array.elements.enumerated() {
            guard let text = element.stringValue, FHIRIdentifier.isRelativeReference(text) else {
                throw HookRequestError(
                    code: .notReference,
                    pointer: "\(pointer)/\(position)",
                    offset: element.byteOffset,
                    sentence: "the value is no relative reference",
                    accepted: "a resource type and an id, such as MedicationRequest/abc"
                )
            }
        }
    }
}
