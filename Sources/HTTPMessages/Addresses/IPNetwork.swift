/// A network in CIDR form (RFC 4632, RFC 4291 section 2.3), such as `10.1.0.0/16`.
package struct IPNetwork: Hashable, Sendable {
    /// The lowest address.
    package let first: IPAddress
    /// How many leading bits all its addresses share.
    package let prefixLength: Int

    /// Makes a network; bits behind the prefix are cut off.
    package init(_ address: IPAddress, prefixLength: Int) {
        let width = address.isSix ? 128 : 32
        precondition(prefixLength >= 0, "a negative prefix")
        precondition(prefixLength <= width, "a prefix longer than the address")
        let shift = UInt128(width - prefixLength)
        let kept = (address.bits >> shift) << shift
        first = address.isSix ? IPAddress(six: kept) : IPAddress(four: UInt32(kept))
        self.prefixLength = prefixLength
    }

    /// Reads a text; `nil` when it is none, or has bits behind its prefix.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let address = IPAddress(parts[0]), parts[1].utf8.count <= 3,
            !parts[1].isEmpty, parts[1].utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
            parts[1].utf8.count == 1 || parts[1].utf8.first != 0x30,
            let length = Int(parts[1]), length <= (address.isSix ? 128 : 32)
        else { return nil }
        self.init(address, prefixLength: length)
        // A network with host bits is a slip of the pen: which of the two was meant?
        guard first == address else { return nil }
    }

    /// Whether an address lies in it.
    package func contains(_ address: IPAddress) -> Bool {
        guard address.isSix == first.isSix else { return false }
        let width = address.isSix ? 128 : 32
        let shift = UInt128(width - prefixLength)
        return address.bits >> shift == first.bits >> shift
    }

    /// Whether all of another network lies in it.
    package func contains(_ network: IPNetwork) -> Bool {
        network.prefixLength >= prefixLength && contains(network.first)
    }

    /// The network as text.
    package var text: String { "\(first.text)/\(prefixLength)" }
}
