import Basics

extension CDSResponseChecker {
    /// Checks cards that are about to be written.
    ///
    /// What is the same in every answer was checked when it was prepared (`CardFrame`); what this
    /// answer alone says is looked at here. `CardFrame` and `Card.write(to:)` make the text, so
    /// this finds what the check of the text would find; a test holds the two against each other.
    package static func violations(in cards: [Card]) -> [Violation] {
        var violations: [Violation] = []
        var seen: Set<UUIDBytes> = []
        for (position, card) in cards.enumerated() {
            let place = "/cards/\(position)"
            if !seen.insert(card.uuid).inserted {
                violations.append(Violation(rule: .duplicateUUID, pointer: place + "/uuid"))
            }
            for (index, uuid) in card.suggestionIDs.enumerated()
            where !seen.insert(uuid).inserted {
                let here = "\(place)/suggestions/\(index)/uuid"
                violations.append(Violation(rule: .duplicateUUID, pointer: here))
            }
            if isBlank(card.summary) {
                violations.append(Violation(rule: .emptyValue, pointer: place + "/summary"))
            }
            // Each code unit takes a byte at least, so short texts need no count.
            if card.summary.utf8.count >= Limits.summaryUnitsEnd,
                card.summary.utf16.count >= Limits.summaryUnitsEnd
            {
                violations.append(Violation(rule: .summaryTooLong, pointer: place + "/summary"))
            }
            if let detail = card.detail, isBlank(detail) {
                violations.append(Violation(rule: .emptyValue, pointer: place + "/detail"))
            }
            for violation in card.frame.violations {
                violations.append(
                    Violation(rule: violation.rule, pointer: place + violation.pointer)
                )
            }
        }
        return violations
    }

    /// Whether a text shows nothing.
    private static func isBlank(_ text: String) -> Bool {
        !text.utf8.contains { $0 > 0x20 }
    }
}
