import Crypto
import Testing

@testable import Ledger

@Suite("Signed notes")
struct SignedNoteTests {
    static func signer(_ name: String, _ seed: UInt8) throws -> NoteSigner {
        try #require(NoteSigner(name: name, seed: [UInt8](repeating: seed, count: 32)))
    }

    static func checkpoint(_ size: UInt64) -> Checkpoint {
        Checkpoint(origin: "example.org/limen", size: size, root: MerkleHash.leaf([7]))
    }

    /// The example of golang.org/x/mod/sumdb/note, whose key forms C2SP took over.
    @Test("The published example of a signed note verifies")
    func publishedExample() throws {
        let key = try NoteKey(
            text: "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
        )
        let text = """
            If you think cryptography is the answer to your problem,
            then you don't know what your problem is.

            \u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=

            """
        let note = try SignedNote(reading: Array(text.utf8))
        #expect(try note.verified(by: [key]) == [key])
        #expect(note.serialized == text)
    }

    @Test("The private key of the published example is read, and signs as it did")
    func publishedSigner() throws {
        let signer = try NoteSigner(
            text:
                "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
        )
        #expect(
            signer.key.text
                == "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
        )
        let again = try NoteSigner(text: try #require(signer.text))
        #expect(again.key == signer.key)
    }

    @Test("A checkpoint comes back from its note, whoever else has signed it")
    func roundTrip() throws {
        let mine = try Self.signer("example.org/limen", 1)
        let witness = try Self.signer("witness.example", 2)
        var note = try #require(Self.checkpoint(42).signed(by: mine))
        note.sign(with: witness)
        let read = try SignedNote(reading: Array(note.serialized.utf8))
        #expect(read == note)
        #expect(try Checkpoint(text: read.text) == Self.checkpoint(42))
        #expect(try read.verified(by: [mine.key]) == [mine.key])
        #expect(try read.verified(by: [witness.key, mine.key]) == [mine.key, witness.key])
        let stranger = try Self.signer("example.org/limen", 3)
        #expect(throws: LedgerError(.noteUntrusted)) { try read.verified(by: [stranger.key]) }
    }

    @Test("A note is refused when any bit of it is turned")
    func everyBit() throws {
        let mine = try Self.signer("example.org/limen", 1)
        let bytes = Array(
            try #require(Self.checkpoint(42).signed(by: mine)).serialized.utf8
        )
        for place in bytes.indices {
            for bit in 0..<8 {
                var bent = bytes
                bent[place] ^= 1 << UInt8(bit)
                #expect(throws: LedgerError.self, "byte \(place) bit \(bit)") {
                    let note = try SignedNote(reading: bent)
                    _ = try note.verified(by: [mine.key])
                    _ = try Checkpoint(text: note.text)
                }
            }
        }
    }

    @Test("A note is refused when it is cut at any byte")
    func everyCut() throws {
        let mine = try Self.signer("example.org/limen", 1)
        let bytes = Array(
            try #require(Self.checkpoint(42).signed(by: mine)).serialized.utf8
        )
        for count in 0..<bytes.count {
            #expect(throws: LedgerError.self) {
                _ = try SignedNote(reading: Array(bytes[..<count])).verified(by: [mine.key])
            }
        }
    }

    @Test("A wrong signature of a known key spoils the note even beside a right one")
    func forgedBesideRight() throws {
        let mine = try Self.signer("example.org/limen", 1)
        let other = try Self.signer("witness.example", 2)
        var note = try #require(Self.checkpoint(42).signed(by: mine))
        var foreign = try #require(Self.checkpoint(43).signed(by: other))
        foreign.sign(with: mine)
        let text =
            note.serialized
            + foreign.serialized.split(separator: "\n").filter { $0.contains("witness") }
            .joined() + "\n"
        let read = try SignedNote(reading: Array(text.utf8))
        #expect(throws: LedgerError(.noteForged)) {
            try read.verified(by: [mine.key, other.key])
        }
        #expect(try read.verified(by: [mine.key]) == [mine.key])
        note.sign(with: mine)
        #expect(try note.verified(by: [mine.key]) == [mine.key])
    }

    @Test(
        "A text that is no checkpoint is refused",
        arguments: [
            "", "\n", "o\n1\n", "o\n1\nAAAA\n", "o\n01\n\(root)\n", "o\n-1\n\(root)\n",
            "o\n1\n\(root)", "\n1\n\(root)\n", "o\n18446744073709551616\n\(root)\n",
            "o\n1 \n\(root)\n", "o\n+1\n\(root)\n", "o\n\n\(root)\n", "o\n1\n\(root)\n\n",
        ]
    )
    func badCheckpoints(text: String) {
        #expect(throws: LedgerError(.checkpointMalformed)) { try Checkpoint(text: text) }
    }

    static let root = "qINS1GRFhWHwdkUeqLEoP4yEMkTBBzxBkGwGQlVlVcs="

    @Test("Extension lines of a checkpoint are passed over")
    func extensions() throws {
        let read = try Checkpoint(text: "o\n18446744073709551615\n\(Self.root)\nmore\n")
        #expect(read.size == UInt64.max)
    }

    @Test(
        "A text that is no key is refused",
        arguments: [
            "", "a", "a+b", "a+c74f20a3+AR", "PeterNeumann+c74f20a4+\(key)",
            "Peter Neumann+c74f20a3+\(key)", "+c74f20a3+\(key)", "PeterNeumann+C74F20A3+\(key)",
            "PeterNeumann+c74f20a3+\(key)=",
        ]
    )
    func badKeys(text: String) {
        #expect(throws: LedgerError(.keyMalformed)) { try NoteKey(text: text) }
        #expect(throws: LedgerError(.keyMalformed)) { try NoteSigner(text: text) }
    }

    static let key = "ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
}
