import Basics
import Crypto
import Testing

@Suite("UUIDs")
struct UUIDTests {
    @Test("Version 5 gives the example of RFC 9562, appendix A.4")
    func version5() throws {
        let namespace = try #require(UUIDBytes(text: "6ba7b810-9dad-11d1-80b4-00c04fd430c8"))
        #expect(
            UUIDBytes.version5(namespace: namespace, name: "www.example.com").text
                == "2ed6657d-e927-568b-95e1-2665a8aea6a2"
        )
    }

    @Test("Version 7 begins with the milliseconds of RFC 9562, appendix A.6")
    func version7() {
        let moment = Instant(microseconds: 0x017F_22E2_79B0 * 1_000)
        let made = UUIDBytes.version7(at: moment, randomBits: .max)
        #expect(made.text == "017f22e2-79b0-7000-bfff-ffffffffffff")
    }

    @Test("Version 7 sorts by the microsecond")
    func version7Sorts() {
        var last: UInt64 = 0
        for microsecond in 1_795_000_000_000_000..<1_795_000_000_002_500 {
            let made = UUIDBytes.version7(at: Instant(microseconds: Int64(microsecond)))
            #expect(made.high > last)
            #expect(made.high >> 12 & 15 == 7)
            #expect(made.low >> 62 == 2)
            last = made.high
        }
    }

    @Test("A moment before 1970 is held at the epoch")
    func beforeTheEpoch() {
        let made = UUIDBytes.version7(at: Instant(microseconds: -1), randomBits: 0)
        #expect(made.high == 0x7000)
    }

    @Test("Version 4 is random with its version and variant set")
    func version4() {
        let made = (0..<100).map { _ in UUIDBytes.version4() }
        #expect(Set(made).count == 100)
        #expect(made.allSatisfy { $0.high >> 12 & 15 == 4 && $0.low >> 62 == 2 })
    }
}
