/// What a look at the files of a spool has found besides whole records.
///
/// Segment and offset name the place; a finding never holds content.
package struct SpoolFinding: Equatable, Sendable {
    /// The kinds of finding.
    package enum Kind: String, Sendable, CaseIterable {
        /// A crash has cut the last group, which nobody had been told was durable.
        case tornTail = "torn-tail"
        /// Bytes where zeros should be; no record is missing.
        case strayBytes = "stray-bytes"
        /// Records that were durable are gone or changed.
        case damage
        /// A segment is missing between two others.
        case missingSegment = "missing-segment"
        /// The records are whole and do not belong to key, session or place: somebody wrote them.
        case forged
        /// The segment is another installation's.
        case otherInstallation = "other-installation"
        /// The segment is encrypted with a key that is not at hand.
        case otherKey = "other-key"
        /// The segment was written by a later version of this program.
        case futureVersion = "future-version"
        /// The file cannot be read.
        case unreadable
        /// A file that no spool makes.
        case strayFile = "stray-file"
    }

    /// What was found.
    package let kind: Kind
    /// The number of the segment; `nil` for a file that is none.
    package let segment: UInt64?
    /// The offset in the segment from which on it holds.
    package let offset: Int

    /// Makes a finding.
    package init(_ kind: Kind, segment: UInt64?, offset: Int = 0) {
        self.kind = kind
        self.segment = segment
        self.offset = offset
    }

    /// Whether something that was acknowledged is missing or cannot be used.
    package var isLoss: Bool {
        switch kind {
        case .tornTail, .strayBytes, .strayFile: false
        case .damage, .missingSegment, .forged, .otherInstallation, .otherKey, .futureVersion,
            .unreadable:
            true
        }
    }

    /// What it means, for an operator.
    package var sentence: String {
        switch kind {
        case .tornTail: "a crash has cut the last group, which nobody was told was durable"
        case .strayBytes: "bytes stand where zeros should; no record is missing"
        case .damage: "records that were durable are gone or changed"
        case .missingSegment: "the segment before this one is missing"
        case .forged: "records were not written by this installation with this key"
        case .otherInstallation: "it belongs to another installation"
        case .otherKey: "it is encrypted with a key that is not at hand"
        case .futureVersion: "a later version of limen has written it"
        case .unreadable: "the file cannot be read"
        case .strayFile: "a file that no spool makes"
        }
    }

    /// The place, such as `segment 7 at byte 8192`.
    package var place: String {
        guard let segment else { return "the folder" }
        return "segment \(segment) at byte \(offset)"
    }
}
