import Basics

/// Reads unit expressions (UCUM, sections 2 to 12; formal syntax of section 5).
///
///     mg/(kg.h)      symbol / ( symbol . symbol )
///     /min           / symbol
///     10*3{rbc}/uL   symbol exponent annotation / symbol
enum UCUMParser {
    /// A part of a unit expression.
    enum Token: Sendable {
        case multiply
        case divide
        case open
        case close
        case factor(BigInteger)
        case symbol(Symbol)
        case annotation(String)
    }

    /// A unit with prefix and exponent.
    struct Symbol: Sendable {
        var prefix: UCUMPrefix?
        var atom: UCUMAtom
        var exponent: Int?
    }

    /// Splits a text into tokens and checks its syntax.
    static func parse(
        _ text: String,
        atoms: [String: UCUMAtom]
    ) throws(UCUMError) -> [Token] {
        guard text.utf8.count <= Limits.ucumTextBytesMax else {
            throw UCUMError(code: .outOfRange, offset: Limits.ucumTextBytesMax)
        }
        var cursor = Cursor(bytes: Array(text.utf8))
        var tokens: [Token] = []
        var depth = 0
        if cursor.take(UInt8(ascii: "/")) { tokens.append(.divide) }
        repeat {
            while cursor.take(UInt8(ascii: "(")) {
                depth += 1
                guard depth <= Limits.ucumDepthMax else {
                    throw UCUMError(code: .outOfRange, offset: cursor.position - 1)
                }
                tokens.append(.open)
            }
            try component(&cursor, &tokens, atoms)
            while depth > 0, cursor.take(UInt8(ascii: ")")) {
                depth -= 1
                tokens.append(.close)
            }
        } while try operation(&cursor, &tokens)
        guard depth == 0 else { throw UCUMError(code: .syntax, offset: cursor.position) }
        return tokens
    }

    /// Takes an operator; `false` at the end of the text.
    private static func operation(
        _ cursor: inout Cursor,
        _ tokens: inout [Token]
    ) throws(UCUMError) -> Bool {
        guard cursor.current != nil else { return false }
        if cursor.take(UInt8(ascii: ".")) {
            tokens.append(.multiply)
        } else if cursor.take(UInt8(ascii: "/")) {
            tokens.append(.divide)
        } else {
            throw UCUMError(code: .syntax, offset: cursor.position)
        }
        return true
    }

    /// Takes a factor or a unit, with the annotation behind it, or an annotation alone.
    private static func component(
        _ cursor: inout Cursor,
        _ tokens: inout [Token],
        _ atoms: [String: UCUMAtom]
    ) throws(UCUMError) {
        let start = cursor.position
        if let annotation = try cursor.annotation() {
            tokens.append(.annotation(annotation))
            return
        }
        if let digits = cursor.factor() {
            guard digits.utf8.count <= Limits.ucumFactorDigitsMax,
                let value = BigInteger(decimalDigits: digits), !value.isZero
            else { throw UCUMError(code: .outOfRange, offset: start) }
            tokens.append(.factor(value))
        } else {
            let text = cursor.symbol()
            guard !text.isEmpty else { throw UCUMError(code: .syntax, offset: start) }
            guard var symbol = resolve(text, atoms) else {
                throw UCUMError(code: .unknownUnit, offset: start)
            }
            symbol.exponent = try cursor.exponent()
            tokens.append(.symbol(symbol))
        }
        if let annotation = try cursor.annotation() { tokens.append(.annotation(annotation)) }
    }

    /// Finds a unit: the whole text first, then a prefix before a metric unit.
    private static func resolve(_ text: String, _ atoms: [String: UCUMAtom]) -> Symbol? {
        if let atom = atoms[text] { return Symbol(prefix: nil, atom: atom, exponent: nil) }
        for prefix in UCUMPrefix.all where text.utf8.starts(with: prefix.code.utf8) {
            let rest = String(text.dropFirst(prefix.code.count))
            guard let atom = atoms[rest], atom.isMetric else { continue }
            return Symbol(prefix: prefix, atom: atom, exponent: nil)
        }
        return nil
    }

    // MARK: Meaning

    /// What the tokens of an expression amount to; an explicit stack stands for the parentheses.
    static func measure(of tokens: [Token]) throws(UCUMError) -> UCUMMeasure {
        var outer: [(measure: UCUMMeasure, isDivision: Bool)] = []
        var product = UCUMMeasure(.one)
        var isDivision = false
        for token in tokens {
            switch token {
            case .multiply: isDivision = false
            case .divide: isDivision = true
            case .annotation: break
            case .open:
                outer.append((product, isDivision))
                (product, isDivision) = (UCUMMeasure(.one), false)
            case .close:
                guard let last = outer.popLast() else {
                    throw UCUMError(code: .syntax, offset: 0)
                }
                product = last.measure.combined(with: product, isDivision: last.isDivision)
            case .factor(let value):
                let number = UCUMMeasure(Rational(value, over: BigInteger(1)))
                product = product.combined(with: number, isDivision: isDivision)
            case .symbol(let symbol):
                var atom = symbol.atom.measure
                if let prefix = symbol.prefix { atom = atom.scaled(by: prefix.factor) }
                let exponent = symbol.exponent ?? 1
                try check(bitCount: atom.magnitude.bitCount * abs(exponent))
                product = product.combined(
                    with: atom.raised(to: exponent),
                    isDivision: isDivision
                )
            }
            try check(bitCount: product.magnitude.bitCount)
            try check(bitCount: product.special?.factor.bitCount ?? 0)
        }
        return product
    }

    private static func check(bitCount: Int) throws(UCUMError) {
        guard bitCount <= Limits.ucumMagnitudeBitsMax else {
            throw UCUMError(code: .outOfRange, offset: 0)
        }
    }
}
