import Basics
import Crypto

/// The text form of a tenant's keys, as it stands in a file or comes from a command.
///
///     limen-keys/1
///     tenant demo
///     # One wrapping key is current; the others open what they have wrapped.
///     wrapping 2026-05 3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
///     wrapping 2026-11 yv66vgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA current
///     pseudonym 1 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8
///
/// Keys are base64url without padding: 32 bytes for a wrapping key, 32 to 1,024 for a pseudonym key.
/// The highest epoch makes new pseudonyms. Lines that start with `#`, and empty ones, say nothing.
extension TenantKeys {
    static let header = Array("limen-keys/1".utf8)

    /// Reads a key text; the bytes of it stay the caller's to wipe.
    package init(reading text: [UInt8], tenant: String) throws(VaultError) {
        guard text.count <= Limits.keyTextBytesMax else { throw VaultError(.malformed) }
        var reader = KeyTextReader()
        var number = 0
        for line in text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            number += 1
            try reader.read(line, number: number)
        }
        self = try reader.finish(tenant: tenant)
    }

    /// Writes the key text; the caller wipes it.
    ///
    /// It is written into space that was reserved, so that no copy of a key is left behind.
    package func text() -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(Limits.keyTextBytesMax)
        text += Self.header
        text += Array("\ntenant \(tenant)\n".utf8)
        for key in wrapping {
            text += Array("wrapping \(key.name) ".utf8)
            key.secret.appendText(to: &text)
            if key.name == currentWrapping.name { text += Array(" current".utf8) }
            text.append(UInt8(ascii: "\n"))
        }
        for pseudonym in pseudonyms {
            text += Array("pseudonym \(pseudonym.epoch) ".utf8)
            pseudonym.secret.appendText(to: &text)
            text.append(UInt8(ascii: "\n"))
        }
        return text
    }
}

extension Secret {
    /// Appends the base64url text of the bytes, leaving no other copy.
    fileprivate func appendText(to text: inout [UInt8]) {
        var bytes = copy()
        defer { Secret.wipe(&bytes) }
        Base64URL.append(bytes, to: &text)
    }
}
