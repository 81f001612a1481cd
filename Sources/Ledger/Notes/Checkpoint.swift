import Crypto

/// The state of a tree at a moment, as it is signed (C2SP tlog-checkpoint).
package struct Checkpoint: Sendable, Hashable {
    /// The name of the log.
    package let origin: String
    /// How many leaves the tree has.
    package let size: UInt64
    /// The root.
    package let root: MerkleHash

    /// Makes a checkpoint.
    package init(origin: String, size: UInt64, root: MerkleHash) {
        self.origin = origin
        self.size = size
        self.root = root
    }

    /// Reads the text of a note: origin, size and root, one a line; further lines are passed over.
    ///
    /// - Throws: `checkpointMalformed`.
    package init(text: String) throws(LedgerError) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count >= 4, lines.last == "", !lines.dropLast().contains(""),
            let size = Self.size(lines[1]), let data = Base64.bytes(lines[2]),
            let root = MerkleHash(data)
        else { throw LedgerError(.checkpointMalformed) }
        self.init(origin: String(lines[0]), size: size, root: root)
    }

    /// The text that is signed.
    package var text: String {
        origin + "\n" + String(size) + "\n" + Base64.text(root.bytes) + "\n"
    }

    /// The signed note; `nil` when the origin cannot stand in a note.
    package func signed(by signer: NoteSigner) -> SignedNote? {
        var note = SignedNote(text: text)
        note?.sign(with: signer)
        return note
    }

    /// A number without leading zeros.
    private static func size(_ text: Substring) -> UInt64? {
        guard text == "0" || text.first != "0",
            text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        return UInt64(text)
    }
}
