/// The texts of a model, each with its number; the numbers stand in the rows.
struct SymbolTable: Sendable {
    private(set) var texts = ["false", "true"]
    private var positions = ["false": 0, "true": 1]

    /// The number of a text, which is added when it is new.
    mutating func intern(_ text: String) -> Double {
        if let position = positions[text] { return Double(position) }
        positions[text] = texts.count
        texts.append(text)
        return Double(texts.count - 1)
    }

    /// The number of a text of the document.
    func code(of text: String) -> Double? {
        positions[text].map { Double($0) }
    }
}
