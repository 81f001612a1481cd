extension Limits {
    /// How many answered requests may have shadow versions still computing.
    ///
    /// Each holds its request, up to `hookBodyBytesMax`; at the usual 20 KB they are about a
    /// megabyte, and a processor that cannot keep up is not made later still.
    @inlinable public static var shadowTasksMax: Int { 64 }

    /// How many audit rows about replaced versions may wait to become durable.
    ///
    /// There is one for each folder that differs from what was deployed, so that many come only of
    /// a thousand reloads while the audit trail is away.
    @inlinable public static var owedRowsMax: Int { 1_024 }
}
