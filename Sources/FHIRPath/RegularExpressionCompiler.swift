import Basics

/// Translates a pattern into the program of a `RegularExpression`.
struct RegularExpressionCompiler {
    private let pattern: [Unicode.Scalar]
    private var position = 0
    private var depth = 0
    private(set) var instructions: [RegularExpression.Instruction] = []
    private(set) var classes: [RegularExpression.ScalarClass] = []
    private(set) var groupCount = 1
    private(set) var groupNames: [String: Int] = [:]

    static let wordRanges: [ClosedRange<UInt32>] = [48...57, 65...90, 95...95, 97...122]
    private static let digitRanges: [ClosedRange<UInt32>] = [48...57]
    private static let spaceRanges: [ClosedRange<UInt32>] = [9...13, 32...32, 160...160]

    typealias Fault = RegularExpression.Fault

    init(_ pattern: String) {
        self.pattern = Array(pattern.unicodeScalars)
    }

    mutating func compile() throws(Fault) {
        try emit(.save(0))
        try alternation()
        guard position == pattern.count else { throw Fault(code: .syntax) }
        try emit(.save(1))
        try emit(.match)
    }

    private var current: Unicode.Scalar? { position < pattern.count ? pattern[position] : nil }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard current == scalar else { return false }
        position += 1
        return true
    }

    private mutating func emit(_ instruction: RegularExpression.Instruction) throws(Fault) {
        guard instructions.count < Limits.regularExpressionInstructionsMax else {
            throw Fault(code: .limitExceeded)
        }
        instructions.append(instruction)
    }

    /// Makes room for an instruction in front of a part, whose targets then move.
    private mutating func insert(
        _ instruction: RegularExpression.Instruction,
        at index: Int
    ) throws(Fault) {
        try emit(.match)
        for later in stride(from: instructions.count - 1, to: index, by: -1) {
            instructions[later] = Self.moved(instructions[later - 1], by: 1, from: index)
        }
        instructions[index] = instruction
    }

    private static func moved(
        _ instruction: RegularExpression.Instruction,
        by distance: Int,
        from index: Int
    ) -> RegularExpression.Instruction {
        switch instruction {
        case .split(let preferred, let other):
            .split(
                preferred: preferred >= index ? preferred + distance : preferred,
                other: other >= index ? other + distance : other
            )
        case .jump(let target): .jump(target >= index ? target + distance : target)
        case .scalar, .any, .oneOf, .save, .start, .end, .wordBoundary, .match: instruction
        }
    }

    // MARK: Structure

    private mutating func alternation() throws(Fault) {
        guard depth < Limits.jsonDepthMax else { throw Fault(code: .limitExceeded) }
        depth += 1
        defer { depth -= 1 }
        var start = instructions.count
        var jumps: [Int] = []
        try sequence()
        while take("|") {
            try insert(.split(preferred: start + 1, other: 0), at: start)
            jumps = jumps.map { $0 >= start ? $0 + 1 : $0 }
            jumps.append(instructions.count)
            try emit(.jump(0))
            instructions[start] = .split(preferred: start + 1, other: instructions.count)
            start = instructions.count
            try sequence()
        }
        for jump in jumps { instructions[jump] = .jump(instructions.count) }
    }

    private mutating func sequence() throws(Fault) {
        while let scalar = current, scalar != "|", scalar != ")" {
            let start = instructions.count
            try atom()
            try repetition(of: start)
        }
    }

    private mutating func repetition(of start: Int) throws(Fault) {
        while let (lower, upper) = try bounds() {
            let isLazy = take("?")
            guard !take("+") else { throw Fault(code: .unsupported) }
            let body = Array(instructions[start...])
            instructions.removeLast(body.count)
            for _ in 0..<lower { try append(body, from: start) }
            if let upper {
                guard upper >= lower else { throw Fault(code: .syntax) }
                try appendOptional(body, from: start, count: upper - lower, isLazy: isLazy)
            } else {
                let loop = instructions.count
                try emit(.match)
                try append(body, from: start)
                try emit(.jump(loop))
                let end = instructions.count
                instructions[loop] =
                    isLazy
                    ? .split(preferred: end, other: loop + 1)
                    : .split(preferred: loop + 1, other: end)
            }
        }
    }

    private mutating func appendOptional(
        _ body: [RegularExpression.Instruction],
        from start: Int,
        count: Int,
        isLazy: Bool
    ) throws(Fault) {
        var splits: [Int] = []
        for _ in 0..<count {
            splits.append(instructions.count)
            try emit(.match)
            try append(body, from: start)
        }
        let end = instructions.count
        for split in splits {
            instructions[split] =
                isLazy
                ? .split(preferred: end, other: split + 1)
                : .split(preferred: split + 1, other: end)
        }
    }

    private mutating func append(
        _ body: [RegularExpression.Instruction],
        from start: Int
    ) throws(Fault) {
        let distance = instructions.count - start
        for instruction in body {
            try emit(Self.moved(instruction, by: distance, from: start))
        }
    }

    /// Reads `*`, `+`, `?`, `{n}`, `{n,}` or `{n,m}`.
    private mutating func bounds() throws(Fault) -> (lower: Int, upper: Int?)? {
        if take("*") { return (0, nil) }
        if take("+") { return (1, nil) }
        if take("?") { return (0, 1) }
        let start = position
        guard take("{") else { return nil }
        guard let lower = try number() else {
            // A brace that begins no count stands for itself, and is read as an atom.
            position = start
            return nil
        }
        if take("}") { return (lower, lower) }
        guard take(",") else { throw Fault(code: .syntax) }
        if take("}") { return (lower, nil) }
        guard let upper = try number(), take("}") else { throw Fault(code: .syntax) }
        return (lower, upper)
    }

    private mutating func number() throws(Fault) -> Int? {
        var value: Int?
        while let scalar = current, ("0"..."9").contains(scalar) {
            value = (value ?? 0) * 10 + Int(scalar.value - 48)
            guard value ?? 0 <= 1_000 else { throw Fault(code: .limitExceeded) }
            position += 1
        }
        return value
    }

    // MARK: Atoms

    private mutating func atom() throws(Fault) {
        guard let scalar = current else { throw Fault(code: .syntax) }
        position += 1
        switch scalar {
        case ".": try emit(.any)
        case "^": try emit(.start)
        case "$": try emit(.end)
        case "(": try group()
        case "[": try characterClass()
        case "\\": try escape()
        case "*", "+", "?": throw Fault(code: .syntax)
        default: try emit(.scalar(scalar.value))
        }
    }

    private mutating func group() throws(Fault) {
        if take("?") {
            guard take("<") else {
                guard take(":") else { throw Fault(code: .unsupported) }
                try alternation()
                guard take(")") else { throw Fault(code: .syntax) }
                return
            }
            // A named group counts like any other; look-behind is refused.
            guard current != "=", current != "!" else { throw Fault(code: .unsupported) }
            let start = position
            while let scalar = current, scalar != ">" {
                _ = scalar
                position += 1
            }
            let name = String(String.UnicodeScalarView(pattern[start..<position]))
            guard take(">"), !name.isEmpty, groupNames[name] == nil else {
                throw Fault(code: .syntax)
            }
            groupNames[name] = groupCount
        }
        let group = groupCount
        groupCount += 1
        try emit(.save(2 * group))
        try alternation()
        guard take(")") else { throw Fault(code: .syntax) }
        try emit(.save(2 * group + 1))
    }

    private mutating func emit(
        _ ranges: [ClosedRange<UInt32>],
        isInverted: Bool
    ) throws(Fault) {
        classes.append(.init(ranges: ranges, isInverted: isInverted))
        try emit(.oneOf(classes.count - 1))
    }

    private mutating func escape() throws(Fault) {
        guard let scalar = current else { throw Fault(code: .syntax) }
        if scalar == "b" || scalar == "B" {
            position += 1
            try emit(.wordBoundary(isInverted: scalar == "B"))
            return
        }
        if let (ranges, isInverted) = Self.shorthand(scalar) {
            position += 1
            try emit(ranges, isInverted: isInverted)
            return
        }
        try emit(.scalar(try escapedScalar()))
    }

    private static func shorthand(
        _ scalar: Unicode.Scalar
    ) -> ([ClosedRange<UInt32>], isInverted: Bool)? {
        switch scalar {
        case "d": (digitRanges, false)
        case "D": (digitRanges, true)
        case "w": (wordRanges, false)
        case "W": (wordRanges, true)
        case "s": (spaceRanges, false)
        case "S": (spaceRanges, true)
        default: nil
        }
    }

    private mutating func escapedScalar() throws(Fault) -> UInt32 {
        guard let scalar = current else { throw Fault(code: .syntax) }
        position += 1
        switch scalar {
        case "n": return 10
        case "r": return 13
        case "t": return 9
        case "f": return 12
        case "0"..."9", "a"..."z", "A"..."Z":
            // Back references and the classes of Unicode properties.
            throw Fault(code: .unsupported)
        default: return scalar.value
        }
    }

    private mutating func characterClass() throws(Fault) {
        var ranges: [ClosedRange<UInt32>] = []
        let isInverted = take("^")
        var isFirst = true
        while let scalar = current, isFirst || scalar != "]" {
            isFirst = false
            position += 1
            if scalar == "\\", let next = current, let (more, isOther) = Self.shorthand(next) {
                position += 1
                ranges += isOther ? Self.inverted(more) : more
                continue
            }
            let lower = scalar == "\\" ? try escapedScalar() : scalar.value
            guard current == "-", position + 1 < pattern.count, pattern[position + 1] != "]" else {
                ranges.append(lower...lower)
                continue
            }
            position += 1
            guard let end = current else { throw Fault(code: .syntax) }
            position += 1
            let upper = end == "\\" ? try escapedScalar() : end.value
            guard lower <= upper else { throw Fault(code: .syntax) }
            ranges.append(lower...upper)
        }
        guard take("]") else { throw Fault(code: .syntax) }
        try emit(ranges, isInverted: isInverted)
    }

    private static func inverted(_ ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
        var result: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in ranges {
            if range.lowerBound > next { result.append(next...range.lowerBound - 1) }
            next = range.upperBound + 1
        }
        result.append(next...0x10FFFF)
        return result
    }
}
