import Audit
import Basics
import Crypto
import Testing

@testable import Ledger

@Suite("Log of a writer")
struct LogWriterStateTests {
    static let start = Instant(microseconds: 1_763_700_000_000_000)

    static func log() throws -> (state: LogWriterState, signer: NoteSigner) {
        let signer = try #require(NoteSigner(name: "k", seed: [UInt8](repeating: 1, count: 32)))
        let identity = LogIdentity(
            signer: signer,
            program: "test",
            place: [UInt8](repeating: 0, count: 32)
        )
        return (identity.open(UUIDBytes(high: 1, low: 1), .writer, at: start), signer)
    }

    static func rows(_ numbers: Range<UInt8>) -> [[UInt8]] { numbers.map { [$0] } }

    @Test("Batches follow each other without a gap, and only the first brings the beginning")
    func settled() throws {
        var (state, signer) = try Self.log()
        let first = state.form(Self.rows(0..<3), at: Self.start)
        #expect(first.genesis != nil)
        #expect(first.places.map(\.sequence) == [0, 1, 2])
        #expect(first.batch.previous == state.genesis.genesis.hash)
        #expect(state.end == nil)
        state.settled()
        #expect(state.end?.sequence == 2)
        let second = state.form(Self.rows(3..<5), at: Self.start)
        #expect(second.genesis == nil)
        #expect(second.places.map(\.sequence) == [3, 4])
        #expect(second.batch.previous == first.batch.leafHashes.last)
        let key = try #require(PublicKey(.ed25519(signer.key.bytes)))
        #expect(first.batch.isSound(under: key))
        #expect(second.batch.isSound(under: key))
    }

    @Test("A batch that is refused frees its places, and its rows go one by one")
    func refused() throws {
        var (state, _) = try Self.log()
        _ = state.form(Self.rows(0..<2), at: Self.start)
        let outcome1 = state.refused(isTransient: false)
        #expect(outcome1)
        let alone = state.form(Self.rows(0..<1), at: Self.start)
        #expect(alone.places.map(\.sequence) == [0])
        #expect(alone.genesis != nil, "nothing is durable yet")
        state.settled()
        let outcome8 = state.form(Self.rows(1..<2), at: Self.start).places.map(\.sequence)
        #expect(outcome8 == [1])
        let outcome2 = state.refused(isTransient: true)
        #expect(outcome2)
        let outcome9 = state.form(Self.rows(2..<3), at: Self.start).places.map(\.sequence)
        #expect(outcome9 == [1])
    }

    @Test("A batch whose reply was lost is sent again byte for byte, until it is settled")
    func lost() throws {
        var (state, _) = try Self.log()
        let sent = state.form(Self.rows(0..<2), at: Self.start)
        state.lost()
        #expect(state.isUnsettled)
        let outcome5 = state.resend()
        #expect(outcome5 == sent)
        state.lost()
        let outcome6 = state.resend().encoded
        #expect(outcome6 == sent.encoded)
        state.settled()
        #expect(!state.isUnsettled)
        #expect(state.end?.sequence == 1)
    }

    @Test("A refusal that says nothing of the rows leaves a batch that was sent before open")
    func refusedAgain() throws {
        var (state, _) = try Self.log()
        let sent = state.form(Self.rows(0..<2), at: Self.start)
        state.lost()
        _ = state.resend()
        let outcome3 = state.refused(isTransient: true)
        #expect(!outcome3)
        #expect(state.isUnsettled)
        let outcome7 = state.resend()
        #expect(outcome7 == sent)
        let outcome4 = state.refused(isTransient: false)
        #expect(outcome4)
        #expect(!state.isUnsettled)
        let outcome10 = state.form(Self.rows(0..<1), at: Self.start).places.map(\.sequence)
        #expect(outcome10 == [0])
    }

    @Test("A loss while nothing is on its way changes nothing")
    func lostIdle() throws {
        var (state, _) = try Self.log()
        state.lost()
        #expect(!state.isUnsettled)
    }

    @Test("A stamped batch comes back from its bytes, and no cut of them is one")
    func encoded() throws {
        var (state, _) = try Self.log()
        let batch = state.form(Self.rows(0..<3), at: Self.start)
        let bytes = batch.encoded
        #expect(try StampedBatch(encoded: bytes) == batch)
        for count in 0..<bytes.count {
            #expect(throws: LedgerError(.batchMalformed)) {
                try StampedBatch(encoded: Array(bytes[..<count]))
            }
        }
        #expect(throws: LedgerError(.batchMalformed)) { try StampedBatch(encoded: bytes + [0]) }
    }

    @Test(
        "Every leaf of the tree comes back from its bytes",
        arguments: [
            .genesis(logID: UUIDBytes(high: 1, low: 2), hash: MerkleHash.empty),
            .batch(
                .init(
                    logID: UUIDBytes(high: 1, low: 2),
                    firstSequence: 3,
                    lastSequence: 4,
                    root: MerkleHash.empty,
                    recordedAt: start
                )
            ),
            .heartbeat(number: 7, at: start),
            .key(.init(oldKey: [1], newKey: [2], at: start, signature: [3])),
            .tombstone(.init(month: 202_611, relation: "event_202611", at: start)),
            .tombstone(
                .init(
                    month: 202_611,
                    relation: "event_202611",
                    at: start,
                    content: .init(
                        rowCount: 3,
                        leafDigest: [4],
                        places: [.init(logID: UUIDBytes(high: 1, low: 2), first: 3, last: 5)]
                    )
                )
            ),
            .keyBegun(.init(key: [1], at: start, signature: [2])),
            .adoptionComplete(at: start),
            .restored(.init(size: 9, root: MerkleHash.empty, at: start)),
            .restored(
                .init(
                    size: 9,
                    root: MerkleHash.empty,
                    at: start,
                    seal: .init(key: [1], signature: [2, 3])
                )
            ),
        ] as [TreeEntry]
    )
    func entries(entry: TreeEntry) throws {
        let bytes = entry.canonical
        #expect(try TreeEntry(canonical: bytes) == entry)
        for count in 0..<bytes.count {
            #expect(throws: LedgerError(.entryMalformed)) {
                try TreeEntry(canonical: Array(bytes[..<count]))
            }
        }
    }
}
