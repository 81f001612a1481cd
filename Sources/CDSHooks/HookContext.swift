package import JSON

/// The checked `context` of a hook call.
package struct HookContext: Sendable {
    /// One field that the hook defines and the request has.
    package struct Content: Sendable {
        /// The name by which the hook defines it.
        package let name: String
        /// What it holds.
        package let kind: HookDefinition.Kind
        /// The value; for a resource in a wrapper, the resource.
        package let value: JSONValue
        /// Where it stands.
        package let pointer: String
    }

    /// The JSON object, for what a hook carries beside the defined fields.
    package let json: JSONValue
    /// The logical id of the patient, without any `Patient/` before it.
    package let patientID: String?
    /// The user as a relative reference, such as `Practitioner/abc`.
    package let userReference: String?
    /// The logical id of the encounter.
    package let encounterID: String?
    /// The bundles, resources, references and texts of the hook.
    package let contents: [Content]

    /// A field by the name that the hook gives it, whatever the client calls it.
    package func content(_ name: String) -> Content? { contents.first { $0.name == name } }

    init(
        reading json: JSONValue,
        legacyUser: String?,
        of definition: HookDefinition,
        flags: inout Set<HookRequest.Flag>
    ) throws(HookRequestError) {
        var reader = HookContextReader(json: json, flags: flags)
        for field in definition.fields { try reader.read(field, legacyUser: legacyUser) }
        self.json = json
        patientID = reader.patientID
        userReference = reader.userReference
        encounterID = reader.encounterID
        contents = reader.contents
        flags = reader.flags
    }
}
