import ClinicalEngine

/// Reads rows of numbers (PMML 4.4, General Structure, Array and REAL-SparseArray).
enum NumberArray {
    /// The numbers of the one array that an element holds.
    static func read(_ element: Element, count: Int) throws(PMMLError) -> [Double] {
        guard let array = element.children.first, element.children.count == 1 else {
            throw element.error(.invalid)
        }
        switch array.name {
        case "Array":
            let texts = try FieldOperand.array(array)
            guard texts.count == count else { throw array.error(.invalid, attribute: "n") }
            var numbers: [Double] = []
            for text in texts {
                guard let number = Element.number(text) else { throw array.error(.invalid) }
                numbers.append(number)
            }
            return numbers
        case "REAL-SparseArray", "INT-SparseArray":
            return try sparse(array, count: count)
        default:
            throw array.error(.unsupported)
        }
    }

    /// Numbers at positions from one; all others are the default.
    private static func sparse(_ element: Element, count: Int) throws(PMMLError) -> [Double] {
        try element.allow(["n", "defaultValue"])
        if let stated = try element.count("n"), stated != count {
            throw element.error(.invalid, attribute: "n")
        }
        var positions: [String] = []
        var entries: [String] = []
        for child in element.children {
            try child.allow([])
            try child.allowNoChildren()
            switch child.name {
            case "Indices": positions += Self.words(child.text)
            case "REAL-Entries", "INT-Entries": entries += Self.words(child.text)
            default: throw child.error(.unsupported)
            }
        }
        guard positions.count == entries.count else { throw element.error(.invalid) }
        var numbers = [Double](repeating: try element.number("defaultValue") ?? 0, count: count)
        var last = 0
        for (text, entry) in zip(positions, entries) {
            guard let position = Int(text), position > last, position <= count,
                let number = Element.number(entry)
            else { throw element.error(.invalid) }
            numbers[position - 1] = number
            last = position
        }
        return numbers
    }

    private static func words(_ text: String) -> [String] {
        text.split(whereSeparator: \.isWhitespace).map(String.init)
    }
}
