package import Basics
import Posix

/// What lies in the folder of a spool: segments in their order, and all that is not as it should be.
///
/// One segment at a time is in memory.
package struct SpoolSurvey: Sendable {
    /// A segment that is ours and can be read.
    package struct Segment: Sendable, Equatable {
        /// Its header.
        package let header: SegmentHeader
        /// The size of the file.
        package let fileByteCount: Int
        /// The entries in it.
        package let scan: SegmentScan
    }

    /// The segments, oldest first.
    package private(set) var segments: [Segment] = []
    /// What else was found, by segment.
    package private(set) var findings: [SpoolFinding] = []
    /// Files without a durable header: a crash came between; nothing was in them yet.
    package private(set) var unfinished: [String] = []
    /// The bytes of all files.
    package private(set) var totalByteCount = 0
    /// The number of the next segment.
    package private(set) var nextNumber: UInt64 = 1
    private let triedUntil: Instant?
    /// Findings that were not kept because there are too many; none of them is a loss.
    package private(set) var omittedCount = 0

    /// Makes the names as they are seen durable, before anything is concluded from them.
    ///
    /// An earlier process may have died between a removal and its synchronisation: a segment that
    /// came back later than the one behind it was removed would look like a gap.
    package static func settleNames(on disk: any SpoolDisk) throws(SpoolError) {
        do throws(SystemError) {
            try disk.look { () throws(SystemError) in try disk.synchronizeFolder() }
        } catch {
            throw SpoolError(code: .folderUnusable)
        }
    }

    /// Looks at a folder; nothing is changed.
    ///
    /// - Parameters:
    ///   - disk: The folder.
    ///   - identity: Whose spool it should be.
    ///   - isOpeningBodies: Whether each entry is decrypted as well.
    ///   - triedUntil: Until when everything that was taken had been sent to the database once.
    /// - Throws: `folderUnusable` when the names cannot be read.
    package init(
        of disk: any SpoolDisk,
        identity: SpoolIdentity,
        isOpeningBodies: Bool = false,
        triedUntil: Instant? = nil
    ) throws(SpoolError) {
        self.triedUntil = triedUntil
        let names: [String]
        do throws(SystemError) {
            names = try disk.look { () throws(SystemError) in try disk.names() }
        } catch {
            throw SpoolError(code: .folderUnusable)
        }
        guard names.count <= Limits.spoolFilesMax else { throw SpoolError(code: .folderUnusable) }
        var headers: [SegmentHeader] = []
        for name in names.sorted() {
            if let header = look(at: name, disk, identity) { headers.append(header) }
        }
        for (index, header) in headers.enumerated() {
            let later = headers[(index + 1)...].filter { $0.session == header.session }
            // A segment that was given up is followed by one that begins no later.
            let successor = later.map(\.firstSequence).min()
            read(header, successor: successor, later.first?.number, disk, identity, isOpeningBodies)
        }
    }

    /// Reads the header of a file, or says why it is none of ours.
    private mutating func look(
        at name: String,
        _ disk: any SpoolDisk,
        _ identity: SpoolIdentity
    ) -> SegmentHeader? {
        if name == SpoolNames.lock || SpoolNames.notes.contains(name) { return nil }
        if SpoolNames.isUnfinished(name) {
            unfinished.append(name)
            return nil
        }
        guard let number = SpoolNames.number(of: name) else {
            add(SpoolFinding(.strayFile, segment: nil))
            return nil
        }
        if number >= nextNumber { nextNumber = number &+ 1 }
        let head = try? disk.look { () throws(SystemError) in
            try disk.read(name, at: 0, count: Limits.spoolHeaderBytesMax)
        }
        guard let block = head else {
            add(SpoolFinding(.unreadable, segment: number))
            return nil
        }
        switch SegmentHeader.read(block) {
        case .damaged: add(SpoolFinding(.damage, segment: number))
        case .future: add(SpoolFinding(.futureVersion, segment: number))
        case .header(let header):
            if header.installation != identity.installation {
                add(SpoolFinding(.otherInstallation, segment: number))
            } else if identity.key(header.keyID) == nil {
                add(SpoolFinding(.otherKey, segment: number))
            } else if header.number != number
                || header.segmentByteCount > Limits.spoolSegmentFileBytesMax
            {
                add(SpoolFinding(.forged, segment: number))
            } else {
                return header
            }
        }
        return nil
    }

    private mutating func read(
        _ header: SegmentHeader,
        successor: UInt64?,
        _ next: UInt64?,
        _ disk: any SpoolDisk,
        _ identity: SpoolIdentity,
        _ isOpeningBodies: Bool
    ) {
        let name = SpoolNames.segment(header.number)
        let count = header.segmentByteCount + 1
        let whole = try? disk.look { () throws(SystemError) in
            try disk.read(name, at: 0, count: count)
        }
        guard let bytes = whole else {
            add(SpoolFinding(.unreadable, segment: header.number))
            return
        }
        let scan = SegmentScan(
            bytes,
            header: header,
            successor: successor,
            triedUntil: triedUntil
        )
        totalByteCount += bytes.count
        segments.append(Segment(header: header, fileByteCount: bytes.count, scan: scan))
        for finding in scan.findings {
            let isGap = finding.kind == .damage && scan.endsInZeros
            if isGap, let next, next > header.number + 1 {
                add(SpoolFinding(.missingSegment, segment: next))
            } else {
                add(finding)
            }
        }
        if isOpeningBodies, let cipher = SpoolCipher(identity: identity, header: header) {
            checkBodies(bytes, scan, header, cipher)
        }
    }

    /// Decrypts each entry: a record that was written by somebody else shows there.
    private mutating func checkBodies(
        _ bytes: [UInt8],
        _ scan: SegmentScan,
        _ header: SegmentHeader,
        _ cipher: SpoolCipher
    ) {
        var cursor = SegmentCursor(header: header)
        while let record = cursor.next(in: bytes, endOffset: scan.endOffset) {
            guard record.kind == .entry, cipher.open(record) == nil else { continue }
            let offset = cursor.offset - record.byteCount
            add(SpoolFinding(.forged, segment: header.number, offset: offset))
            return
        }
    }

    /// Keeps a finding; one that is no loss only while there are not too many.
    ///
    /// What may come out follows from the losses, so each is kept. They have a bound of their own:
    /// two for a file, one of its records and one of their encryption.
    private mutating func add(_ finding: SpoolFinding) {
        if finding.isLoss || findings.count < Limits.spoolFindingsMax {
            findings.append(finding)
        } else {
            omittedCount += 1
        }
    }
}
