package import Basics

/// What a spool is opened with.
package struct SpoolConfiguration: Sendable {
    /// Whose spool it is.
    package var identity: SpoolIdentity
    /// The name of this process start: random.
    package var session: UUIDBytes
    /// The most bytes of all segments.
    package var bytesMax: Int
    /// The age of the oldest entry from which on no more are taken.
    package var ageSecondsMax: Int
    /// How long it must be quiet before a seal is written.
    package var sealMilliseconds = 50

    /// Makes a configuration.
    package init(
        identity: SpoolIdentity,
        session: UUIDBytes,
        bytesMax: Int = Limits.spoolBytesMax,
        ageSecondsMax: Int = Limits.spoolAgeSecondsMax
    ) {
        self.identity = identity
        self.session = session
        self.bytesMax = bytesMax
        self.ageSecondsMax = ageSecondsMax
    }
}
