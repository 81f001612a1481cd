extension Limits {
    /// The size of a segment of the spool, which is allocated in one piece.
    ///
    /// The largest batch (4 MB and one row of 8 MB) fits with room to spare.
    @inlinable public static var spoolSegmentBytes: Int { 16 << 20 }

    /// The unit in which a disk writes; what was synchronised shares no block with what comes.
    @inlinable public static var spoolBlockBytes: Int { 4_096 }

    /// The largest entry of the spool: the largest batch as bytes.
    @inlinable public static var spoolEntryBytesMax: Int { 13 << 20 }

    /// The most bytes on the disk unless it is configured: some hours of a busy hospital.
    @inlinable public static var spoolBytesMax: Int { 1 << 30 }

    /// The most bytes that wait in memory to be written.
    @inlinable public static var spoolWaitingBytesMax: Int { 64 << 20 }

    /// The most entries of one group, which one fdatasync makes durable.
    @inlinable public static var spoolGroupEntriesMax: Int { 64 }

    /// From how much of its bytes or its age on the spool raises an alarm, in percent.
    @inlinable public static var spoolAlarmPercent: Int { 80 }

    /// How old the oldest entry that waits may become, in seconds, before no more are taken: a week.
    ///
    /// Nobody has noticed for a week that the database is away. Entries that the database has refused
    /// do not count: one bad row must not end the service of everybody else.
    @inlinable public static var spoolAgeSecondsMax: Int { 7 * 86_400 }

    /// After how long held entries raise an alarm of its own, in seconds: a day.
    ///
    /// Whoever is on duty has had a shift to look at it.
    @inlinable public static var spoolHeldAlarmSeconds: Int { 86_400 }

    /// How often the server may fail at one entry by itself, while it writes others, before the entry
    /// is passed over.
    ///
    /// With the pauses between them these are some seconds.
    @inlinable public static var spoolEntryTriesMax: Int { 8 }

    /// After how long an entry that was passed over so is tried again, in milliseconds; after each
    /// try that fails, twice as long.
    @inlinable public static var spoolRetryMilliseconds: Int { 60_000 }

    /// After how long it is tried again at the latest, in milliseconds: an hour.
    ///
    /// A try costs the rows that come at that moment some tens of milliseconds.
    @inlinable public static var spoolRetryMillisecondsMax: Int { 3_600_000 }

    /// How many refused entries are noted in the folder; all of them are in the log.
    @inlinable public static var spoolNotesMax: Int { 10_000 }

    /// How many segments a group is tried on before its callers are told that it failed.
    @inlinable public static var spoolAttemptsMax: Int { 2 }

    /// How often an interrupted call is made again before it counts as failed.
    @inlinable public static var spoolInterruptionsMax: Int { 100 }

    /// How many findings of one spool are kept, besides the losses, which all are.
    @inlinable public static var spoolFindingsMax: Int { 1_000 }

    /// How many files a spool folder may hold, whatever is configured.
    @inlinable public static var spoolFilesMax: Int { 65_536 }

    /// The largest mark beside the signing key that is read: a thousand logs of one segment.
    @inlinable public static var spoolMarkBytesMax: Int { 65_536 }

    /// How many first rows the row of a loss names: two logs in each segment of the largest spool
    /// that is usual; what is beyond stands as one of an unknown log.
    @inlinable public static var spoolLossHeadsMax: Int { 1_000 }

    /// The largest first block of a segment that is read.
    @inlinable public static var spoolHeaderBytesMax: Int { 65_536 }

    /// The largest segment that is read, whatever its header says.
    @inlinable public static var spoolSegmentFileBytesMax: Int { 256 << 20 }
}
