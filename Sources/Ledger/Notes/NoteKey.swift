import Crypto

/// A public key by which signed notes are checked (C2SP signed-note, "Verifier keys").
///
///     example.org/limen+a1b2c3d4+AbCd...=      name, key id, base64 of 0x01 and the key
package struct NoteKey: Sendable, Equatable {
    /// The name, which stands on each signature line.
    package let name: String
    /// The key id: the first four bytes of the hash of name and key.
    package let identifier: UInt32
    /// The 32 bytes of the Ed25519 key.
    package let bytes: [UInt8]
    private let key: PublicKey

    /// The algorithm byte of Ed25519.
    static let ed25519: UInt8 = 0x01

    /// Names a key; `nil` when the name cannot stand in a note or the bytes are no key.
    package init?(name: String, ed25519 bytes: [UInt8]) {
        guard Self.isName(name), let key = PublicKey(.ed25519(bytes)) else { return nil }
        self.name = name
        self.bytes = bytes
        self.key = key
        let hashed = Array(name.utf8) + [0x0A, Self.ed25519] + bytes
        identifier = Digest.sha256(hashed).prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// Reads the text form.
    ///
    /// - Throws: `keyMalformed`.
    package init(text: String) throws(LedgerError) {
        let parts = text.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let data = Base64.bytes(parts[2]), data.first == Self.ed25519,
            let key = NoteKey(name: String(parts[0]), ed25519: Array(data.dropFirst())),
            parts[1] == Self.hexadecimal(key.identifier)
        else { throw LedgerError(.keyMalformed) }
        self = key
    }

    /// The text form.
    package var text: String {
        name + "+" + Self.hexadecimal(identifier) + "+" + Base64.text([Self.ed25519] + bytes)
    }

    /// Whether this key signed a message.
    package func isValid(_ signature: [UInt8], over message: [UInt8]) -> Bool {
        key.isValid(signature, over: message, by: .ed25519)
    }

    /// Whether two keys are the same, by name and bytes.
    package static func == (one: NoteKey, other: NoteKey) -> Bool {
        one.name == other.name && one.bytes == other.bytes
    }

    /// Whether a text can be the name of a key: not empty, without spaces and plus signs.
    package static func isName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 255
            && name.unicodeScalars.allSatisfy {
                $0 != "+" && !$0.properties.isWhitespace && $0.value >= 0x20 && $0.value != 0x7F
            }
    }

    static func hexadecimal(_ identifier: UInt32) -> String {
        Hexadecimal.text(
            (0..<4).map { UInt8(truncatingIfNeeded: identifier >> UInt32(24 - 8 * $0)) }
        )
    }
}
