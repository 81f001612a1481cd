extension Limits {
    /// The largest single document in bytes that the commands over data read: a Bundle or a line.
    ///
    /// A Bundle is read as a whole, so this bounds the memory; exports of a record stay below it.
    @inlinable public static var dataDocumentBytesMax: Int { 64 << 20 }

    /// How deep Bundles may stand in Bundles, as answers to a batch do.
    @inlinable public static var dataBundleDepthMax: Int { 4 }

    /// How many bytes one read of a large file takes.
    @inlinable public static var dataPieceBytes: Int { 1 << 18 }

    /// How many files of an export are kept open at once.
    @inlinable public static var dataOpenFilesMax: Int { 24 }

    /// Into how many parts the index of an export is divided, by patient.
    ///
    /// One part is sorted in memory at a time: 256 parts of 8 MB hold some 45 million resources.
    @inlinable public static var dataIndexParts: Int { 256 }

    /// How many bytes of index each part gathers before they go to the temporary file.
    @inlinable public static var dataIndexPartBytes: Int { 1 << 15 }

    /// How many faults of the data are kept with their place; all are counted.
    @inlinable public static var dataProblemsKept: Int { 50 }
}
