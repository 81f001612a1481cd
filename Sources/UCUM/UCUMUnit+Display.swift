import Basics

extension UCUMUnit {
    /// A text in words, also the empty one, which is no unit expression but is shown as unity.
    ///
    /// The functional tests of UCUM refuse the empty text (case 1-103) and show it (case 2-101).
    ///
    /// - Throws: `UCUMError`, as reading the unit does.
    package static func displayName(of text: String) throws(UCUMError) -> String {
        text.isEmpty ? "(unity)" : try UCUMUnit(parsing: text).displayName
    }

    /// The unit in words, such as `(millimeter) / (second)`, in the style of the UCUM test suite.
    package var displayName: String {
        guard let tokens = try? UCUMParser.parse(text, atoms: UCUMTable.atoms) else { return text }
        var name = ""
        var isBehindOperand = false
        for token in tokens {
            switch token {
            case .multiply: name += " * "
            case .divide: name += name.isEmpty ? "1 / " : " / "
            case .open: name += "("
            case .close: name += ")"
            case .factor(let value): name += value.description
            case .annotation(let text): name += (isBehindOperand ? " " : "") + text
            case .symbol(let symbol):
                let power = symbol.exponent.map { " ^ \($0)" } ?? ""
                name += "(\(symbol.prefix?.name ?? "")\(symbol.atom.name)\(power))"
            }
            switch token {
            case .multiply, .divide, .open: isBehindOperand = false
            case .close, .factor, .annotation, .symbol: isBehindOperand = true
            }
        }
        return name
    }
}
