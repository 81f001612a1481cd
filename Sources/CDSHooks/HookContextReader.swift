import Basics
import JSON

/// Reads the fields of a context one by one, strictly where the hook says what they hold.
struct HookContextReader {
    let json: JSONValue
    var flags: Set<HookRequest.Flag>
    private(set) var patientID: String?
    private(set) var userReference: String?
    private(set) var encounterID: String?
    private(set) var contents: [HookContext.Content] = []

    private static let place = "/context"

    init(json: JSONValue, flags: Set<HookRequest.Flag>) {
        self.json = json
        self.flags = flags
    }

    mutating func read(
        _ field: HookDefinition.Field,
        legacyUser: String?
    ) throws(HookRequestError) {
        switch field.kind {
        case .patient:
            patientID = try identifier(field, "Patient/", .patientIDPrefix)
        case .encounter:
            encounterID = try identifier(field, "Encounter/", .encounterIDPrefix)
        case .user:
            userReference = try user(field, legacyUser)
        case .bundle, .references, .reference, .resource, .object, .objects, .text:
            try readContent(field)
        }
    }

    /// Reads a field under the first of its names that the client uses.
    private mutating func readContent(
        _ field: HookDefinition.Field
    ) throws(HookRequestError) {
        let own = HookDefinition.Spelling(name: field.name, kind: field.kind)
        for (position, spelling) in ([own] + field.others).enumerated() {
            guard let value = json[spelling.name], !value.isNull else { continue }
            let pointer = Self.place + "/" + spelling.name
            if position > 0 { flags.insert(.legacyContextField) }
            let content = try checked(value, spelling.kind, pointer, field.types)
            contents.append(
                HookContext.Content(
                    name: field.name,
                    kind: spelling.kind,
                    value: content,
                    pointer: pointer
                )
            )
            return
        }
        guard !field.isRequired else {
            throw .missing(field.name, at: Self.place, accepted: Self.accepted(field.kind))
        }
    }

    private static func accepted(_ kind: HookDefinition.Kind) -> String {
        switch kind {
        case .user: "such as Practitioner/abc"
        case .patient, .encounter: "a FHIR id"
        case .bundle: "a FHIR Bundle"
        case .references: "an array of references, such as MedicationRequest/abc"
        case .reference: "a reference, such as Organization/abc"
        case .resource: "a FHIR resource"
        case .object: "an object"
        case .objects: "an array of objects"
        case .text: "a string that is not empty"
        }
    }

    private mutating func checked(
        _ value: JSONValue,
        _ kind: HookDefinition.Kind,
        _ pointer: String,
        _ types: [String]
    ) throws(HookRequestError) -> JSONValue {
        switch kind {
        case .bundle:
            try Self.checkBundle(value, pointer)
        case .references:
            try Self.checkArray(value, pointer, Self.accepted(kind))
            for (position, element) in value.elements.enumerated() {
                try Self.checkReference(element, "\(pointer)/\(position)")
            }
        case .reference:
            try Self.checkReference(value, pointer)
        case .resource:
            return try resource(value, pointer, types)
        case .object:
            guard value.kind == .object else {
                throw .wrongType(value, pointer, accepted: Self.accepted(kind))
            }
        case .objects:
            try Self.checkArray(value, pointer, Self.accepted(kind))
            for (position, element) in value.elements.enumerated()
            where element.kind != .object {
                throw .wrongType(element, "\(pointer)/\(position)", accepted: "an object")
            }
        case .text, .user, .patient, .encounter:
            let name = String(pointer.dropFirst(Self.place.count + 1))
            _ = try json.requiredText(name, at: Self.place)
        }
        return value
    }

    // MARK: Identifiers

    /// Reads a bare FHIR id; clients in the field also send `Patient/x`, which is flagged.
    private mutating func identifier(
        _ field: HookDefinition.Field,
        _ prefix: String,
        _ flag: HookRequest.Flag
    ) throws(HookRequestError) -> String? {
        guard var text = try json.optionalText(field.name, at: Self.place) else {
            guard !field.isRequired else {
                throw .missing(field.name, at: Self.place, accepted: "a FHIR id")
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
                pointer: Self.place + "/" + field.name,
                offset: json[field.name]?.byteOffset,
                sentence: "the text is no FHIR id",
                accepted: "1 to 64 letters, digits, hyphens and dots"
            )
        }
        return text
    }

    private mutating func user(
        _ field: HookDefinition.Field,
        _ legacyUser: String?
    ) throws(HookRequestError) -> String? {
        var user = try json.optionalText(field.name, at: Self.place)
        if user == nil, let legacyUser {
            user = legacyUser
            flags.insert(.legacyUser)
        }
        guard let user else {
            guard !field.isRequired else {
                throw .missing(field.name, at: Self.place, accepted: "such as Practitioner/abc")
            }
            return nil
        }
        if !FHIRIdentifier.isRelativeReference(user) { flags.insert(.userShape) }
        return user
    }

    // MARK: Contents

    private static func checkBundle(
        _ bundle: JSONValue,
        _ pointer: String
    ) throws(HookRequestError) {
        guard bundle.kind == .object else {
            throw .wrongType(bundle, pointer, accepted: "a FHIR Bundle")
        }
        guard let type = bundle["resourceType"], type.isString("Bundle") else {
            throw HookRequestError(
                code: .notBundle,
                pointer: pointer,
                offset: bundle.byteOffset,
                sentence: "the object is no Bundle",
                accepted: "a FHIR Bundle"
            )
        }
        guard let entries = bundle["entry"], !entries.isNull else { return }
        let place = pointer + "/entry"
        try checkArray(entries, place, "an array of entries")
    }

    private static func checkArray(
        _ array: JSONValue,
        _ pointer: String,
        _ accepted: String
    ) throws(HookRequestError) {
        guard array.kind == .array else {
            throw .wrongType(array, pointer, accepted: accepted)
        }
        let count = array.elements.reduce(0) { count, _ in count + 1 }
        guard count <= Limits.contextEntriesMax else {
            throw HookRequestError(
                code: .tooMany,
                pointer: pointer,
                offset: array.byteOffset,
                sentence: "there are more of them than the limit allows",
                accepted: "at most \(Limits.contextEntriesMax) entries"
            )
        }
    }

    private static func checkReference(
        _ value: JSONValue,
        _ pointer: String
    ) throws(HookRequestError) {
        guard let text = value.stringValue, FHIRIdentifier.isRelativeReference(text) else {
            throw HookRequestError(
                code: .notReference,
                pointer: pointer,
                offset: value.byteOffset,
                sentence: "the value is no relative reference",
                accepted: "a resource type and an id, such as MedicationRequest/abc"
            )
        }
    }

    /// Reads a resource; the examples of the library wrap it as a Bundle entry does.
    private mutating func resource(
        _ value: JSONValue,
        _ pointer: String,
        _ types: [String]
    ) throws(HookRequestError) -> JSONValue {
        guard value.kind == .object else {
            throw .wrongType(value, pointer, accepted: "a FHIR resource")
        }
        var resource = value
        if value["resourceType"] == nil, let inner = value["resource"], inner.kind == .object {
            flags.insert(.legacyContextField)
            resource = inner
        }
        let type = resource["resourceType"]?.stringValue
        guard let type, types.isEmpty || types.contains(type) else {
            let wanted = types.isEmpty ? "a FHIR resource" : types.joined(separator: " or ")
            throw HookRequestError(
                code: .notResource,
                pointer: pointer,
                offset: resource.byteOffset,
                sentence: "the object is no such resource",
                accepted: wanted
            )
        }
        return resource
    }
}
