/// The caller's position in a distributed trace (W3C Trace Context, `traceparent`).
///
///     00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01
struct TraceContext: Sendable, Equatable {
    /// The trace id (16 bytes).
    let traceID: [UInt8]
    /// The id of the caller's span (8 bytes).
    let parentSpanID: [UInt8]

    /// Reads the header; `nil` when it is not valid, in which case it is ignored (section 3.2.2).
    init?(_ header: String?) {
        guard let header else { return nil }
        let bytes = Array(header.utf8)
        guard bytes.count >= 55, bytes[2] == 0x2D, bytes[35] == 0x2D, bytes[52] == 0x2D else {
            return nil
        }
        guard let version = Self.hexadecimal(bytes[0..<2])?.first, version != 0xFF else {
            return nil
        }
        // A later version may carry more behind the flags; version 0 may not.
        guard bytes.count == 55 || (version > 0 && bytes[55] == 0x2D) else { return nil }
        guard let trace = Self.hexadecimal(bytes[3..<35]),
            let span = Self.hexadecimal(bytes[36..<52]),
            Self.hexadecimal(bytes[53..<55]) != nil
        else { return nil }
        guard trace.contains(where: { $0 != 0 }), span.contains(where: { $0 != 0 }) else {
            return nil
        }
        traceID = trace
        parentSpanID = span
    }

    /// Lower-case digits only, as the specification asks.
    private static func hexadecimal(_ digits: ArraySlice<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        var half: UInt8?
        for digit in digits {
            let value: UInt8
            switch digit {
            case 0x30...0x39: value = digit - 0x30
            case 0x61...0x66: value = digit - 0x61 + 10
            default: return nil
            }
            if let high = half {
                bytes.append(high << 4 | value)
                half = nil
            } else {
                half = value
            }
        }
        return bytes
    }
}
