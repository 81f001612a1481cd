package import Basics

/// How full a spool is and what is wrong with it, for readiness, metrics and the operator.
package struct SpoolStatus: Equatable, Sendable {
    /// Entries that are not in the database yet.
    package var entryCount = 0
    /// The rows in them.
    package var rowCount = 0
    /// The entries among them that wait for a person.
    package var heldEntryCount = 0
    /// The bytes of the files that are in use.
    package var byteCount = 0
    /// The bytes that the files may take.
    package var byteCountMax = 0
    /// When the oldest entry was taken; `nil` when there is none.
    package var oldestAt: Instant?
    /// The age of the oldest entry that was never sent to the database.
    package var ageSeconds = 0
    /// The age from which on no more entries are taken.
    package var ageSecondsMax = Limits.spoolAgeSecondsMax
    /// The age of the oldest entry that is held.
    package var heldAgeSeconds = 0
    /// Entries that were taken since the start.
    package var takenCount = 0
    /// Groups that were made durable since the start.
    package var groupCount = 0
    /// Entries whose callers were told that they failed, since the start.
    package var rejectedCount = 0
    /// Segments that were given up because a call failed.
    package var abandonedCount = 0
    /// How often the clock was found to be set back; the entries keep their order all the same.
    package var clockStepCount = 0
    /// Whether entries are taken at present.
    package var takesEntries = true
    /// What was found in the files.
    package var findings: [SpoolFinding] = []

    /// Makes the status of nothing.
    package init() {}

    /// Something that somebody must look at.
    package enum Alarm: String, Sendable, CaseIterable {
        /// The spool has used 80 percent of its bytes.
        case filling
        /// The oldest entry that waits has reached 80 percent of the age at which no more are taken.
        case aging
        /// No more entries are taken.
        case full
        /// Something that was acknowledged is missing or unusable.
        case damage
        /// The database refuses entries; they stay.
        case held
        /// They have stayed for a day, and nobody has mended it.
        case heldLong = "held-long"
        /// The disk has failed a call.
        case disk
    }

    /// The alarms that are on.
    package var alarms: [Alarm] {
        var alarms: [Alarm] = []
        let percent = Limits.spoolAlarmPercent
        if byteCount * 100 >= byteCountMax * percent { alarms.append(.filling) }
        if ageSeconds * 100 >= ageSecondsMax * percent { alarms.append(.aging) }
        if !takesEntries { alarms.append(.full) }
        if findings.contains(where: \.isLoss) { alarms.append(.damage) }
        if heldEntryCount > 0 { alarms.append(.held) }
        if heldAgeSeconds >= Limits.spoolHeldAlarmSeconds { alarms.append(.heldLong) }
        if abandonedCount > 0 { alarms.append(.disk) }
        return alarms
    }
}
