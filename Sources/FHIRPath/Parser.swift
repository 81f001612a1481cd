import Basics

/// Reads an expression into a `Program` by precedence climbing.
///
/// How deep it recurses is bounded by `Limits.fhirPathDepthMax`, and so is the depth of the tree.
struct Parser {
    private let tokens: [Lexer.Token]
    private let allowedVariables: Set<String>?
    private var position = 0
    private var depth = 0
    private var program = Program.Draft()
    /// The depth of the tree below each node.
    private var depths: [Int] = []
    private var definedVariables: Set<String> = []

    static let languageVariables: Set<String> = [
        "context", "resource", "rootResource", "ucum", "sct", "loinc",
    ]

    init(text: String, allowedVariables: Set<String>?) throws(FHIRPathError) {
        guard text.utf8.count <= Limits.fhirPathBytesMax else {
            throw FHIRPathError(code: .limitExceeded, offset: Limits.fhirPathBytesMax)
        }
        var lexer = Lexer(text)
        tokens = try lexer.tokens()
        self.allowedVariables = allowedVariables
    }

    /// Reads the whole text as one expression.
    mutating func parse() throws(FHIRPathError) -> Program {
        let root = try expression(minimum: 0)
        guard current.kind == .end else { throw fault() }
        return Program(program, root: root)
    }

    // MARK: Tokens

    private var current: Lexer.Token { tokens[position] }

    private func fault(_ code: FHIRPathError.Code = .syntax) -> FHIRPathError {
        FHIRPathError(code: code, offset: current.offset)
    }

    private mutating func take(_ symbol: String) -> Bool {
        guard current.kind == .symbol(symbol) else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ symbol: String) throws(FHIRPathError) {
        guard take(symbol) else { throw fault() }
    }

    private mutating func identifier() throws(FHIRPathError) -> String {
        switch current.kind {
        case .identifier(let name), .delimitedIdentifier(let name):
            position += 1
            return name
        case .string, .integer, .decimal, .date, .dateTime, .time, .special, .symbol, .end:
            throw fault()
        }
    }

    // MARK: Nodes

    private mutating func add(
        _ kind: Program.Kind,
        at offset: Int,
        from start: Int? = nil,
        over children: [Int] = []
    ) throws(FHIRPathError) -> Int {
        let below = children.map { depths[$0] }.max() ?? 0
        guard below < Limits.fhirPathDepthMax else {
            throw FHIRPathError(code: .limitExceeded, offset: offset)
        }
        let start = start ?? offset
        let end = position > 0 ? tokens[position - 1].end : start
        let span = start..<max(start, end)
        program.nodes.append(Program.Node(kind: kind, offset: offset, span: span))
        depths.append(below + 1)
        return program.nodes.count - 1
    }

    // MARK: Expressions

    private mutating func expression(minimum: Int) throws(FHIRPathError) -> Int {
        guard depth < Limits.fhirPathDepthMax else { throw fault(.limitExceeded) }
        depth += 1
        defer { depth -= 1 }
        let start = current.offset
        var left = try unary()
        while true {
            let offset = current.offset
            if let operation = typeOperator, minimum <= 8 {
                position += 1
                let type = try typeSpecifier()
                left = try add(
                    .typed(operation, base: left, type: type),
                    at: offset,
                    from: start,
                    over: [left]
                )
                continue
            }
            guard let operation = binaryOperator, operation.precedence >= minimum else {
                return left
            }
            position += 1
            let right = try expression(minimum: operation.precedence + 1)
            left = try add(
                .binary(operation, left, right),
                at: offset,
                from: start,
                over: [left, right]
            )
        }
    }

    private var typeOperator: Program.TypeOperation? {
        if current.kind == .identifier("is") { return .isType }
        return current.kind == .identifier("as") ? .asType : nil
    }

    private var binaryOperator: BinaryOperator? {
        switch current.kind {
        case .symbol(let text), .identifier(let text): BinaryOperator(rawValue: text)
        case .delimitedIdentifier, .string, .integer, .decimal, .date, .dateTime, .time, .special,
            .end:
            nil
        }
    }

    /// A sign binds weaker than a path, so `-1.abs()` is `-(1.abs())`.
    private mutating func unary() throws(FHIRPathError) -> Int {
        guard depth < Limits.fhirPathDepthMax else { throw fault(.limitExceeded) }
        depth += 1
        defer { depth -= 1 }
        let offset = current.offset
        if take("-") {
            let operand = try unary()
            return try add(.negate(operand), at: offset, over: [operand])
        }
        if take("+") {
            let operand = try unary()
            return try add(.plus(operand), at: offset, over: [operand])
        }
        return try path()
    }

    private mutating func path() throws(FHIRPathError) -> Int {
        let start = current.offset
        var base = try term()
        while true {
            let offset = current.offset
            if take(".") {
                base = try invocation(on: base, from: start)
            } else if take("[") {
                let index = try expression(minimum: 0)
                try expect("]")
                base = try add(
                    .indexer(base: base, index: index),
                    at: offset,
                    from: start,
                    over: [base, index]
                )
            } else {
                return base
            }
        }
    }

    private mutating func invocation(
        on base: Int?,
        from start: Int
    ) throws(FHIRPathError) -> Int {
        let token = current
        switch token.kind {
        case .special: return try special()
        case .identifier(let name), .delimitedIdentifier(let name):
            position += 1
            if take("(") { return try call(name, on: base, at: token.offset, from: start) }
            program.names.append(MemberName(name))
            return try add(
                .member(program.names.count - 1, base: base),
                at: token.offset,
                from: start,
                over: base.map { [$0] } ?? []
            )
        case .string, .integer, .decimal, .date, .dateTime, .time, .symbol, .end: throw fault()
        }
    }

    private mutating func special() throws(FHIRPathError) -> Int {
        let offset = current.offset
        guard case .special(let name) = current.kind else { throw fault() }
        position += 1
        switch name {
        case "this": return try add(.this, at: offset)
        case "index": return try add(.index, at: offset)
        default: return try add(.total, at: offset)
        }
    }

    private mutating func term() throws(FHIRPathError) -> Int {
        let token = current
        switch token.kind {
        case .symbol("("):
            position += 1
            let inner = try expression(minimum: 0)
            try expect(")")
            return inner
        case .symbol("{"):
            position += 1
            try expect("}")
            return try add(.empty, at: token.offset)
        case .symbol("%"):
            position += 1
            return try variable(at: token.offset)
        case .identifier("true"):
            position += 1
            return try literal(.boolean(true), at: token.offset)
        case .identifier("false"):
            position += 1
            return try literal(.boolean(false), at: token.offset)
        case .identifier, .delimitedIdentifier, .special:
            return try invocation(on: nil, from: token.offset)
        case .string, .integer, .decimal, .date, .dateTime, .time: return try literal()
        case .symbol, .end: throw fault()
        }
    }

    // MARK: Literals

    private mutating func literal(
        _ value: FHIRPathValue,
        at offset: Int
    ) throws(FHIRPathError) -> Int {
        program.literals.append(.value(value))
        return try add(.literal(program.literals.count - 1), at: offset)
    }

    private mutating func literal() throws(FHIRPathError) -> Int {
        let token = current
        position += 1
        switch token.kind {
        case .string(let text): return try literal(.string(text), at: token.offset)
        case .date(let date): return try literal(.date(date), at: token.offset)
        case .dateTime(let date): return try literal(.dateTime(date), at: token.offset)
        case .time(let time): return try literal(.time(time), at: token.offset)
        case .integer(let number):
            guard let unit = unit() else { return try literal(.integer(number), at: token.offset) }
            let quantity = FHIRPathQuantity(value: DecimalNumber(number), unit: unit)
            return try literal(.quantity(quantity), at: token.offset)
        case .decimal(let number):
            guard let unit = unit() else { return try literal(.decimal(number), at: token.offset) }
            let quantity = FHIRPathQuantity(value: number, unit: unit)
            return try literal(.quantity(quantity), at: token.offset)
        case .identifier, .delimitedIdentifier, .special, .symbol, .end: throw fault()
        }
    }

    private mutating func unit() -> FHIRPathQuantity.Unit? {
        switch current.kind {
        case .string(let text):
            position += 1
            return .ucum(text)
        case .identifier(let word):
            guard let unit = CalendarUnit(word: word) else { return nil }
            position += 1
            return .calendar(unit)
        case .delimitedIdentifier, .integer, .decimal, .date, .dateTime, .time, .special, .symbol,
            .end:
            return nil
        }
    }

    // MARK: Variables

    private mutating func variable(at offset: Int) throws(FHIRPathError) -> Int {
        let name: String
        if case .string(let text) = current.kind {
            name = text
            position += 1
        } else {
            name = try identifier()
        }
        if let constant = Self.constant(name) {
            return try literal(.string(constant), at: offset)
        }
        if !definedVariables.contains(name) {
            let isAllowed =
                allowedVariables.map {
                    $0.contains(name) || Self.languageVariables.contains(name)
                } ?? true
            guard isAllowed else { throw FHIRPathError(code: .unknownVariable, offset: offset) }
            if !program.readVariables.contains(name) { program.readVariables.append(name) }
        }
        program.variables.append(name)
        return try add(.variable(program.variables.count - 1), at: offset)
    }

    /// The constants of FHIRPath and FHIR (R4, section 2.9.1.4).
    private static func constant(_ name: String) -> String? {
        switch name {
        case "ucum": return "http://unitsofmeasure.org"
        case "sct": return "http://snomed.info/sct"
        case "loinc": return "http://loinc.org"
        default:
            if name.hasPrefix("vs-") { return "http://hl7.org/fhir/ValueSet/" + name.dropFirst(3) }
            guard name.hasPrefix("ext-") else { return nil }
            return "http://hl7.org/fhir/StructureDefinition/" + name.dropFirst(4)
        }
    }

    // MARK: Calls

    private mutating func call(
        _ name: String,
        on base: Int?,
        at offset: Int,
        from start: Int
    ) throws(FHIRPathError) -> Int {
        if let operation = typeFunction(name) {
            let type = try typeSpecifier()
            try expect(")")
            return try add(
                .typed(operation, base: base, type: type),
                at: offset,
                from: start,
                over: base.map { [$0] } ?? []
            )
        }
        guard let function = FunctionName(rawValue: name) else {
            throw FHIRPathError(code: .unknownFunction, offset: offset)
        }
        guard !function.isUnsupported else {
            throw FHIRPathError(code: .unsupported, offset: offset)
        }
        let arguments = try arguments(of: function)
        guard function.argumentCount.contains(arguments.count) else {
            throw FHIRPathError(code: .wrongArgumentCount, offset: offset)
        }
        try checkLiterals(of: function, arguments)
        let first = program.arguments.count
        program.arguments += arguments
        return try add(
            .call(function, base: base, first: first, count: arguments.count),
            at: offset,
            from: start,
            over: arguments + (base.map { [$0] } ?? [])
        )
    }

    private func typeFunction(_ name: String) -> Program.TypeOperation? {
        switch name {
        case "is": .isType
        case "as": .asType
        case "ofType": .ofType
        default: nil
        }
    }

    private mutating func arguments(of function: FunctionName) throws(FHIRPathError) -> [Int] {
        var arguments: [Int] = []
        guard !take(")") else { return arguments }
        if function == .getReferenceKey {
            // The argument names a type, as that of `ofType` does.
            let offset = current.offset
            guard let type = program.types[try typeSpecifier()].fhir else {
                throw FHIRPathError(code: .unknownElement, offset: offset)
            }
            try expect(")")
            return [try literal(.string(type.name), at: offset)]
        }
        repeat {
            var argument = try expression(minimum: 0)
            if function == .sort { argument = try sortKey(argument) }
            arguments.append(argument)
        } while take(",")
        try expect(")")
        return arguments
    }

    /// A key with a minus, or with `desc` behind it, is ordered from high to low.
    private mutating func sortKey(_ key: Int) throws(FHIRPathError) -> Int {
        if case .identifier("desc") = current.kind {
            position += 1
            return try add(.descending(key), at: program.nodes[key].offset, over: [key])
        }
        if case .identifier("asc") = current.kind { position += 1 }
        guard case .negate(let inner) = program.nodes[key].kind else { return key }
        return try add(.descending(inner), at: program.nodes[key].offset, over: [inner])
    }

    /// Checks what can be known of literal arguments: names defined, regular expressions.
    private mutating func checkLiterals(
        of function: FunctionName,
        _ arguments: [Int]
    ) throws(FHIRPathError) {
        guard let first = arguments.first, case .literal(let index) = program.nodes[first].kind,
            case .value(.string(let text)) = program.literals[index]
        else {
            return
        }
        if function == .defineVariable {
            // The names of the language cannot be given another meaning.
            guard !Self.languageVariables.contains(text) else {
                throw FHIRPathError(
                    code: .unknownVariable,
                    offset: program.nodes[first].offset
                )
            }
            definedVariables.insert(text)
        }
        if function == .matches || function == .matchesFull || function == .replaceMatches {
            do throws(RegularExpression.Fault) {
                _ = try RegularExpression(text)
            } catch {
                throw FHIRPathError(code: error.code, offset: program.nodes[first].offset)
            }
        }
    }

    private mutating func typeSpecifier() throws(FHIRPathError) -> Int {
        let offset = current.offset
        var parts = [try identifier()]
        while take(".") { parts.append(try identifier()) }
        guard let type = TypeSpecifier(parts) else {
            throw FHIRPathError(code: .unknownElement, offset: offset)
        }
        program.types.append(type)
        return program.types.count - 1
    }
}
