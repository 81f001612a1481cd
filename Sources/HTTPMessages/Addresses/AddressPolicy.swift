/// Which addresses an outgoing connection may go to.
///
/// Every public address may be connected to; everything of special purpose (RFC 6890 and the
/// registries of IANA behind it) may not. A registration can open private, shared and loopback
/// networks of its own. What names no machine of a network, what embeds another address, and where
/// clouds keep their metadata stays closed whatever a registration says.
package struct AddressPolicy: Hashable, Sendable {
    /// The networks that are open beside the public ones.
    package let opened: [IPNetwork]

    /// Makes a policy; every network must be one that `canOpen` allows.
    package init(opening networks: [IPNetwork] = []) {
        precondition(networks.allSatisfy(Self.canOpen), "this network stays closed")
        opened = networks
    }

    /// Whether an address may be connected to.
    package func permits(_ address: IPAddress) -> Bool {
        guard !Self.never.contains(where: { $0.contains(address) }) else { return false }
        if opened.contains(where: { $0.contains(address) }) { return true }
        guard !Self.openable.contains(where: { $0.contains(address) }) else { return false }
        // All that was ever given out for general use lies in 2000::/3 (RFC 4291, section 2.4).
        return !address.isSix || Self.globalUnicast.contains(address) && !Self.isISATAP(address)
    }

    /// Whether a registration may open a network: one that is private, shared or loopback.
    package static func canOpen(_ network: IPNetwork) -> Bool {
        openable.contains { $0.contains(network) }
    }

    /// Whether an address is the machine itself.
    package static func isLoopback(_ address: IPAddress) -> Bool {
        loopback.contains { $0.contains(address) }
    }

    // IPv4-compatible addresses (RFC 4291, section 2.5.5.1) lie outside 2000::/3 and in no network
    // that can be opened, so they need no row of their own below.

    /// Addresses that carry an IPv4 address in their interface part (RFC 5214, section 6.1).
    private static func isISATAP(_ address: IPAddress) -> Bool {
        UInt32(truncatingIfNeeded: address.bits >> 32) & 0xFDFF_FFFF == 0x0000_5EFE
    }

    private static let globalUnicast = network("2000::/3")
    private static let loopback = ["127.0.0.0/8", "::1/128"].map(network)

    /// Private use (RFC 1918, RFC 4193), shared (RFC 6598), loopback (RFC 1122, RFC 4291).
    private static let openable =
        ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"].map(network)
        + loopback

    private static let never = [
        // "This network" (RFC 791), link-local with the metadata services (RFC 3927).
        "0.0.0.0/8", "169.254.0.0/16",
        // Protocol assignments (RFC 6890), documentation (RFC 5737).
        "192.0.0.0/24", "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24",
        // Relays for 6to4 (RFC 7526), AMT (RFC 7450) and AS112 (RFC 7534, RFC 7535).
        "192.88.99.0/24", "192.52.193.0/24", "192.31.196.0/24", "192.175.48.0/24",
        // Benchmarks (RFC 2544), multicast (RFC 5771), reserved and broadcast (RFC 1112).
        "198.18.0.0/15", "224.0.0.0/4", "240.0.0.0/4",
        // Metadata services of clouds outside link-local; one cloud has several in its network:
        // ::254 of instances, ::23 with the credentials of pods, ::253 for names, ::123 for time.
        "100.100.100.200/32", "168.63.129.16/32", "fd00:ec2::/32", "fd20:ce::254/128",
        // Unspecified, IPv4-mapped (RFC 4291) and IPv4-translated (RFC 2765).
        "::/128",
        "::ffff:0:0/96", "::ffff:0:0:0/96",
        // NAT64 (RFC 6052, RFC 8215), discard (RFC 6666, RFC 9780).
        "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "100:0:0:1::/64",
        // Protocol assignments with Teredo (RFC 4380), documentation (RFC 3849, RFC 9637), 6to4
        // (RFC 3056), AS112 (RFC 7535), segment routing (RFC 9602).
        "2001::/23", "2001:db8::/32", "3fff::/20", "2002::/16", "2620:4f:8000::/48", "5f00::/16",
        // Link-local (RFC 4291), site-local (RFC 3879), multicast.
        "fe80::/10", "fec0::/10", "ff00::/8",
    ].map(network)

    private static func network(_ text: String) -> IPNetwork {
        guard let network = IPNetwork(text) else {
            preconditionFailure("a network of the table is none")
        }
        return network
    }
}
