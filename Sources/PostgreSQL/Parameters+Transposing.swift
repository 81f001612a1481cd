extension Parameters {
    /// Turns rows into columns: each becomes one array, for `unnest` in a single statement.
    ///
    /// The rows have the same number of values of the same types, none of them an array. The types
    /// of the columns are those of the prepared statement they are sent to.
    package init(transposing rows: [Parameters]) {
        guard let first = rows.first else { return }
        let headByteCount = 20
        var sizes = [Int](repeating: headByteCount, count: first.count)
        var hasNull = [Bool](repeating: false, count: first.count)
        for row in rows {
            precondition(row.types == first.types, "the rows differ in their types")
            for column in sizes.indices {
                sizes[column] += 4 + (row.ranges[column]?.count ?? 0)
                if row.ranges[column] == nil { hasNull[column] = true }
            }
        }
        var start = 0
        for size in sizes {
            ranges.append(start..<start + size)
            types.append(0)
            start += size
        }
        var places = ranges.map { $0?.lowerBound ?? 0 }
        // Row by row, each value copied to the end of its column: one pass over every row.
        bytes = unsafe [UInt8](unsafeUninitializedCapacity: start) { buffer, count in
            for column in sizes.indices {
                // One dimension, whether there are NULLs, the element type, the size, from 1.
                let head = [1, hasNull[column] ? 1 : 0, first.types[column], UInt32(rows.count), 1]
                for word in head { unsafe Self.put(word, into: buffer, at: &places[column]) }
            }
            for row in rows {
                unsafe row.bytes.withUnsafeBytes { source in
                    for column in sizes.indices {
                        guard let range = row.ranges[column] else {
                            unsafe Self.put(.max, into: buffer, at: &places[column])
                            continue
                        }
                        unsafe Self.put(UInt32(range.count), into: buffer, at: &places[column])
                        let target = unsafe UnsafeMutableRawBufferPointer(
                            rebasing: UnsafeMutableRawBufferPointer(buffer)[
                                places[column]..<places[column] + range.count
                            ]
                        )
                        unsafe target.copyMemory(
                            from: UnsafeRawBufferPointer(rebasing: source[range])
                        )
                        places[column] += range.count
                    }
                }
            }
            count = start
        }
        precondition(
            places == ranges.map { $0?.upperBound ?? 0 },
            "a column was not filled to its end"
        )
    }

    /// Writes four bytes, big-endian, within the bounds of the buffer.
    @unsafe
    private static func put(
        _ word: UInt32,
        into buffer: UnsafeMutableBufferPointer<UInt8>,
        at place: inout Int
    ) {
        precondition(place + 4 <= buffer.count, "a column is longer than was counted")
        unsafe buffer[place] = UInt8(truncatingIfNeeded: word >> 24)
        unsafe buffer[place + 1] = UInt8(truncatingIfNeeded: word >> 16)
        unsafe buffer[place + 2] = UInt8(truncatingIfNeeded: word >> 8)
        unsafe buffer[place + 3] = UInt8(truncatingIfNeeded: word)
        place += 4
    }
}
