import Audit
import Basics
import Crypto
import Testing

@testable import Vault

@Suite("Data keys in use")
struct DataKeyBookTests {
    private let wrapping = TenantKeys.generate(tenant: "demo", name: "k1").currentWrapping
    private static let second: Int64 = 1_000_000_000

    private static func slot(_ number: Int, tenant: String = "demo", month: Int = 11)
        -> DataKeyBook.Slot
    {
        DataKeyBook.Slot(
            tenant: tenant,
            subject: UUIDBytes(high: 0, low: UInt64(number)).bytes,
            month: CivilDate(year: 2026, month: month, day: 1)
                ?? CivilDate(daysSinceEpoch: 0)
        )
    }

    private func take(
        _ book: DataKeyBook,
        _ slot: DataKeyBook.Slot,
        uses: Int = 1,
        now: Int64 = 0
    ) -> (id: UUIDBytes, isSettled: Bool) {
        let taken = book.key(
            slot,
            uses: uses,
            under: wrapping,
            createdAt: VaultFixture.moment,
            now: now
        )
        return (taken.key.wrapped.keyID, taken.isSettled)
    }

    @Test("One subject keeps its key; another subject, tenant or month has another")
    func slots() {
        let book = DataKeyBook()
        let first = take(book, Self.slot(1)).id
        #expect(take(book, Self.slot(1)).id == first)
        let others = [
            Self.slot(2), Self.slot(1, tenant: "other"), Self.slot(1, month: 12),
        ].map { take(book, $0).id }
        #expect(Set(others + [first]).count == 4)
    }

    @Test("A key is sent until it is settled")
    func settles() {
        let book = DataKeyBook()
        #expect(!take(book, Self.slot(1)).isSettled)
        #expect(!take(book, Self.slot(1)).isSettled)
        let key = book.key(
            Self.slot(1),
            uses: 1,
            under: wrapping,
            createdAt: VaultFixture.moment,
            now: 0
        ).key
        book.settle(key.wrapped)
        #expect(take(book, Self.slot(1)).isSettled)
    }

    @Test("A key is used no more often than it may be")
    func uses() {
        let book = DataKeyBook(usesMax: 10)
        let first = take(book, Self.slot(1), uses: 7).id
        #expect(take(book, Self.slot(1), uses: 3).id == first)
        #expect(take(book, Self.slot(1), uses: 1).id != first)
    }

    @Test("A key is used for no longer than it may be")
    func life() {
        let book = DataKeyBook(lifeSeconds: 60)
        let first = take(book, Self.slot(1), now: 0).id
        #expect(take(book, Self.slot(1), now: 60 * Self.second - 1).id == first)
        #expect(take(book, Self.slot(1), now: 60 * Self.second).id != first)
    }

    @Test("After a rotation new rows have keys under the new wrapping key")
    func rotation() {
        let book = DataKeyBook()
        let first = take(book, Self.slot(1)).id
        let next = TenantKeys.generate(tenant: "demo", name: "k2").currentWrapping
        let second = book.key(
            Self.slot(1),
            uses: 1,
            under: next,
            createdAt: VaultFixture.moment,
            now: 0
        ).key.wrapped
        #expect(second.keyID != first)
        #expect(second.wrappingKey == "k2")
    }

    @Test("However many subjects come, memory stays bounded and those in use keep their key")
    func bounded() {
        let book = DataKeyBook(entriesMax: 20)
        let kept = take(book, Self.slot(0)).id
        for number in 1...1_000 {
            _ = take(book, Self.slot(number))
            #expect(book.count <= 20)
            #expect(take(book, Self.slot(0)).id == kept)
        }
    }

    @Test("Many tasks at once get keys that open, no more than one in use for a subject at the end")
    func concurrent() async {
        let book = DataKeyBook()
        let wrapping = wrapping
        let ids = await withTaskGroup(of: UUIDBytes.self) { group in
            for number in 0..<200 {
                group.addTask {
                    book.key(
                        Self.slot(number % 4),
                        uses: 1,
                        under: wrapping,
                        createdAt: VaultFixture.moment,
                        now: 0
                    ).key.wrapped.keyID
                }
            }
            return await group.reduce(into: Set<UUIDBytes>()) { $0.insert($1) }
        }
        #expect(ids.count >= 4)
        #expect(book.count == 4)
    }

    @Test("Limits: a key stays far below the bound of random nonces")
    func limits() {
        #expect(Limits.dataKeyUsesMax <= 1 << 24)
        #expect(Limits.dataKeySeconds * 5 <= 300)
    }
}
