package import Basics
import Posix

/// What a spool is opened with.
package struct SpoolConfiguration: Sendable {
    /// Whose spool it is.
    package var identity: SpoolIdentity
    /// The name of this process start: random.
    package var session: UUIDBytes
    /// The most bytes of all segments.
    package var bytesMax: Int
    /// The age of the oldest entry that waits to be sent, from which on no more are taken.
    package var ageSecondsMax: Int
    /// Until when everything that was taken had been sent to the database once, in an earlier start:
    /// what is left of that is held, and does not count as waiting.
    package var triedUntil: Instant?
    /// What says outside the folder which segments hold rows; `nil` when nothing does.
    package var marks: SpoolMarks?
    /// What time it is.
    package var now: @Sendable () -> Instant = { Clock.now() }
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
