/// The check digits of terminologies.
package enum CheckDigits {
    /// The check digit of a LOINC number, answer or part: mod 10, from the right, each second
    /// place doubled (LOINC Users' Guide, appendix on the check digit).
    ///
    /// The letters of `LA`, `LP` and their like count as their place behind `0` in ASCII.
    package static func loinc(_ text: some StringProtocol) -> Int? {
        var sum = 0
        for (position, byte) in text.utf8.reversed().enumerated() {
            guard (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) else { return nil }
            let value = Int(byte) - 0x30
            sum += position % 2 == 0 ? 2 * value - value / 5 * 9 : value
        }
        return text.isEmpty ? nil : (10 - sum % 10) % 10
    }

    /// Whether a SNOMED CT identifier ends in its check digit, by Verhoeff's dihedral scheme
    /// (SNOMED CT Release File Specifications, section 5.5).
    package static func isSnomed(_ identifier: String) -> Bool {
        var check = 0
        for (position, character) in identifier.reversed().enumerated() {
            guard let digit = character.wholeNumberValue, character.isASCII else { return false }
            check = product(check, permuted(digit, times: position % 8))
        }
        return check == 0
    }

    /// The product in the dihedral group of the pentagon: 0 to 4 turn, 5 to 9 mirror.
    private static func product(_ left: Int, _ right: Int) -> Int {
        switch (left < 5, right < 5) {
        case (true, true): (left + right) % 5
        case (true, false): (left + right - 5) % 5 + 5
        case (false, true): (left - 5 - right + 5) % 5 + 5
        case (false, false): (left - right + 5) % 5
        }
    }

    private static func permuted(_ digit: Int, times: Int) -> Int {
        let permutation = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]
        var digit = digit
        for _ in 0..<times { digit = permutation[digit] }
        return digit
    }
}
