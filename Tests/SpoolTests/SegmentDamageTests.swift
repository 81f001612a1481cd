import Basics
import Posix
import Support
import Testing

@testable import Spool

/// One small segment, cut at every byte and flipped at every bit.
@Suite("Damaged segments")
struct SegmentDamageTests {
    /// How the segment ends.
    enum Ending: String, CaseIterable {
        /// Another segment of the session follows: all of this one was durable.
        case followed
        /// A seal says that all before it was durable.
        case sealed
        /// The last group stands at the end: a crash may have cut it.
        case open
    }

    private static let name = "0000000000000001.spool"

    /// Seven entries in three groups in segment 1, and one in segment 2 when it is followed.
    private static func disk(
        _ ending: Ending,
        _ identity: SpoolIdentity
    ) throws -> SimulatedDisk {
        let disk = SimulatedDisk(seed: 1)
        var writer = SpoolWriter(
            disk: disk,
            identity: identity,
            session: UUIDBytes(high: 1, low: 1),
            firstNumber: 1,
            foundByteCount: 0,
            bytesMax: 1 << 20
        )
        let now = Instant(microseconds: 1_000)
        for group in [0..<2, 2..<4, 4..<7] {
            _ = try writer.write(group.map { Samples.entry($0) }, now: now)
        }
        switch ending {
        case .open: break
        case .sealed: writer.seal()
        case .followed:
            _ = try writer.write([Samples.entry(7, byteCount: 900)], now: now)
        }
        return disk
    }

    private struct Look {
        let findings: [SpoolFinding]
        let numbers: [Int]
    }

    private static func look(
        _ bytes: [UInt8],
        _ second: [UInt8]?,
        _ identity: SpoolIdentity
    ) throws -> Look {
        let disk = SimulatedDisk(seed: 2)
        disk.put(name, bytes)
        if let second { disk.put("0000000000000002.spool", second) }
        let survey = try SpoolSurvey(of: disk, identity: identity, isOpeningBodies: true)
        return Look(
            findings: survey.findings,
            numbers: try Samples.numbers(in: survey, disk, identity)
        )
    }

    private static func sources(
        _ ending: Ending,
        _ identity: SpoolIdentity
    ) throws -> (first: [UInt8], second: [UInt8]?) {
        let disk = try disk(ending, identity)
        return (try #require(disk.content(of: name)), disk.content(of: "0000000000000002.spool"))
    }

    private func identity() throws -> SpoolIdentity {
        try Samples.identity(segment: 1_536, block: 128)
    }

    @Test("Undamaged, nothing is found and all entries are there", arguments: Ending.allCases)
    func whole(_ ending: Ending) throws {
        let identity = try identity()
        let (first, second) = try Self.sources(ending, identity)
        let look = try Self.look(first, second, identity)
        #expect(look.findings.isEmpty)
        #expect(look.numbers == Array(0..<(ending == .followed ? 8 : 7)))
    }

    @Test("Cut at every byte: damage, with segment and offset", arguments: Ending.allCases)
    func cut(_ ending: Ending) throws {
        let identity = try identity()
        let (first, second) = try Self.sources(ending, identity)
        for count in 0..<first.count {
            let look = try Self.look(Array(first[..<count]), second, identity)
            let finding = look.findings.first
            try #require(finding?.segment == 1, "cut at \(count)")
            let offset = try #require(finding?.offset)
            try #require(offset <= count, "cut at \(count)")
            let isWhole = look.numbers.starts(with: Array(0..<7)) && ending == .followed
            try #require(finding?.kind == (isWhole ? .strayBytes : .damage), "cut at \(count)")
            // What is before the cut comes out, in order, and nothing else.
            try #require(look.numbers.elementsEqual(0..<look.numbers.count), "cut at \(count)")
        }
    }

    @Test(
        "Flipped at every bit: never a crash, never silent, and a loss is called a loss",
        arguments: Ending.allCases
    )
    func flipped(_ ending: Ending) throws {
        let identity = try identity()
        let (first, second) = try Self.sources(ending, identity)
        let whole = Array(0..<(ending == .followed ? 8 : 7))
        var kinds: [SpoolFinding.Kind: Int] = [:]
        for place in first.indices {
            for bit in 0..<8 {
                var bytes = first
                bytes[place] ^= 1 << UInt8(bit)
                let look = try Self.look(bytes, second, identity)
                let finding = try #require(look.findings.first, "byte \(place) bit \(bit)")
                try #require(finding.segment == 1)
                kinds[finding.kind, default: 0] += 1
                let isLossy = look.findings.contains(where: \.isLoss)
                let isTorn = look.findings.contains { $0.kind == .tornTail }
                if look.numbers == whole {
                    // Only bytes that mean nothing were hit.
                    try #require(!isLossy, "byte \(place) bit \(bit)")
                } else {
                    try #require(look.numbers.elementsEqual(0..<look.numbers.count))
                    // The last group of an open end is all that may be called torn.
                    let isLastGroup = ending == .open && look.numbers.count >= 4 && isTorn
                    try #require(isLossy || isLastGroup, "byte \(place) bit \(bit)")
                }
            }
        }
        #expect(kinds[.damage, default: 0] > 1_000)
        #expect((kinds[.tornTail] != nil) == (ending != .followed))
        #expect(kinds[.strayBytes, default: 0] > 100)
    }

    @Test("A segment that is missing between two is named")
    func missing() throws {
        let identity = try identity()
        let disk = SimulatedDisk(seed: 1)
        var writer = SpoolWriter(
            disk: disk,
            identity: identity,
            session: UUIDBytes(high: 1, low: 1),
            firstNumber: 1,
            foundByteCount: 0,
            bytesMax: 1 << 20
        )
        for number in 0..<6 {
            _ = try writer.write(
                [Samples.entry(number, byteCount: 900)],
                now: Instant(microseconds: 1)
            )
        }
        try disk.remove("0000000000000003.spool")
        let survey = try SpoolSurvey(of: disk, identity: identity)
        #expect(survey.findings == [SpoolFinding(.missingSegment, segment: 4)])
        // What is behind the gap waits for a person.
        #expect(try Samples.numbers(in: survey, disk, identity) == [0, 1])
        #expect(SpoolBacklog(survey).heldEntryCount == 3)
    }

    @Test("A loss is kept behind however many other findings, and those left out are counted")
    func manyFindings() throws {
        let identity = try identity()
        let (first, second) = try Self.sources(.followed, identity)
        var bytes = first
        // A byte of the first record.
        bytes[150] ^= 1
        let disk = SimulatedDisk(seed: 2)
        for number in 0..<(Limits.spoolFindingsMax + 3) { disk.put("stray-\(number)", []) }
        disk.put(Self.name, bytes)
        disk.put("0000000000000002.spool", try #require(second))
        let survey = try SpoolSurvey(of: disk, identity: identity)
        #expect(survey.findings.count == Limits.spoolFindingsMax + 1)
        #expect(survey.omittedCount == 3)
        let loss = SpoolFinding(.damage, segment: 1, offset: 128)
        #expect(survey.findings.filter(\.isLoss) == [loss])
        // What is behind the loss waits for a person.
        #expect(try Samples.numbers(in: survey, disk, identity) == [])
        #expect(SpoolBacklog(survey).heldEntryCount == 1)
    }

    @Test("A record that was written anew with a right checksum is found by its encryption")
    func forged() throws {
        let identity = try identity()
        let (first, _) = try Self.sources(.sealed, identity)
        var bytes = first
        // The second record of the segment, with one byte of its body changed.
        let length = try #require(SpoolRecord.read(bytes, at: 128)?.byteCount)
        let record = try #require(SpoolRecord.read(bytes, at: 128 + length))
        var body = record.body
        body[20] ^= 1
        var changed: [UInt8] = []
        SpoolRecord(
            kind: record.kind,
            sequence: record.sequence,
            groupSequence: record.groupSequence,
            at: record.at,
            log: record.log,
            rowCount: record.rowCount,
            body: body
        ).append(to: &changed)
        bytes.replaceSubrange((128 + length)..<(128 + length + changed.count), with: changed)
        let disk = SimulatedDisk(seed: 2)
        disk.put(Self.name, bytes)
        let survey = try SpoolSurvey(of: disk, identity: identity, isOpeningBodies: true)
        #expect(
            survey.findings == [SpoolFinding(.forged, segment: 1, offset: 128 + length)]
        )
    }
}
