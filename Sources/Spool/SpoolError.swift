/// Why a spool cannot be used, or has not taken an entry.
package struct SpoolError: Error, Equatable, Sendable {
    /// The kinds of fault.
    package enum Code: String, Sendable, CaseIterable {
        /// The folder cannot be read or written.
        case folderUnusable = "LIMEN-SPOOL-001"
        /// Another process uses the folder.
        case inUse = "LIMEN-SPOOL-002"
        /// A segment belongs to another installation; see `finding`.
        case otherInstallation = "LIMEN-SPOOL-003"
        /// A segment is encrypted with a key that is not at hand; see `finding`.
        case otherKey = "LIMEN-SPOOL-004"
        /// A segment was written by a later version; see `finding`.
        case futureVersion = "LIMEN-SPOOL-005"
        /// Spool or disk are full.
        case full = "LIMEN-SPOOL-006"
        /// The oldest entry has waited for too long.
        case tooOld = "LIMEN-SPOOL-007"
        /// The entry is larger than a segment takes.
        case tooLarge = "LIMEN-SPOOL-008"
        /// The disk has failed.
        case failed = "LIMEN-SPOOL-009"
        /// Records are damaged; see `finding`.
        case damaged = "LIMEN-SPOOL-010"
        /// The spool is closed.
        case closed = "LIMEN-SPOOL-011"
        /// The database refuses a row that was acknowledged; it stays in the spool.
        case rowRefused = "LIMEN-SPOOL-012"
    }

    /// What is wrong.
    package let code: Code
    /// Where, when it is about a file.
    package let finding: SpoolFinding?

    /// Makes an error.
    package init(code: Code, finding: SpoolFinding? = nil) {
        self.code = code
        self.finding = finding
    }
}
