/// The values of a statement as libpq takes them.
@unsafe
struct ParameterArrays {
    var types: UnsafePointer<UInt32>?
    var values: UnsafePointer<UnsafePointer<CChar>?>?
    var lengths: UnsafePointer<Int32>?
    var formats: UnsafePointer<Int32>?
}

extension Parameters {
    /// Calls the body with the values as C arrays, valid during the call.
    @unsafe
    func withArrays<Result>(_ body: (ParameterArrays) -> Result) -> Result {
        let lengths = ranges.map { Int32($0?.count ?? 0) }
        let formats = [Int32](repeating: 1, count: ranges.count)
        // An empty buffer has no address, and a null pointer would mean NULL.
        let storage = bytes.isEmpty ? [0] : bytes
        return unsafe storage.withUnsafeBytes { buffer in
            let start = unsafe buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
            let values: [UnsafePointer<CChar>?] = unsafe ranges.map { range in
                guard let range else { return nil }
                return unsafe start.map { unsafe $0 + range.lowerBound }
            }
            return unsafe types.withUnsafeBufferPointer { types in
                unsafe values.withUnsafeBufferPointer { values in
                    unsafe lengths.withUnsafeBufferPointer { lengths in
                        unsafe formats.withUnsafeBufferPointer { formats in
                            unsafe body(
                                ParameterArrays(
                                    types: types.baseAddress,
                                    values: values.baseAddress,
                                    lengths: lengths.baseAddress,
                                    formats: formats.baseAddress
                                )
                            )
                        }
                    }
                }
            }
        }
    }
}
