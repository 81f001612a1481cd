/// The character classes of RFC 9110 section 5.6 and RFC 3986, as bit sets.
enum HTTPGrammar {
    /// Whether a byte may stand in a token (RFC 9110 section 5.6.2).
    @inline(__always)
    static func isToken(_ byte: UInt8) -> Bool {
        // ! # $ % & ' * + - . 0-9 A-Z ^ _ ` a-z | ~
        contains(byte, low: 0x03FF_6CFA_0000_0000, high: 0x57FF_FFFF_C7FF_FFFE)
    }

    /// Whether a byte may stand in a path: pchar and the slash (RFC 3986 section 3.3); the
    /// percent sign is checked with what follows it.
    @inline(__always)
    static func isPath(_ byte: UInt8) -> Bool {
        // ! $ & ' ( ) * + , - . / 0-9 : ; = @ A-Z _ a-z ~
        contains(byte, low: 0x2FFF_FFD2_0000_0000, high: 0x47FF_FFFE_87FF_FFFF)
    }

    /// Whether a byte may stand in a host and port as we take them.
    @inline(__always)
    static func isHost(_ byte: UInt8) -> Bool {
        // - . 0-9 : A-Z [ ] _ a-z ~
        contains(byte, low: 0x07FF_6000_0000_0000, high: 0x47FF_FFFE_AFFF_FFFE)
    }

    /// Whether a byte is visible ASCII.
    @inline(__always)
    static func isVisible(_ byte: UInt8) -> Bool { byte > 0x20 && byte < 0x7F }

    /// Whether a byte may stand in a field value: visible, blank, tab or obs-text.
    @inline(__always)
    static func isValue(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte != 0x7F || byte == 0x09
    }

    /// A capital letter as a small one.
    @inline(__always)
    static func lower(_ byte: UInt8) -> UInt8 {
        byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
    }

    /// The value of a hexadecimal digit.
    @inline(__always)
    static func hexadecimal(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }

    @inline(__always)
    private static func contains(_ byte: UInt8, low: UInt64, high: UInt64) -> Bool {
        guard byte < 128 else { return false }
        let set = byte < 64 ? low : high
        return set >> UInt64(byte & 63) & 1 == 1
    }
}
