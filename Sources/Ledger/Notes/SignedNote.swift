import Basics
import Crypto

/// A text with the signatures of those who vouch for it (C2SP signed-note).
///
///     example.org/limen
///     7
///     qINS1GRFhWHwdkUeqLEoP4yEMkTBBzxBkGwGQlVlVcs=
///
///     — example.org/limen obLD1ABC...=
package struct SignedNote: Sendable, Equatable {
    /// The text, which ends with a line end.
    package let text: String
    /// The signatures.
    package private(set) var signatures: [Signature]

    /// One signature line.
    package struct Signature: Sendable, Equatable {
        /// The name of the key.
        package let name: String
        /// The key id.
        package let identifier: UInt32
        /// The signature itself.
        package let bytes: [UInt8]
    }

    /// A text that nobody has signed yet; `nil` when it cannot be the text of a note.
    package init?(text: String) {
        guard text.hasSuffix("\n"), Self.isText(text) else { return nil }
        self.text = text
        signatures = []
    }

    /// Adds a signature.
    package mutating func sign(with signer: NoteSigner) {
        signatures.append(
            Signature(
                name: signer.key.name,
                identifier: signer.key.identifier,
                bytes: signer.signature(over: Array(text.utf8))
            )
        )
    }

    /// Reads a note.
    ///
    /// - Throws: `noteMalformed`.
    package init(reading bytes: [UInt8]) throws(LedgerError) {
        guard bytes.count <= Limits.noteBytesMax,
            let whole = String(validating: bytes, as: UTF8.self), Self.isText(whole),
            bytes.last == 0x0A, let split = Self.split(bytes)
        else { throw LedgerError(.noteMalformed) }
        text = String(decoding: bytes[..<(split + 1)], as: UTF8.self)
        signatures = []
        for line in bytes[(split + 2)...].dropLast()
            .split(separator: 0x0A, omittingEmptySubsequences: false)
        {
            guard signatures.count < Limits.noteSignaturesMax else {
                throw LedgerError(.noteMalformed)
            }
            signatures.append(try Self.signature(String(decoding: line, as: UTF8.self)))
        }
        guard !signatures.isEmpty else { throw LedgerError(.noteMalformed) }
    }

    /// The note with its signature lines.
    package var serialized: String {
        signatures.reduce(text + "\n") { note, signature in
            let identifier = (0..<4).map {
                UInt8(truncatingIfNeeded: signature.identifier >> UInt32(24 - 8 * $0))
            }
            return note + "\u{2014} " + signature.name + " "
                + Base64.text(identifier + signature.bytes) + "\n"
        }
    }

    /// The keys among those trusted that have signed the text.
    ///
    /// Signatures of other keys are passed over; a wrong one of a trusted key spoils the note.
    ///
    /// - Throws: `noteForged`, or `noteUntrusted` when there is none.
    package func verified(by keys: [NoteKey]) throws(LedgerError) -> [NoteKey] {
        let message = Array(text.utf8)
        var signers: [NoteKey] = []
        for signature in signatures {
            guard
                let key = keys.first(where: {
                    $0.name == signature.name && $0.identifier == signature.identifier
                })
            else { continue }
            guard key.isValid(signature.bytes, over: message) else {
                throw LedgerError(.noteForged)
            }
            if !signers.contains(key) { signers.append(key) }
        }
        guard !signers.isEmpty else { throw LedgerError(.noteUntrusted) }
        return signers
    }

    /// The place of the line end before the last empty line.
    private static func split(_ bytes: [UInt8]) -> Int? {
        var place = bytes.count - 2
        while place >= 0 {
            if bytes[place] == 0x0A, bytes[place + 1] == 0x0A { return place }
            place -= 1
        }
        return nil
    }

    private static func signature(_ line: String) throws(LedgerError) -> Signature {
        let parts = line.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "\u{2014}", NoteKey.isName(String(parts[1])),
            let data = Base64.bytes(parts[2]), data.count > 4
        else { throw LedgerError(.noteMalformed) }
        return Signature(
            name: String(parts[1]),
            identifier: data.prefix(4).reduce(0) { $0 << 8 | UInt32($1) },
            bytes: Array(data.dropFirst(4))
        )
    }

    /// Whether a text has no control characters but line ends.
    private static func isText(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x0A }
    }
}
