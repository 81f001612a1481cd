extension Limits {
    /// The longest reason for reading the trail, in bytes.
    ///
    /// A sentence with the number of a case; a page would be read by nobody.
    @inlinable public static var auditReasonBytesMax: Int { 500 }

    /// The most events that one story is told from.
    ///
    /// A decision has a handful of fetches, shadows and answers; more is a flood, and is said so.
    @inlinable public static var auditStoryEventsMax: Int { 500 }

    /// The most events of a patient that a timeline or a list of readers looks at.
    ///
    /// Six years of a patient in intensive care with a call every five minutes are 600,000; a longer
    /// list is asked for by time.
    @inlinable public static var auditPatientEventsMax: Int { 100_000 }

    /// The most events that a list of readers over HTTP looks at before it says that it was cut.
    ///
    /// Some twenty pages: a second of work for a caller who waits.
    @inlinable public static var auditReadersEventsMax: Int { 20_000 }

    /// The most events of one export.
    ///
    /// It streams in constant memory; beyond this somebody should ask for less, or take a backup.
    @inlinable public static var auditExportRowsMax: Int { 50_000_000 }

    /// The events of one part of an export over HTTP.
    ///
    /// A part is made in memory: 500 rows with their documents are some 5 MB.
    @inlinable public static var auditExportPartRowsMax: Int { 500 }

    /// The most events that one run of a review counts.
    ///
    /// What is more than this is counted as "at least", which is itself a finding.
    @inlinable public static var auditReviewRowsMax: Int { 100_000 }

    /// The most differences that are named of one decision that was computed again.
    ///
    /// One is enough to look; all values of a large forest would bury it.
    @inlinable public static var recomputedDifferencesMax: Int { 50 }

    /// The most reviews that a list shows.
    @inlinable public static var auditReviewsListedMax: Int { 200 }

    /// The most questions to the trail that wait for a connection.
    ///
    /// One takes a few milliseconds, so this is a second of work.
    @inlinable public static var auditReadsWaitingMax: Int { 128 }

    /// The most connections that one gateway reads the trail with.
    @inlinable public static var auditReadersMax: Int { 8 }

    /// The largest body of a question to the trail over HTTP, in bytes.
    @inlinable public static var auditQuestionBytesMax: Int { 64 << 10 }

    /// The longest value of a filter, in bytes.
    ///
    /// FHIR ids end at 64 characters and our own names at 63; a user is a reference with a type.
    @inlinable public static var auditFilterBytesMax: Int { 200 }
}
