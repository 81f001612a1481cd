import ClinicalEngine

/// Reads the constants with which a field is compared.
enum FieldOperand {
    /// The operand that a text stands for; `nil` when the field cannot have that value.
    static func read(_ text: String, _ field: FieldDefinition) -> Predicate.Operand? {
        switch field.kind {
        case .continuous:
            return Element.number(text).map { .number($0) }
        case .categorical, .ordinal:
            let isClosed = field.values.contains { $0.role == .valid }
            if field.values.contains(where: { $0.text == text }) { return .category(text) }
            if !isClosed {
                guard field.isNumeric else { return .category(text) }
                return Element.number(text).map { .number($0) }
            }
            // Categories written as numbers are the same when their numbers are ("1", "1.0").
            guard field.isNumeric, let number = Element.number(text) else { return nil }
            return field.values.contains { $0.number == number } ? .number(number) : nil
        }
    }

    /// The values of an Array element (PMML 4.4, General Structure, Array).
    ///
    /// They are separated by white space; one with spaces stands in quotes, where a backslash
    /// goes before a quote that belongs to the value.
    static func array(_ element: Element) throws(PMMLError) -> [String] {
        try element.allow(["n", "type"])
        try element.allowNoChildren()
        guard ["int", "real", "string"].contains(try element.required("type")) else {
            throw element.error(.unsupported, attribute: "type")
        }
        guard let values = split(element.text) else { throw element.error(.invalid) }
        if let count = try element.count("n"), count != values.count {
            throw element.error(.invalid, attribute: "n")
        }
        return values
    }

    private static func split(_ text: String) -> [String]? {
        var values: [String] = []
        var current = ""
        var isQuoted = false
        var isEscaped = false
        var isOpen = false
        for character in text {
            if isEscaped {
                if character != "\"" { current.append("\\") }
                current.append(character)
                isEscaped = false
            } else if isQuoted, character == "\\" {
                isEscaped = true
            } else if character == "\"" {
                // A quote opens only at the start of a value and closes only at its end.
                guard isQuoted || !isOpen else { return nil }
                if isQuoted { values.append(current); current = "" }
                isOpen = !isQuoted
                isQuoted.toggle()
            } else if isQuoted || !character.isWhitespace {
                isOpen = true
                current.append(character)
            } else if isOpen {
                values.append(current)
                current = ""
                isOpen = false
            }
        }
        guard !isQuoted else { return nil }
        if isOpen { values.append(current) }
        return values
    }
}
