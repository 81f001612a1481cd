extension Limits {
    /// How many answered requests may have shadow versions still computing.
    ///
    /// Each holds its request, up to `hookBodyBytesMax`; at the usual 20 KB they are about a
    /// megabyte, and a processor that cannot keep up is not made later still.
    @inlinable public static var shadowTasksMax: Int { 64 }
}
