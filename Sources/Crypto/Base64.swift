/// Bytes as base64 text with padding (RFC 4648, section 4).
package enum Base64 {
    /// The text of some bytes.
    package static func text(_ bytes: [UInt8]) -> String {
        let bare = Base64URL.text(bytes).map { character -> Character in
            switch character {
            case "-": "+"
            case "_": "/"
            case let other: other
            }
        }
        return String(bare) + String(repeating: "=", count: (3 - bytes.count % 3) % 3)
    }

    /// The bytes of a text, or `nil` when it is not base64 in its one canonical form.
    package static func bytes(_ text: some StringProtocol) -> [UInt8]? {
        guard text.utf8.count.isMultiple(of: 4) else { return nil }
        var bare: [UInt8] = []
        bare.reserveCapacity(text.utf8.count)
        var padding = 0
        for character in text.utf8 {
            switch character {
            case UInt8(ascii: "="):
                padding += 1
                continue
            case UInt8(ascii: "-"), UInt8(ascii: "_"): return nil
            case UInt8(ascii: "+"): bare.append(UInt8(ascii: "-"))
            case UInt8(ascii: "/"): bare.append(UInt8(ascii: "_"))
            case let other: bare.append(other)
            }
            guard padding == 0 else { return nil }
        }
        guard padding <= 2, let bytes = Base64URL.bytes(ofText: bare[...]),
            padding == (3 - bytes.count % 3) % 3
        else { return nil }
        return bytes
    }
}
