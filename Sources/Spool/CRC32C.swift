/// The checksum of each record: CRC-32C (Castagnoli; RFC 3720, appendix B.4), eight bytes a step.
///
///     CRC32C.checksum(of: Array("123456789".utf8)[...])   // 0xE306_9283
package enum CRC32C {
    /// The reversed polynomial.
    private static let polynomial: UInt32 = 0x82F6_3B78

    /// Eight tables of 256: table k holds the effect of a byte that k further bytes follow.
    private static let tables: [UInt32] = makeTables()

    /// The checksum of some bytes; `earlier` is that of the bytes before them.
    package static func checksum(of bytes: ArraySlice<UInt8>, after earlier: UInt32 = 0) -> UInt32 {
        let tables = self.tables
        var crc = ~earlier
        var place = bytes.startIndex
        while bytes.endIndex - place >= 8 {
            let low =
                crc ^ UInt32(bytes[place]) ^ UInt32(bytes[place + 1]) << 8
                ^ UInt32(bytes[place + 2]) << 16 ^ UInt32(bytes[place + 3]) << 24
            crc = tables[1_792 + Int(low & 0xFF)] ^ tables[1_536 + Int(low >> 8 & 0xFF)]
            crc ^= tables[1_280 + Int(low >> 16 & 0xFF)] ^ tables[1_024 + Int(low >> 24)]
            crc ^= tables[768 + Int(bytes[place + 4])] ^ tables[512 + Int(bytes[place + 5])]
            crc ^= tables[256 + Int(bytes[place + 6])] ^ tables[Int(bytes[place + 7])]
            place += 8
        }
        while place < bytes.endIndex {
            crc = tables[Int((crc ^ UInt32(bytes[place])) & 0xFF)] ^ crc >> 8
            place += 1
        }
        return ~crc
    }

    private static func makeTables() -> [UInt32] {
        var tables = [UInt32](repeating: 0, count: 2_048)
        for byte in 0..<256 {
            var crc = UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ polynomial : crc >> 1 }
            tables[byte] = crc
        }
        for byte in 0..<256 {
            for table in 1..<8 {
                let before = tables[(table - 1) * 256 + byte]
                tables[table * 256 + byte] = tables[Int(before & 0xFF)] ^ before >> 8
            }
        }
        return tables
    }
}
