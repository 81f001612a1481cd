import Audit
import Basics
import Testing

@testable import Vault

/// Wrapping keys that have successors: they open, and wrap nothing more.
@Suite("Wrapping keys on their way out")
struct KeyRingTests {
    private static func rotated(_ keys: TenantKeys) throws -> TenantKeys {
        var keys = keys
        try keys.rotateWrapping(name: "k2")
        return keys
    }

    @Test("Under a key with a successor nothing new is sealed, and what it has wrapped still opens")
    func superseded() throws {
        let keys = TenantKeys.generate(tenant: "demo", name: "k1")
        let ring = KeyRing([keys, TenantKeys.generate(tenant: "other", name: "k1")])
        let sealer = RecordSealer(ring)
        let sealed = try sealer.seal(VaultFixture.decision())
        let name = KeyRing.WrappingName(tenant: "demo", name: "k1")
        #expect(ring.supersede([name]))
        #expect(!ring.supersede([name]), "it is no news")
        #expect(ring.staleNames == ["demo"], "the other tenant's key has only the same name")
        #expect(throws: VaultError(.superseded)) { try sealer.seal(VaultFixture.decision()) }
        #expect(throws: VaultError(.superseded)) {
            try NoteSealer(ring).seal(
                "words",
                at: Sealing.Place(tenant: "demo", eventID: UUIDBytes(high: 1, low: 1)),
                column: "sealed_title",
                subject: [UInt8](repeating: 1, count: 32),
                now: VaultFixture.moment
            )
        }
        _ = try sealer.seal(VaultFixture.decision(tenant: "other"))
        #expect(sealer.wrappingUses().map(\.tenant) == ["demo", "other"])
        let wrapped = try #require(sealed.newKeys.first)
        guard case .open = RecordOpener(ring).open(wrapped) else {
            Issue.record("what was sealed before does not open")
            return
        }
        ring.replace(by: [try Self.rotated(keys)])
        #expect(ring.staleNames.isEmpty)
        #expect(try sealer.seal(VaultFixture.decision()).newKeys.map(\.wrappingKey) == ["k2"])
        // Back to the old file.
        ring.replace(by: [keys])
        #expect(throws: VaultError(.superseded)) { try sealer.seal(VaultFixture.decision()) }
    }

    @Test("A key is on its way out until what was sealed under it is durable")
    func leaving() throws {
        let keys = TenantKeys.generate(tenant: "demo", name: "k1")
        let ring = KeyRing([keys])
        let sealer = RecordSealer(ring)
        let first = try sealer.seal(VaultFixture.decision(patient: 1))
        let second = try sealer.seal(VaultFixture.decision(patient: 2))
        #expect(sealer.wrappingUses() == [Self.use("k1", current: "k1", old: [])])
        ring.replace(by: [try Self.rotated(keys)])
        let leaving = Self.use("k1", current: "k2", old: ["k1"])
        #expect(sealer.wrappingUses() == [leaving])
        let third = try sealer.seal(VaultFixture.decision(patient: 1))
        #expect(sealer.wrappingUses() == [leaving])
        sealer.settle(first.newKeys + third.newKeys)
        #expect(sealer.wrappingUses() == [leaving])
        sealer.settle(second.newKeys)
        #expect(sealer.wrappingUses() == [Self.use("k2", current: "k2", old: ["k1"])])
    }

    private static func use(_ used: String, current: String, old: [String]) -> WrappingUse {
        WrappingUse(tenant: "demo", used: used, current: current, old: old)
    }
}
