extension Limits {
    /// How deep JSON may nest.
    ///
    /// FHIR resources stay below 30; 64 leaves room and bounds the stack.
    @inlinable public static var jsonDepthMax: Int { 64 }

    /// The largest JSON document in bytes.
    ///
    /// Offsets on the tape are 32 bits wide.
    @inlinable public static var jsonBytesMax: Int { 1 << 30 }
}
