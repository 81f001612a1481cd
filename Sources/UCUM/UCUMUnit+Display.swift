import Basics

extension UCUMUnit {
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
