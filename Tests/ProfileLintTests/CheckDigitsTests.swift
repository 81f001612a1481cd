import ProfileLint
import Testing

@Suite("Check digits")
struct CheckDigitsTests {
    @Test(
        "LOINC numbers end in their mod 10 digit",
        arguments: [
            "8310-5", "8867-4", "9279-1", "85354-9", "2708-6", "3151-8", "LA15173-0", "LA9340-6",
        ]
    )
    func loinc(_ code: String) throws {
        let parts = code.split(separator: "-")
        let digit = try #require(CheckDigits.loinc(parts[0]))
        #expect(String(digit) == parts[1])
    }

    @Test("No text but digits has a LOINC check digit", arguments: ["", "83a0", "８３１０", "83 0"])
    func noDigits(_ text: String) {
        #expect(CheckDigits.loinc(text) == nil)
    }

    @Test(
        "SNOMED CT identifiers end in their Verhoeff digit",
        arguments: ["276885007", "431314004", "722742002", "1104441000000107", "77386006"]
    )
    func snomed(_ code: String) {
        #expect(CheckDigits.isSnomed(code))
        // Each digit changed by one, and each pair swapped, is noticed.
        let digits = code.compactMap(\.wholeNumberValue)
        for position in digits.indices {
            var changed = digits
            changed[position] = (changed[position] + 1) % 10
            #expect(!CheckDigits.isSnomed(changed.map(String.init).joined()))
            guard position > 0, digits[position] != digits[position - 1] else { continue }
            var swapped = digits
            swapped.swapAt(position, position - 1)
            #expect(!CheckDigits.isSnomed(swapped.map(String.init).joined()))
        }
    }
}
