import Testing

@testable import HTTPMessages

@Suite("Addresses")
struct IPAddressTests {
    @Test(
        "A strict address is read and written in its canonical form",
        arguments: [
            ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"),
            ("10.1.2.3", "10.1.2.3"), ("::", "::"), ("::1", "::1"), ("1::", "1::"),
            ("2001:DB8::1", "2001:db8::1"), ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
            ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"), ("1:0:3:4:5:6:7:8", "1:0:3:4:5:6:7:8"),
            ("::ffff:127.0.0.1", "::ffff:7f00:1"), ("64:ff9b::10.0.0.1", "64:ff9b::a00:1"),
            ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"), ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"),
        ]
    )
    func strictForms(text: String, canonical: String) throws {
        let address = try #require(IPAddress(text))
        #expect(address.text == canonical)
        #expect(IPAddress(canonical) == address)
        #expect(address.isSix == text.contains(":"))
    }

    @Test(
        "What only some readers take for an address is none",
        arguments: [
            "", "127.1", "127.0.0", "127.0.0.0.1", "127.0.0.256", "127.0.0.01", "0177.0.0.1",
            "0x7f.0.0.1", "2130706433", "0x7f000001", "127.0.0.1.", ".127.0.0.1", "127..0.1",
            " 127.0.0.1", "127.0.0.1 ", "1270.0.0.1", "+1.0.0.1", "\u{FF11}.0.0.1",
            ":", ":::", "1:::2", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
            "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8", "12345::", "g::", "1:", ":1", "::1:",
            "fe80::1%eth0", "[::1]", "::ffff:127.1", "::127.0.0.1:1", "1:2:3:4:5:6:7:1.2.3.4",
        ]
    )
    func oddForms(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test("A network holds its first and its last address and no neighbour")
    func networkEdges() throws {
        let network = try #require(IPNetwork("10.1.0.0/16"))
        for (text, isInside) in [
            ("10.0.255.255", false), ("10.1.0.0", true), ("10.1.255.255", true),
            ("10.2.0.0", false), ("::a01:0", false),
        ] {
            #expect(network.contains(try #require(IPAddress(text))) == isInside, "\(text)")
        }
        #expect(try #require(IPNetwork("0.0.0.0/0")).contains(network))
        #expect(!network.contains(try #require(IPNetwork("10.0.0.0/8"))))
        #expect(network.text == "10.1.0.0/16")
    }

    @Test(
        "A text that is no network, or has bits behind its prefix, is refused",
        arguments: [
            "", "10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/08", "10.0.0.0/-1",
            "10.0.0.0/8/8", "10.1.0.0/8", "::/129", "::1/64", "localhost/8", "10.0.0.0/ 8",
        ]
    )
    func oddNetworks(text: String) {
        #expect(IPNetwork(text) == nil)
    }

    @Test(
        "Public addresses are permitted",
        arguments: [
            "93.184.216.34", "8.8.8.8", "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255",
            "100.128.0.0", "126.255.255.255", "128.0.0.0", "172.15.255.255", "172.32.0.0",
            "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255",
            "2606:4700:4700::1111", "2a00:1450:4001:80b::200e", "2001:200::1", "2003::1",
        ]
    )
    func publicAddresses(text: String) throws {
        #expect(AddressPolicy().permits(try #require(IPAddress(text))))
    }

    @Test(
        "Addresses of special purpose are not permitted",
        arguments: [
            "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.0", "100.127.255.255",
            "127.0.0.1", "127.255.255.255", "169.254.0.1", "169.254.169.254", "172.16.0.0",
            "172.31.255.255", "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.0.1",
            "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1",
            "239.255.255.255", "240.0.0.1", "255.255.255.255", "168.63.129.16",
            "::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:0:7f00:1",
            "64:ff9b::8.8.8.8", "64:ff9b:1::a9fe:a9fe", "100::1", "2001::1", "2001:10::1",
            "2001:20::1", "2001:db8::1", "2002:7f00:1::", "3fff::1", "5f00::1", "fc00::1",
            "fd00:ec2::254", "fe80::1", "febf::1", "fec0::1", "ff02::1", "4000::1",
            "2a00::5efe:7f00:1", "2a00::200:5efe:a00:1",
        ]
    )
    func specialAddresses(text: String) throws {
        #expect(!AddressPolicy().permits(try #require(IPAddress(text))))
    }

    @Test("A registration opens its own networks and no others")
    func openedNetworks() throws {
        let policy = AddressPolicy(
            opening: try ["10.1.0.0/16", "fd12::/16", "127.0.0.0/8"].map {
                try #require(IPNetwork($0))
            }
        )
        for (text, isPermitted) in [
            ("10.1.2.3", true), ("10.2.0.1", false), ("fd12::1", true), ("fd13::1", false),
            ("127.0.0.1", true), ("192.168.0.1", false), ("8.8.8.8", true),
            ("::ffff:10.1.2.3", false), ("64:ff9b::10.1.2.3", false),
        ] {
            #expect(policy.permits(try #require(IPAddress(text))) == isPermitted, "\(text)")
        }
    }

    @Test("The metadata services stay closed inside an opened network")
    func metadataStaysClosed() throws {
        let policy = AddressPolicy(
            opening: try ["100.64.0.0/10", "fc00::/7"].map { try #require(IPNetwork($0)) }
        )
        for text in [
            "100.100.100.200", "fd00:ec2::254", "fd00:ec2::23", "fd00:ec2::253", "fd20:ce::254",
        ] {
            #expect(!policy.permits(try #require(IPAddress(text))), "\(text)")
        }
        #expect(policy.permits(try #require(IPAddress("100.100.100.201"))))
        #expect(policy.permits(try #require(IPAddress("fd00:ec3::254"))))
    }

    @Test(
        "An IPv4-mapped address is that of IPv4, and no other is changed",
        arguments: [
            ("::ffff:192.0.2.1", "192.0.2.1"), ("::FFFF:c000:201", "192.0.2.1"),
            ("192.0.2.1", "192.0.2.1"), ("2001:db8::1", "2001:db8::1"), ("::1", "::1"),
            ("::ffff:0:c000:201", "::ffff:0:c000:201"), ("::c000:201", "::c000:201"),
        ]
    )
    func mapped(_ text: String, _ plain: String) throws {
        #expect(try #require(IPAddress(text)).unmapped.text == plain)
    }

    @Test(
        "A network of special purpose that is not private cannot be opened",
        arguments: [
            "0.0.0.0/0", "0.0.0.0/8", "169.254.0.0/16", "169.254.169.254/32", "224.0.0.0/4",
            "8.0.0.0/6", "10.0.0.0/7", "::/0", "::ffff:0:0/96", "fe80::/10", "2002::/16",
            "64:ff9b::/96", "8.8.8.8/32",
        ]
    )
    func closedNetworks(text: String) throws {
        #expect(!AddressPolicy.canOpen(try #require(IPNetwork(text))))
    }
}
