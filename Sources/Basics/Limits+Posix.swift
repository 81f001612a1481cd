extension Limits {
    /// How many folders are watched for changes, against a link to the root of a disk.
    @inlinable public static var watchedFoldersMax: Int { 4_096 }

    /// How long it must be quiet before a change of files counts as over; editors write a file in
    /// several steps.
    @inlinable public static var watchQuietMilliseconds: Int { 60 }

    /// How many bursts of changes are waited out, so that a busy folder is told of all the same.
    @inlinable public static var watchBurstsMax: Int { 50 }
}
