import Basics
import Crypto
import JSON

/// What a client gives to fetch with (CDS Hooks 2.0, "Passing the Access Token to the CDS
/// Service").
///
///     { "access_token": "...", "token_type": "Bearer", "expires_in": 300,
///       "scope": "user/Patient.read user/Observation.read", "subject": "limen" }
///
/// The token is copied once, into a box that is wiped; nothing here has a text form that shows it.
struct FHIRAuthorization: Sendable {
    let token: Secret
    let scopes: [Substring]?
    let subject: String?
    let patientID: String?
    let expiresInSeconds: Int?

    /// How far a token reaches for a resource type.
    enum Reach {
        case whole
        /// Only what matches a filter in the scope (SMART App Launch 2.0, granular scopes).
        case part
        case none
    }

    /// Reads `fhirAuthorization`; `nil` when it is not what the specification says.
    init?(_ json: JSONValue) {
        guard let value = json["access_token"], value.kind == .string,
            var bytes = Self.token(value.rawBytes)
        else { return nil }
        token = Secret(bytes)
        Secret.wipe(&bytes)
        guard json["token_type"]?.stringValue?.lowercased() == "bearer" else { return nil }
        for name in ["scope", "subject", "patient"] {
            guard json[name].map({ $0.kind == .string || $0.isNull }) ?? true else { return nil }
        }
        scopes = json["scope"]?.stringValue?.split(separator: " ")
        subject = json["subject"]?.stringValue
        let patient = json["patient"]?.stringValue
        patientID = patient.map { $0.hasPrefix("Patient/") ? String($0.dropFirst(8)) : $0 }
        guard let expiry = json["expires_in"], !expiry.isNull else {
            expiresInSeconds = nil
            return
        }
        guard let seconds = expiry.integerValue else { return nil }
        expiresInSeconds = seconds
    }

    /// How far the scopes let read or search a type.
    func reach(_ type: String, isSearch: Bool) -> Reach {
        guard let scopes, !scopes.isEmpty else { return .whole }
        var reach = Reach.none
        for scope in scopes {
            let parts = scope.split(separator: "/", maxSplits: 1)
            guard parts.count == 2, ["patient", "user", "system"].contains(parts[0]) else {
                continue
            }
            // Empty parts count: a scope with nothing around its filter is no scope.
            let filtered = parts[1].split(
                separator: "?",
                maxSplits: 1,
                omittingEmptySubsequences: false
            )
            let words = filtered[0].split(separator: ".", maxSplits: 1)
            guard words.count == 2, words[0] == "*" || words[0] == type,
                Self.permits(words[1], isSearch)
            else { continue }
            guard filtered.count == 2 else { return .whole }
            reach = .part
        }
        return reach
    }

    /// `read` and `*` of SMART 1.0, `cruds` in that order of 2.0.
    private static func permits(_ word: Substring, _ isSearch: Bool) -> Bool {
        if word == "read" || word == "*" { return true }
        var rest = "cruds"[...]
        for letter in word {
            guard let place = rest.firstIndex(of: letter) else { return false }
            rest = rest[rest.index(after: place)...]
        }
        return word.contains(isSearch ? "s" : "r")
    }

    /// The bytes of a `b64token` (RFC 6750, section 2.1); JSON may write its slash with a backslash.
    private static func token(_ raw: ArraySlice<UInt8>) -> [UInt8]? {
        guard !raw.isEmpty, raw.count <= Limits.accessTokenBytesMax else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(raw.count)
        var position = raw.startIndex
        while position < raw.endIndex {
            var byte = raw[position]
            if byte == UInt8(ascii: "\\"), position + 1 < raw.endIndex,
                raw[position + 1] == UInt8(ascii: "/")
            {
                byte = UInt8(ascii: "/")
                position += 1
            }
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "+"), UInt8(ascii: "/"),
                UInt8(ascii: "="):
                bytes.append(byte)
            default:
                Secret.wipe(&bytes)
                return nil
            }
            position += 1
        }
        return bytes
    }
}
