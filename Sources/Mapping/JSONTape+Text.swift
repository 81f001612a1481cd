import JSON

extension JSONTape {
    /// Whether two strings have the same text, their escapes resolved.
    func isSameText(_ place: JSONPlace, _ other: JSONPlace) -> Bool {
        isSameText(place, as: other, on: self)
    }

    /// Whether a string has the text of one on another tape; no string has that of another value.
    func isSameText(_ place: JSONPlace, as other: JSONPlace, on tape: JSONTape) -> Bool {
        let isSame = withText(place) { text in
            tape.withText(other) { otherText in
                guard text.count == otherText.count else { return false }
                for index in text.indices where text[index] != otherText[index] { return false }
                return true
            } ?? false
        }
        return isSame ?? false
    }
}
