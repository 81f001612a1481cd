package import Basics

/// An entry that was read back, with its place.
package struct SpooledEntry: Equatable, Sendable {
    /// What was given to the spool.
    package let entry: SpoolEntry
    /// The segment it lies in.
    package let segment: UInt64
    /// Its number in the session.
    package let sequence: UInt64
    /// When it was taken.
    package let at: Instant
    /// Behind it in the segment.
    let endOffset: Int
}
