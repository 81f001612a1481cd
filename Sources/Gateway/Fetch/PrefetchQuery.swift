import CDSHooks
import JSON

/// A prefetch template with its tokens filled in (CDS Hooks 2.0, "Prefetch tokens").
///
///     Patient/{{context.patientId}}                Patient/1288992
///     Observation?patient={{context.patientId}}    Observation?patient=1288992
struct PrefetchQuery: Sendable, Equatable {
    /// The resource type.
    let type: String
    /// The relative URL.
    let text: String

    /// Whether it searches, and so is answered with a Bundle.
    var isSearch: Bool { text.contains("?") }

    /// Fills the tokens in; `nil` when the context has no value for one.
    init?(_ template: PrefetchTemplate, _ context: HookContext) {
        var text = ""
        var rest = template.text[...]
        while let open = rest.firstRange(of: "{{") {
            text += rest[..<open.lowerBound]
            guard let close = rest[open.upperBound...].firstRange(of: "}}") else { return nil }
            let token = rest[open.upperBound..<close.lowerBound].filter { $0 != " " }
            guard let value = Self.value(token, context), !value.isEmpty else { return nil }
            text += Self.encoded(value)
            rest = rest[close.upperBound...]
        }
        type = template.resourceType
        self.text = text + rest
    }

    /// Path and form of the search by POST (FHIR R4, section 3.1.1.2.2).
    var form: (path: String, body: [UInt8])? {
        guard let question = text.firstIndex(of: "?") else { return nil }
        let path = text[..<question] + "/_search"
        return (String(path), Array(text[text.index(after: question)...].utf8))
    }

    private static func value(_ token: String, _ context: HookContext) -> String? {
        switch token {
        // The ids were read strictly already, without the type that some clients put before them.
        case "context.patientId": return context.patientID
        case "context.encounterId": return context.encounterID
        case "context.userId": return context.userReference
        case "userPractitionerId": return user("Practitioner", context)
        case "userPractitionerRoleId": return user("PractitionerRole", context)
        case "userPatientId": return user("Patient", context)
        case "userRelatedPersonId": return user("RelatedPerson", context)
        default:
            guard token.hasPrefix("context."),
                let value = context.json[String(token.dropFirst("context.".count))]
            else { return nil }
            // Only primitive values at the root of the context are tokens.
            switch value.kind {
            case .string: return value.stringValue
            case .number: return value.numberText
            case .true: return "true"
            case .false: return "false"
            case .null, .array, .object: return nil
            }
        }
    }

    private static func user(_ type: String, _ context: HookContext) -> String? {
        guard let reference = context.userReference, reference.hasPrefix(type + "/") else {
            return nil
        }
        let id = String(reference.dropFirst(type.count + 1))
        return FHIRIdentifier.isID(id) ? id : nil
    }

    /// Everything but the unreserved characters encoded (RFC 3986, section 2.3): a value can be no
    /// second parameter and no second path segment.
    private static func encoded(_ value: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in value.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                bytes.append(byte)
            default:
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
