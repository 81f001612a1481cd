extension Limits {
    /// The largest body of a hook call in bytes: 8 MB.
    ///
    /// A prefetch of 200 kB is large. The server takes up to 16 MB, so that what lies between is
    /// refused here, with an audit row, and not there without one.
    @inlinable public static var hookBodyBytesMax: Int { 8 << 20 }

    /// The longest API key in bytes that is looked at.
    @inlinable public static var apiKeyBytesMax: Int { 512 }

    /// The fewest bytes of salt of a stored API key.
    @inlinable public static var apiKeySaltBytesMin: Int { 16 }

    /// How many rejections an audit row and an explanation list one by one; all are counted.
    @inlinable public static var listedRejectionsMax: Int { 200 }

    /// How many findings one load of the configuration reports.
    @inlinable public static var catalogueFindingsMax: Int { 100 }

    /// How long a client waits before it tries again after a 503, in seconds.
    @inlinable public static var retryAfterSeconds: Int { 2 }

    /// How many rows one call of the evaluation of a model may have.
    ///
    /// Each needs an audit row that is durable before the answer; for more there is the batch.
    @inlinable public static var evaluationRowsMax: Int { 1_000 }

    /// How many audit rows of one such call may be on their way at once.
    ///
    /// A few full flights of the writer, so that one call leaves room in its queue for others.
    @inlinable public static var evaluationAppendsMax: Int { 250 }

    /// How long the rows of one such call may take before their audit rows, in microseconds.
    @inlinable public static var evaluationMicrosecondsMax: Int { 2_000_000 }

    /// After how many rows a call lets others have the loop.
    @inlinable public static var evaluationRowsPerTurn: Int { 32 }

    /// How many unknown names of one row are told.
    @inlinable public static var rowFaultsMax: Int { 20 }

    /// How many answers may wait to know what was shown before them.
    ///
    /// Each question takes a fraction of a millisecond; who would wait longer than a clinician
    /// does shows everything.
    @inlinable public static var shownQuestionsMax: Int { 256 }

    /// For how many patients a process remembers that an answer was perhaps not seen.
    ///
    /// Each is some hundred bytes, and there are as many as answers that were late or lost within
    /// the time of a rule. Beyond it every card is shown in full.
    @inlinable public static var shownDoubtsMax: Int { 16_384 }

    /// The longest time in seconds for which a result is not shown again: 31 days.
    ///
    /// Beyond that nobody remembers having seen it.
    @inlinable public static var repeatWithinSecondsMax: Int { 2_678_400 }

    /// The longest state in bytes that is kept of an answer, as the store's own check has it.
    @inlinable public static var shownStateBytesMax: Int { 65_536 }

    /// The most cards of an answer that may be held back as shown before.
    ///
    /// Their state is kept beside the row; an answer with more is shown in full.
    @inlinable public static var repeatedCardsMax: Int { 64 }
}
