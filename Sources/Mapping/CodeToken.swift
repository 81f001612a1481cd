import JSON

/// A code with its system, as FHIR search writes it: `http://loinc.org|8310-5`.
///
/// Kept as bytes, because it is compared with the bytes of a document.
struct CodeToken: Sendable, Hashable {
    let system: [UInt8]
    let code: [UInt8]

    init(system: [UInt8], code: [UInt8]) {
        self.system = system
        self.code = code
    }

    /// Reads `system|code`, or `|code` for a coding without system; `nil` without a bar or code.
    init?(text: String) {
        let bytes = Array(text.utf8)
        guard let bar = bytes.lastIndex(of: UInt8(ascii: "|")), bar + 1 < bytes.count else {
            return nil
        }
        self.init(system: Array(bytes[..<bar]), code: Array(bytes[(bar + 1)...]))
    }

    var text: String {
        String(decoding: system, as: UTF8.self) + "|" + String(decoding: code, as: UTF8.self)
    }

    /// The code of an ICD-10 without its point, as claims have it: `I489` for `I48.9`.
    ///
    /// The point stands behind the third character always, so no other code is written so. `nil`
    /// for codes of other systems.
    var withoutPoint: CodeToken? {
        guard code.count > 4, code[3] == UInt8(ascii: "."),
            Self.pointed.contains(where: { system.elementsEqual($0.utf8) })
        else { return nil }
        return CodeToken(system: system, code: Array(code[..<3] + code[4...]))
    }

    /// ICD-10 of the WHO and its American and German editions, by URL and by OID.
    private static let pointed = [
        "http://hl7.org/fhir/sid/icd-10", "http://hl7.org/fhir/sid/icd-10-cm",
        "http://fhir.de/CodeSystem/bfarm/icd-10-gm", "urn:oid:2.16.840.1.113883.6.3",
        "urn:oid:2.16.840.1.113883.6.90",
    ]

    /// The hash of system and code, as a table of codes keeps it.
    var hash: UInt64 { JSONName.hash(code.span, seed: JSONName.hash(system.span, seed: 0)) }
}

/// The system and code of a Coding on a tape.
struct CodingPlaces {
    /// `nil` when the coding names no system.
    let system: JSONPlace?
    let code: JSONPlace

    /// Reads a Coding; `nil` when it is no object or has no code.
    init?(_ coding: JSONPlace, on tape: borrowing JSONTape) {
        guard let code = tape.member(MemberNames.code, of: coding), tape.isNonEmptyString(code)
        else { return nil }
        self.code = code
        if let system = tape.member(MemberNames.system, of: coding),
            tape.isNonEmptyString(system)
        {
            self.system = system
        } else {
            system = nil
        }
    }

    /// The hash of system and code, the same as that of the token.
    func hash(on tape: JSONTape) -> UInt64 {
        guard let system else { return tape.hash(code, seed: Self.hashWithoutSystem) }
        return tape.hash(code, seed: tape.hash(system, seed: 0))
    }

    private static let hashWithoutSystem = JSONName.hash([UInt8]().span, seed: 0)

    func matches(_ token: CodeToken, on tape: JSONTape) -> Bool {
        guard tape.isString(code, token.code) else { return false }
        guard let system else { return token.system.isEmpty }
        return tape.isString(system, token.system)
    }
}

extension JSONValue {
    /// The bytes of a string with its escapes resolved; a copy only where there are any.
    ///
    /// Some writers escape the slashes of `http:\/\/loinc.org`, so escapes in codes are real.
    var decodedBytes: ArraySlice<UInt8>? {
        guard kind == .string else { return nil }
        let raw = rawBytes
        guard raw.contains(UInt8(ascii: "\\")) else { return raw }
        guard let text = stringValue else { return nil }
        return Array(text.utf8)[...]
    }
}
