import Crypto

/// A private key that signs notes and batches.
///
///     PRIVATE+KEY+example.org/limen+a1b2c3d4+AbCd...=      base64 of 0x01 and the seed
package struct NoteSigner: Sendable {
    /// The other half.
    package let key: NoteKey
    private let privateKey: PrivateKey

    private static let head = "PRIVATE+KEY+"

    /// Makes a new key; `nil` when the name cannot stand in a note.
    package static func generate(name: String) -> NoteSigner? {
        NoteSigner(name: name, seed: RandomBytes.make(count: 32))
    }

    /// Makes the key of a seed; `nil` when the name cannot stand in a note.
    package init?(name: String, seed: [UInt8]) {
        guard let privateKey = PrivateKey(ed25519: seed),
            case .ed25519(let bytes) = privateKey.publicKey.material,
            let key = NoteKey(name: name, ed25519: bytes)
        else { return nil }
        self.key = key
        self.privateKey = privateKey
    }

    /// Reads the text form.
    ///
    /// - Throws: `keyMalformed`.
    package init(text: String) throws(LedgerError) {
        guard text.hasPrefix(Self.head) else { throw LedgerError(.keyMalformed) }
        let parts = text.dropFirst(Self.head.count)
            .split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let data = Base64.bytes(parts[2]), data.first == NoteKey.ed25519,
            let signer = NoteSigner(name: String(parts[0]), seed: Array(data.dropFirst())),
            parts[1] == NoteKey.hexadecimal(signer.key.identifier)
        else { throw LedgerError(.keyMalformed) }
        self = signer
    }

    /// The text form, for a file that only its owner reads; `nil` never happens for these keys.
    package var text: String? {
        guard let seed = privateKey.secret else { return nil }
        return Self.head + key.name + "+" + NoteKey.hexadecimal(key.identifier) + "+"
            + Base64.text([NoteKey.ed25519] + seed)
    }

    /// Signs a message with Ed25519.
    package func signature(over message: [UInt8]) -> [UInt8] {
        guard let signature = privateKey.signature(over: message, by: .ed25519) else {
            preconditionFailure("an Ed25519 key signs with Ed25519")
        }
        return signature
    }
}
