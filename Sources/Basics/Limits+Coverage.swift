extension Limits {
    /// How many different codes or units a coverage report counts one by one.
    ///
    /// A site's whole catalogue fits; garbage in the place of codes must not fill the memory.
    @inlinable public static var coverageCodesMax: Int { 20_000 }

    /// How many changes of single patients a comparison of two profiles keeps to list them.
    @inlinable public static var listedChangesMax: Int { 100_000 }
}
