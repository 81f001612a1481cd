import Basics
import JSON

extension HookDefinition {
    /// Reads the context of an organisation's own hook.
    ///
    /// It stands in `limen.context`:
    ///
    ///     "context": { "patientId": { "kind": "patient", "required": true },
    ///                  "orders": { "kind": "bundle", "medicines": true } }
    ///
    /// - Throws: `HookServiceError` with the path of the first fault.
    init(
        reading limen: HookDocumentReader,
        name: String,
        version: String?
    ) throws(HookServiceError) {
        let object = try limen.object("context")
        var fields: [Field] = []
        var medicines = Medicines.none
        for (member, _) in object.json.members {
            let fieldName = member.stringValue ?? ""
            guard fields.count < Limits.contextFieldsMax else {
                throw limen.error(
                    .tooMany,
                    "context",
                    "at most \(Limits.contextFieldsMax) fields are allowed"
                )
            }
            guard FHIRIdentifier.isID(fieldName) else {
                throw object.error(.identifier, fieldName, "letters and digits are expected")
            }
            let entry = try object.object(fieldName)
            try entry.allow(["kind", "required", "types", "medicines"])
            let kinds = Kind.allCases.map(\.rawValue).joined(separator: ", ")
            guard let kind = Kind(rawValue: try entry.text("kind")) else {
                throw entry.error(.valueSet, "kind", "one of \(kinds) is expected")
            }
            switch kind {
            case .user, .patient, .encounter:
                guard !fields.contains(where: { $0.kind == kind }) else {
                    throw entry.error(.duplicate, "kind", "a context names one of its kind")
                }
            case .bundle, .references, .reference, .resource, .object, .objects, .text:
                break
            }
            if try entry.optionalFlag("medicines") {
                guard kind == .bundle || kind == .resource, medicines == .none else {
                    throw entry.error(
                        .valueSet,
                        "medicines",
                        "one bundle or one resource may hold the medicines"
                    )
                }
                medicines = .drafts(field: fieldName)
            }
            fields.append(
                Field(
                    fieldName,
                    kind,
                    isRequired: try entry.optionalFlag("required"),
                    types: try Self.types(entry)
                )
            )
        }
        self.init(name: name, version: version, fields: fields, medicines: medicines)
    }

    private static func types(
        _ entry: HookDocumentReader
    ) throws(HookServiceError) -> [String] {
        var types: [String] = []
        for element in try entry.array("types") ?? [] {
            guard let type = element.stringValue, FHIRIdentifier.isTypeName(type) else {
                throw entry.error(.valueSet, "types", "names of resource types are expected")
            }
            types.append(type)
        }
        return types
    }
}
