/// The two forms of an ECDSA signature: r and s side by side, and DER.
///
///     r || s, each as long as a coordinate        JOSE (RFC 7518, section 3.4)
///     SEQUENCE { INTEGER r, INTEGER s }           OpenSSL (RFC 3279, section 2.2.3)
///
/// A signature has exactly one text in the first form, and only it is accepted: a longer or
/// shorter one, or r or s outside 1 to n - 1, is refused before OpenSSL sees it (CVE-2022-21449
/// was r = s = 0).
enum ECDSASignature {
    /// The DER form, or `nil` when the bytes are no signature on this curve.
    static func encoded(_ raw: [UInt8], on curve: EllipticCurve) -> [UInt8]? {
        let size = curve.byteCount
        guard raw.count == 2 * size else { return nil }
        let r = raw[..<size]
        let s = raw[size...]
        guard isInRange(r, curve.order) else { return nil }
        guard isInRange(s, curve.order) else { return nil }
        let body = integer(r) + integer(s)
        // 2 * (66 + 3) is 138: one length byte reaches to 127, then 0x81 goes before it.
        let length =
            body.count < 0x80
            ? [UInt8(body.count)] : [0x81, UInt8(truncatingIfNeeded: body.count)]
        return [0x30] + length + body
    }

    /// The form r || s of a DER signature that OpenSSL made; `nil` when it is none.
    static func raw(_ der: [UInt8], on curve: EllipticCurve) -> [UInt8]? {
        var rest = der[...]
        guard rest.popFirst() == 0x30, let first = rest.popFirst() else { return nil }
        if first == 0x81 { guard rest.popFirst() != nil else { return nil } }
        guard let r = popInteger(&rest, curve.byteCount),
            let s = popInteger(&rest, curve.byteCount),
            rest.isEmpty
        else { return nil }
        return r + s
    }

    /// Whether a number lies in 1 to n - 1.
    private static func isInRange(_ number: ArraySlice<UInt8>, _ order: [UInt8]) -> Bool {
        number.contains { $0 != 0 } && number.lexicographicallyPrecedes(order)
    }

    private static func integer(_ number: ArraySlice<UInt8>) -> [UInt8] {
        var digits = Array(number.drop { $0 == 0 })
        if let first = digits.first, first >= 0x80 { digits.insert(0, at: 0) }
        return [0x02, UInt8(truncatingIfNeeded: digits.count)] + digits
    }

    private static func popInteger(_ rest: inout ArraySlice<UInt8>, _ size: Int) -> [UInt8]? {
        guard rest.popFirst() == 0x02, let length = rest.popFirst(), length <= rest.count else {
            return nil
        }
        let digits = rest.prefix(Int(length)).drop { $0 == 0 }
        rest = rest.dropFirst(Int(length))
        guard digits.count <= size else { return nil }
        return [UInt8](repeating: 0, count: size - digits.count) + digits
    }
}
