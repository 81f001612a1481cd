import Basics
import Crypto
import Posix
import Testing

@testable import Vault

@Suite("Keys of a tenant")
struct TenantKeysTests {
    private static let one = String(repeating: "A", count: 42) + "E"
    private static let two = String(repeating: "B", count: 42) + "E"
    private static let three = String(repeating: "C", count: 42) + "E"
    private static let good = """
        limen-keys/1
        tenant demo
        # the older one opens what it has wrapped

        wrapping 2026-05 \(one)
        wrapping 2026-11 \(two) current
        pseudonym 1 \(three)

        """

    private static func read(_ text: String) throws(VaultError) -> TenantKeys {
        try TenantKeys(reading: Array(text.utf8), tenant: "demo")
    }

    @Test("A key text gives its keys, and is written as it was read")
    func readsAndWrites() throws {
        let keys = try Self.read(Self.good)
        #expect(keys.wrapping.map(\.name) == ["2026-05", "2026-11"])
        #expect(keys.currentWrapping.name == "2026-11")
        #expect(keys.pseudonyms.map(\.epoch) == [1])
        let again = String(decoding: keys.text(), as: UTF8.self)
        #expect(
            again
                == Self.good.replacing("# the older one opens what it has wrapped\n\n", with: "")
        )
    }

    /// Texts with one fault each, and the code of it.
    static let faulty: [(String, VaultError.Code)] = {
        var texts: [(String, VaultError.Code)] = []
        func add(_ text: String, _ code: VaultError.Code) { texts.append((text, code)) }
        add("", .malformed)
        add("limen-keys/2\ntenant demo\n", .malformed)
        add(good.replacing("tenant demo", with: "tenant other"), .otherTenant)
        add(good.replacing("tenant demo\n", with: ""), .malformed)
        add(good.replacing(" current", with: ""), .notOneCurrent)
        add(good.replacing(one, with: one + " current"), .notOneCurrent)
        add(good.replacing(" current", with: " Current"), .malformed)
        add(good.replacing(two, with: one), .duplicate)
        add(good.replacing(three, with: two), .duplicate)
        add(good.replacing("2026-05", with: "2026-11"), .duplicate)
        add(good.replacing("2026-05", with: "2026_05"), .malformed)
        add(good.replacing("2026-05", with: String(repeating: "a", count: 33)), .malformed)
        add(good.replacing(one, with: String(one.dropLast())), .malformed)
        add(good.replacing(one, with: String(one.dropLast(4))), .malformed)
        add(good.replacing(one, with: one + "AAAA"), .malformed)
        add(good.replacing(one, with: one + "="), .malformed)
        add(good.replacing("pseudonym 1", with: "pseudonym 01"), .malformed)
        add(good.replacing("pseudonym 1", with: "pseudonym 0"), .malformed)
        add(good.replacing("pseudonym 1", with: "pseudonym 32768"), .malformed)
        add(good.replacing("pseudonym 1", with: "pseudonym  1"), .malformed)
        add(good + "surprise\n", .malformed)
        add(good.replacing("\n", with: "\r\n"), .malformed)
        return texts
    }()

    @Test("A text that is not wholly right gives no key", arguments: faulty)
    func refuses(text: String, code: VaultError.Code) {
        #expect { try Self.read(text) } throws: { ($0 as? VaultError)?.code == code }
    }

    @Test("A text cut at any byte gives no key or a tenant's whole keys, and never a crash")
    func cutAnywhere() {
        let bytes = Array(Self.good.utf8)
        for count in 0..<bytes.count - 45 {
            let keys = try? TenantKeys(reading: Array(bytes[..<count]), tenant: "demo")
            if let keys {
                // The pseudonym line may be missing: then the tenant's own key makes pseudonyms.
                #expect(keys.wrapping.count == 2)
            }
        }
    }

    @Test("Rotation adds a key and keeps the old ones until they are removed")
    func rotates() throws {
        var keys = TenantKeys.generate(tenant: "demo", name: "k1")
        try keys.rotateWrapping(name: "k2")
        #expect(keys.currentWrapping.name == "k2")
        #expect(keys.wrapping.map(\.name) == ["k1", "k2"])
        #expect(throws: VaultError(.duplicate)) { try keys.rotateWrapping(name: "k2") }
        let isCurrentRemoved = keys.removeWrapping(name: "k2")
        let isOldRemoved = keys.removeWrapping(name: "k1")
        let isGoneRemoved = keys.removeWrapping(name: "k1")
        #expect(!isCurrentRemoved)
        #expect(isOldRemoved)
        #expect(!isGoneRemoved)
        let old = keys.currentPseudonym?.key.authenticate("Patient/1")
        try keys.rotatePseudonyms(first: Secret(Array(repeating: 1, count: 32)))
        #expect(keys.pseudonyms.map(\.epoch) == [1, 2])
        #expect(keys.currentPseudonym?.key.authenticate("Patient/1") != old)
        let isCurrentEnded = keys.removePseudonym(epoch: 2)
        let isOldEnded = keys.removePseudonym(epoch: 1)
        #expect(!isCurrentEnded)
        #expect(isOldEnded)
        let again = try TenantKeys(reading: keys.text(), tenant: "demo")
        #expect(again.pseudonyms.map(\.epoch) == [2])
    }

    @Test("The number of keys is bounded")
    func bounded() throws {
        var keys = TenantKeys.generate(tenant: "demo", name: "k0")
        for number in 1..<Limits.tenantKeysMax { try keys.rotateWrapping(name: "k\(number)") }
        #expect(throws: VaultError(.tooMany)) { try keys.rotateWrapping(name: "more") }
    }

    @Test(
        "A key file that others may read, write or run is refused",
        arguments: [UInt32(0o640), 0o604, 0o620, 0o602, 0o610, 0o601, 0o644, 0o666]
    )
    func permissions(mode: UInt32) throws {
        try VaultFixture.withFile(Self.good, mode: mode) { path in
            #expect(throws: VaultError(.openToOthers)) {
                try KeySource(path: path, tenant: "demo").read()
            }
        }
    }

    @Test("A key file of its owner alone is read; one that is a folder or absent is not")
    func files() throws {
        for mode in [UInt32(0o600), 0o400] {
            try VaultFixture.withFile(Self.good, mode: mode) { path in
                let keys = try KeySource(path: path, tenant: "demo").read()
                #expect(keys.currentWrapping.name == "2026-11")
                #expect(throws: VaultError(.keysMissing)) {
                    try KeySource(path: path + ".none", tenant: "demo").read()
                }
                #expect(throws: VaultError(.unreadable)) {
                    try KeySource(path: "/tmp", tenant: "demo").read()
                }
            }
        }
        let long = Self.good + String(repeating: "#\n", count: Limits.keyTextBytesMax)
        try VaultFixture.withFile(long) { path in
            #expect(throws: VaultError(.unreadable)) {
                try KeySource(path: path, tenant: "demo").read()
            }
        }
    }

    @Test("Keys that are written are read again, from a file closed to others")
    func writes() throws {
        try VaultFixture.withFile(Self.good) { path in
            let source = KeySource(path: path, tenant: "demo")
            var keys = try source.read()
            try keys.rotateWrapping(name: "next")
            try source.write(keys)
            #expect(try source.read().currentWrapping.name == "next")
        }
    }
}
