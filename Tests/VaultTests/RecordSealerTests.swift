import Audit
import Basics
import Crypto
import Testing

@testable import Vault

@Suite("Sealing records")
struct RecordSealerTests {
    private let keys = TenantKeys.generate(tenant: "demo", name: "k1")
    private var ring: KeyRing { KeyRing([keys]) }

    private static func opened(_ state: RecordOpener.KeyState) throws -> DataKey {
        guard case .open(let key) = state else {
            Issue.record("the key does not open")
            throw VaultError(.damaged)
        }
        return key
    }

    @Test("Nothing of patient, user, encounter or values is left in what is stored")
    func nothingIsLeft() throws {
        let sealed = try RecordSealer(ring).seal(VaultFixture.decision())
        let stored = VaultFixture.stored(sealed)
        for text in ["okafor", "lindqvist", "4711", "temperature", "38.70", "score", "NEWS2 9"] {
            #expect(!VaultFixture.contains(stored, text), "\(text)")
        }
        #expect(VaultFixture.contains(stored, "news2"))
        let comments = VaultFixture.stored(try RecordSealer(ring).seal(VaultFixture.feedback()))
        for text in ["Okafor", "allergic", "family"] {
            #expect(!VaultFixture.contains(comments, text), "\(text)")
        }
    }

    @Test("Who has the keys reads the record as it was")
    func opens() throws {
        let record = VaultFixture.decision()
        let sealed = try RecordSealer(ring).seal(record)
        let opener = RecordOpener(ring)
        let wrapped = try #require(sealed.newKeys.first)
        #expect(wrapped.keyID == sealed.keyID)
        #expect(wrapped.subject == record.patientPseudonym)
        #expect(wrapped.month.text == "2026-11-01")
        let key = try Self.opened(opener.open(wrapped))
        let opened = try #require(opener.open(sealed, with: key))
        #expect(opened.patientReference == record.patientReference)
        #expect(opened.userReference == record.userReference)
        #expect(opened.encounterReference == record.encounterReference)
        #expect(opened.inputs == record.inputs)
        #expect(opened.rejections == record.rejections)
        #expect(opened.result == record.result)
        #expect(opened.cards == record.cards)
    }

    @Test("Each comment is sealed under a key of its own card")
    func comments() throws {
        let record = VaultFixture.feedback()
        let sealed = try RecordSealer(ring).seal(record)
        let opener = RecordOpener(ring)
        #expect(sealed.keyID == nil)
        #expect(sealed.comments.keys.sorted() == [0, 2])
        #expect(Set(sealed.newKeys.map(\.subject)).count == 2)
        for (item, comment) in sealed.comments {
            let wrapped = try #require(sealed.newKeys.first { $0.keyID == comment.keyID })
            #expect(wrapped.subject == record.feedback[item].cardID.bytes)
            let key = try Self.opened(opener.open(wrapped))
            let opened = opener.open(
                comment,
                on: record.feedback[item].cardID,
                tenant: "demo",
                eventID: record.eventID,
                with: key
            )
            #expect(opened == record.feedback[item].userComment)
            let moved = opener.open(
                comment,
                on: record.feedback[1].cardID,
                tenant: "demo",
                eventID: record.eventID,
                with: key
            )
            #expect(moved == nil)
        }
    }

    @Test("A part that was moved to another column, event or tenant, or changed, does not open")
    func moved() throws {
        let sealer = RecordSealer(ring)
        let sealed = try sealer.seal(VaultFixture.decision())
        let opener = RecordOpener(ring)
        let key = try Self.opened(opener.open(try #require(sealed.newKeys.first)))
        #expect(opener.open(sealed, with: key) != nil)
        var swapped = sealed
        (swapped.inputs, swapped.result) = (sealed.result, sealed.inputs)
        #expect(opener.open(swapped, with: key) == nil)
        var otherEvent = sealed
        otherEvent.record.eventID = .version4()
        #expect(opener.open(otherEvent, with: key) == nil)
        var otherTenant = sealed
        otherTenant.record.tenant = "demo2"
        #expect(opener.open(otherTenant, with: key) == nil)
        for column in SealedColumn.allCases {
            let part = try #require(sealed[column])
            for byte in part.indices {
                var changed = sealed
                changed[column]?[byte] ^= 1
                #expect(opener.open(changed, with: key) == nil, "\(column) byte \(byte)")
                var cut = sealed
                cut[column] = Array(part[..<byte])
                #expect(opener.open(cut, with: key) == nil, "\(column) cut at \(byte)")
            }
        }
    }

    @Test("A wrapped key that was changed, moved or relabelled does not open")
    func wrappedKeys() throws {
        let sealed = try RecordSealer(ring).seal(VaultFixture.decision())
        let opener = RecordOpener(ring)
        let wrapped = try #require(sealed.newKeys.first)
        var variants: [WrappedKey] = []
        for byte in wrapped.wrapped.indices {
            var changed = wrapped
            changed.wrapped[byte] ^= 0x80
            variants.append(changed)
        }
        var changed = wrapped
        changed.keyID = .version4()
        variants.append(changed)
        changed = wrapped
        changed.subject[0] ^= 1
        variants.append(changed)
        changed = wrapped
        changed.month = try #require(CivilDate(year: 2026, month: 10, day: 1))
        variants.append(changed)
        for variant in variants {
            guard case .damaged = opener.open(variant) else {
                Issue.record("a changed key opens")
                continue
            }
        }
        changed = wrapped
        changed.wrappingKey = "k0"
        guard case .sealed = opener.open(changed) else {
            Issue.record("a key of an unknown wrapping key is not said to be sealed")
            return
        }
        let others = TenantKeys.generate(tenant: "demo", name: "k1")
        guard case .damaged = RecordOpener(KeyRing([others])).open(wrapped) else {
            Issue.record("a key opens under another wrapping key of the same name")
            return
        }
        guard case .sealed = RecordOpener(KeyRing()).open(wrapped) else {
            Issue.record("a key opens without the tenant's keys")
            return
        }
    }

    @Test("A tenant without keys has nothing sealed and nothing stored in plain")
    func noKeys() throws {
        let sealer = RecordSealer(KeyRing())
        #expect(throws: VaultError(.keysMissing)) { try sealer.seal(VaultFixture.decision()) }
        #expect(throws: VaultError(.keysMissing)) { try sealer.seal(VaultFixture.feedback()) }
        var start = VaultFixture.decision()
        start = AuditRecord(
            eventID: start.eventID,
            tenant: "system",
            kind: .start,
            outcome: .done,
            startedAt: start.startedAt,
            status: 200
        )
        let sealed = try sealer.seal(start)
        #expect(sealed.keyID == nil)
        #expect(sealed.newKeys.isEmpty)
    }

    @Test("A row with documents but no patient is sealed under a key that is nobody's")
    func nobody() throws {
        var record = VaultFixture.decision()
        record.patientPseudonym = nil
        let sealed = try RecordSealer(ring).seal(record)
        #expect(sealed.newKeys.map(\.subject) == [[]])
        #expect(sealed.record.inputs == nil)
        #expect(sealed.inputs != nil)
    }

    @Test("A key wrapped anew opens the same rows, and the old wrapping key is not needed")
    func rewrapped() throws {
        var keys = keys
        let sealed = try RecordSealer(KeyRing([keys])).seal(VaultFixture.decision())
        let old = try #require(sealed.newKeys.first)
        try keys.rotateWrapping(name: "k2")
        let key = try Self.opened(RecordOpener(KeyRing([keys])).open(old))
        let renewed = key.rewrapped(under: keys.currentWrapping)
        #expect(renewed.wrappingKey == "k2")
        #expect(renewed.keyID == old.keyID)
        let isRemoved = keys.removeWrapping(name: "k1")
        #expect(isRemoved)
        let opener = RecordOpener(KeyRing([keys]))
        let again = try Self.opened(opener.open(renewed))
        #expect(opener.open(sealed, with: again) != nil)
        // A copy of the old wrapping, from a backup say, opens nothing any more.
        guard case .sealed = opener.open(old) else {
            Issue.record("an old wrapping opens without its key")
            return
        }
    }

    @Test("A part that repeats itself is stored short, and nobody can pass it off as another form")
    func packed() throws {
        let secret = Secret([UInt8](repeating: 9, count: AuthenticatedCipher.keyByteCount))
        let place = Sealing.Place(tenant: "demo", eventID: .version4())
        let text = Array(String(repeating: #"{"reason":"superseded"},"#, count: 50).utf8)
        let sealed = Sealing.seal(text, key: secret, at: place, column: "sealed_inputs")
        #expect(sealed.count * 4 < text.count)
        #expect(Sealing.open(sealed, key: secret, at: place, column: "sealed_inputs") == text)
        for format: UInt8 in [0, 1, 3, 255] {
            var altered = sealed
            altered[0] = format
            #expect(Sealing.open(altered, key: secret, at: place, column: "sealed_inputs") == nil)
        }
    }

    @Test("A long part of a row that was stored before parts were packed opens")
    func earlierForm() {
        let secret = Secret([UInt8](repeating: 9, count: AuthenticatedCipher.keyByteCount))
        let eventID = UUIDBytes.version4()
        let place = Sealing.Place(tenant: "demo", eventID: eventID)
        let text = Array(String(repeating: #"{"reason":"superseded"},"#, count: 50).utf8)
        let nonce = [UInt8](repeating: 7, count: AuthenticatedCipher.nonceByteCount)
        let associated =
            Array("limen-seal/1".utf8) + [0, 0, 0, 4] + Array("demo".utf8) + eventID.bytes
            + [0, 0, 0, 13] + Array("sealed_inputs".utf8) + [0, 0, 0, 2]
        let sealed =
            [1] + nonce
            + AuthenticatedCipher.seal(text, key: secret, nonce: nonce, associated: associated)
        #expect(Sealing.open(sealed, key: secret, at: place, column: "sealed_inputs") == text)
    }
}
