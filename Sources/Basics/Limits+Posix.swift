extension Limits {
    /// How many folders are watched for changes, against a link to the root of a disk.
    @inlinable public static var watchedFoldersMax: Int { 4_096 }

    /// How long it must be quiet before a change of files counts as over; editors write a file in
    /// several steps.
    @inlinable public static var watchQuietMilliseconds: Int { 60 }

    /// How many bytes of a log wait for a reader that stalls: 1 MB, or some 2,500 lines.
    ///
    /// Above this lines are dropped and counted: a gateway that nobody can read the log of goes on
    /// answering.
    @inlinable public static var logWaitingBytesMax: Int { 1 << 20 }

    /// How many bytes of a log are written at once, which is what a pipe takes as a whole (PIPE_BUF,
    /// pipe(7)), so the lines of two programs do not mix.
    @inlinable public static var logPieceBytes: Int { 4_096 }

    /// How long a process that ends waits for the reader of its log, in milliseconds.
    @inlinable public static var logEndMilliseconds: Int { 2_000 }

    /// How many bursts of changes are waited out, so that a busy folder is told of all the same.
    @inlinable public static var watchBurstsMax: Int { 50 }
}
