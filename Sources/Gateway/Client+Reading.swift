package import JSON

import Basics
import CDSHooks
import Crypto

extension Client {
    /// The format this code reads.
    package static let format = "limen-client/1"

    /// Reads a document.
    ///
    /// - Throws: `CatalogueFinding` without its file.
    package init(reading document: JSONDocument) throws(CatalogueFinding) {
        let root = document.root
        let known = [
            "format", "id", "tenant", "active", "apiKey", "corsOrigins", "mayReplay", "services",
        ]
        guard root.kind == .object else { throw Self.fault("", "an object is expected") }
        for (name, value) in root.members {
            guard let name = name.stringValue, known.contains(name) else {
                throw Self.fault(value.path, "the format has no such member")
            }
        }
        guard root["format"]?.isString(Self.format) ?? false else {
            throw Self.fault("format", "this release reads \(Self.format)")
        }
        id = try Self.identifier(root, "id")
        tenant = try Self.identifier(root, "tenant")
        // The row of a caller that is not known belongs to this tenant, and to no client.
        guard tenant != HookGateway.systemTenant else {
            throw Self.fault("tenant", "the name is reserved")
        }
        isActive = try Self.flag(root, "active", otherwise: true)
        mayReplay = try Self.flag(root, "mayReplay", otherwise: false)
        guard let salt = Hexadecimal.bytes(root["apiKey"]?["salt"]?.stringValue ?? ""),
            salt.count >= Limits.apiKeySaltBytesMin
        else {
            throw Self.fault(
                "apiKey.salt",
                "at least \(Limits.apiKeySaltBytesMin) bytes in hexadecimal are expected"
            )
        }
        guard let digest = Hexadecimal.bytes(root["apiKey"]?["sha256"]?.stringValue ?? ""),
            digest.count == 32
        else { throw Self.fault("apiKey.sha256", "32 bytes in hexadecimal are expected") }
        self.salt = salt
        keyDigest = digest
        corsOrigins = try Self.texts(root, "corsOrigins") ?? []
        for origin in corsOrigins where !Self.isOrigin(origin) {
            throw Self.fault("corsOrigins", "an origin is a scheme and a host, without a path")
        }
        services = try Self.texts(root, "services")
    }

    /// What to store for a new key of a client, and the key to hand out.
    ///
    /// - Parameters:
    ///   - client: the id of the client.
    ///   - secret: at least 16 random bytes.
    ///   - salt: at least 16 other random bytes.
    /// - Returns: the key, and salt and digest in hexadecimal for the client's document.
    package static func makeKey(
        client: String,
        secret: [UInt8],
        salt: [UInt8]
    ) -> (key: String, salt: String, sha256: String) {
        precondition(secret.count >= 16, "a secret needs 16 bytes")
        let key = client + "." + Hexadecimal.text(secret)
        let digest = Digest.sha256(salt + Array(key.utf8))
        return (key, Hexadecimal.text(salt), Hexadecimal.text(digest))
    }

    private static func fault(_ path: String, _ sentence: String) -> CatalogueFinding {
        CatalogueFinding(code: .client, file: "", path: path, sentence: sentence)
    }

    private static func identifier(
        _ root: JSONValue,
        _ name: String
    ) throws(CatalogueFinding) -> String {
        guard let text = root[name]?.stringValue, FHIRIdentifier.isID(text), !text.contains(".")
        else { throw fault(name, "letters, digits and hyphens are expected") }
        return text
    }

    private static func flag(
        _ root: JSONValue,
        _ name: String,
        otherwise: Bool
    ) throws(CatalogueFinding) -> Bool {
        guard let value = root[name] else { return otherwise }
        guard let flag = value.boolValue else { throw fault(name, "true or false is expected") }
        return flag
    }

    private static func texts(
        _ root: JSONValue,
        _ name: String
    ) throws(CatalogueFinding) -> [String]? {
        guard let value = root[name] else { return nil }
        guard value.kind == .array else { throw fault(name, "an array of strings is expected") }
        var texts: [String] = []
        for element in value.elements {
            guard let text = element.stringValue, !text.isEmpty else {
                throw fault(name, "an array of strings is expected")
            }
            texts.append(text)
        }
        return texts
    }

    private static func isOrigin(_ text: String) -> Bool {
        guard let scheme = ["https://", "http://"].first(where: { text.hasPrefix($0) }) else {
            return false
        }
        let host = text.dropFirst(scheme.count)
        return !host.isEmpty
            && host.utf8.allSatisfy {
                ($0 >= 0x30 && $0 <= 0x39) || ($0 >= 0x61 && $0 <= 0x7A) || $0 == 0x2E
                    || $0 == 0x2D || $0 == 0x3A
            }
    }
}
