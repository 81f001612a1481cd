import Basics
import Crypto
import Testing

@Suite("AuthenticationKey")
struct AuthenticationKeyTests {
    @Test("HMAC-SHA-256 gives the vectors of RFC 4231, test cases 1, 3 and 6")
    func vectors() {
        let first = AuthenticationKey([UInt8](repeating: 0x0b, count: 20))
        #expect(
            Hexadecimal.text(first.authenticate("Hi There"))
                == "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        )
        let third = AuthenticationKey([UInt8](repeating: 0xaa, count: 20))
        #expect(
            Hexadecimal.text(third.authenticate([UInt8](repeating: 0xdd, count: 50)))
                == "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
        )
        let sixth = AuthenticationKey([UInt8](repeating: 0xaa, count: 131))
        #expect(
            Hexadecimal.text(
                sixth.authenticate("Test Using Larger Than Block-Size Key - Hash Key First")
            ) == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        )
    }

    @Test("A key gives the same code every time, from many tasks at once")
    func isReusable() async {
        let key = AuthenticationKey([UInt8](repeating: 7, count: 32))
        let expected = key.authenticate("x")
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<64 {
                group.addTask {
                    (0..<50).allSatisfy { _ in key.authenticate("x") == expected }
                }
            }
            for await isSame in group { #expect(isSame) }
        }
        #expect(key.authenticate("y") != expected)
    }

    @Test("The borders between parts are part of what is authenticated")
    func partsAreKeptApart() {
        let key = AuthenticationKey([UInt8](repeating: 7, count: 32))
        #expect(key.authenticate(parts: ["ab", "c"]) != key.authenticate(parts: ["a", "bc"]))
        #expect(key.authenticate(parts: ["a"]) != key.authenticate(parts: ["a", ""]))
        #expect(key.authenticate(parts: ["a", "b"]) == key.authenticate(parts: ["a", "b"]))
    }

    @Test("A derived identifier is a version 8 UUID and depends on the key")
    func identifier() {
        let key = AuthenticationKey([UInt8](repeating: 7, count: 32))
        let other = AuthenticationKey([UInt8](repeating: 8, count: 32))
        let made = key.identifier(parts: ["hook", "card"])
        #expect(made == key.identifier(parts: ["hook", "card"]))
        #expect(made != other.identifier(parts: ["hook", "card"]))
        #expect(made.high >> 12 & 15 == 8)
        #expect(made.low >> 62 == 2)
    }

    @Test("A code is accepted only whole and unchanged")
    func validation() {
        let key = AuthenticationKey([UInt8](repeating: 7, count: 32))
        let message = Array("message".utf8)
        var code = key.authenticate(message)
        #expect(key.isValid(code, for: message))
        #expect(!key.isValid(code.dropLast(), for: message))
        #expect(!key.isValid([], for: message))
        for position in code.indices {
            code[position] ^= 1
            #expect(!key.isValid(code, for: message))
            code[position] ^= 1
        }
    }

    @Test("A key below the shortest length stops the process")
    func shortKey() async {
        await #expect(processExitsWith: .failure) {
            _ = AuthenticationKey([UInt8](repeating: 1, count: 15))
        }
    }
}
