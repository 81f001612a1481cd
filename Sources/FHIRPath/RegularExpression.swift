import Basics

/// A regular expression that is matched without backtracking, in time linear in the text.
///
///     a(b|c)+     0 save 0   1 char a   2 save 2   3 split 4, 6   4 char b   5 jump 7
///                 6 char c   7 save 3   8 split 2, 9   9 save 1   10 match
///
/// All paths through the program are followed at once (Thompson's construction as Pike's machine),
/// so no pattern can hang. Understood are the parts of PCRE that can be matched so: classes,
/// groups, alternation, greedy and lazy repetition, anchors, word boundaries. Back references and
/// look-around are refused. A dot matches line ends too (FHIRPath 2.0, section 5.6.8).
struct RegularExpression {
    /// Why a pattern cannot be used.
    struct Fault: Error {
        let code: FHIRPathError.Code
    }

    enum Instruction {
        case scalar(UInt32)
        case any
        case oneOf(Int)
        case split(preferred: Int, other: Int)
        case jump(Int)
        case save(Int)
        case start
        case end
        case wordBoundary(isInverted: Bool)
        case match
    }

    /// A set of scalars as ranges.
    struct ScalarClass {
        var ranges: [ClosedRange<UInt32>] = []
        var isInverted = false

        func contains(_ scalar: UInt32) -> Bool {
            ranges.contains { $0.contains(scalar) } != isInverted
        }
    }

    let instructions: [Instruction]
    let classes: [ScalarClass]
    let groupCount: Int
    /// The numbers of groups that have a name.
    private let groupNames: [String: Int]
    private let isCaseless: Bool
    private let isMultiline: Bool

    /// Reads a pattern.
    ///
    /// - Parameters:
    ///   - pattern: the pattern.
    ///   - flags: `i` to overlook case, `m` to let `^` and `$` match at each line (FHIRPath 3.0).
    /// - Throws: `Fault` `.syntax`, `.unsupported` or `.limitExceeded`.
    init(_ pattern: String, flags: String = "") throws(Fault) {
        guard flags.allSatisfy({ $0 == "i" || $0 == "m" }) else { throw Fault(code: .unsupported) }
        isCaseless = flags.contains("i")
        isMultiline = flags.contains("m")
        var compiler = RegularExpressionCompiler(pattern)
        try compiler.compile()
        instructions = compiler.instructions
        classes = compiler.classes
        groupCount = compiler.groupCount
        groupNames = compiler.groupNames
    }

    /// A path through the program and the positions it has saved.
    private struct Thread {
        let instruction: Int
        let saved: [Int]
    }

    /// The saved positions of the leftmost match at or after a position.
    ///
    /// - Throws: `Fault` `.limitExceeded` when the budget of thread steps is used up.
    func firstMatch(
        in text: [Unicode.Scalar],
        from start: Int = 0,
        isWhole: Bool = false,
        budget: inout Int
    ) throws(Fault) -> [Int]? {
        var current: [Thread] = []
        var found: [Int]?
        var position = start
        var marks = [Int](repeating: -1, count: instructions.count)
        let noPositions = [Int](repeating: -1, count: 2 * groupCount)
        while true {
            let maySeed = found == nil && (!isWhole || position == start)
            if maySeed { follow(0, noPositions, text, position, &current, &marks, mark: position) }
            budget -= current.count + 1
            guard budget >= 0 else { throw Fault(code: .limitExceeded) }
            var next: [Thread] = []
            for thread in current {
                guard case .match = instructions[thread.instruction] else {
                    guard position < text.count else { continue }
                    guard accepts(instructions[thread.instruction], text[position]) else {
                        continue
                    }
                    follow(
                        thread.instruction + 1,
                        thread.saved,
                        text,
                        position + 1,
                        &next,
                        &marks,
                        mark: position + 1
                    )
                    continue
                }
                guard !isWhole || position == text.count else { continue }
                found = thread.saved
                // Threads behind this one are less preferred.
                break
            }
            current = next
            guard position < text.count else { return found }
            guard !current.isEmpty || (found == nil && !isWhole) else { return found }
            position += 1
        }
    }

    private func accepts(_ instruction: Instruction, _ scalar: Unicode.Scalar) -> Bool {
        guard isCaseless else {
            switch instruction {
            case .scalar(let wanted): return scalar.value == wanted
            case .any: return true
            case .oneOf(let index): return classes[index].contains(scalar.value)
            case .split, .jump, .save, .start, .end, .wordBoundary, .match: return false
            }
        }
        let properties = scalar.properties
        let others = [properties.lowercaseMapping, properties.uppercaseMapping].compactMap { text in
            text.unicodeScalars.count == 1 ? text.unicodeScalars.first?.value : nil
        }
        return accepts(instruction, [scalar.value] + others)
    }

    private func accepts(_ instruction: Instruction, _ variants: [UInt32]) -> Bool {
        switch instruction {
        case .scalar(let wanted): return variants.contains(wanted)
        case .any: return true
        case .oneOf(let index):
            let set = classes[index]
            return variants.contains { scalar in set.ranges.contains { $0.contains(scalar) } }
                != set.isInverted
        case .split, .jump, .save, .start, .end, .wordBoundary, .match: return false
        }
    }

    /// Adds the threads that an instruction leads to without reading a scalar.
    private func follow(
        _ first: Int,
        _ saved: [Int],
        _ text: [Unicode.Scalar],
        _ position: Int,
        _ threads: inout [Thread],
        _ marks: inout [Int],
        mark: Int
    ) {
        var pending = [Thread(instruction: first, saved: saved)]
        while let thread = pending.popLast() {
            let index = thread.instruction
            guard marks[index] != mark else { continue }
            marks[index] = mark
            switch instructions[index] {
            case .jump(let target):
                pending.append(Thread(instruction: target, saved: thread.saved))
            case .split(let preferred, let other):
                pending.append(Thread(instruction: other, saved: thread.saved))
                pending.append(Thread(instruction: preferred, saved: thread.saved))
            case .save(let slot):
                var saved = thread.saved
                saved[slot] = position
                pending.append(Thread(instruction: index + 1, saved: saved))
            case .start:
                guard position == 0 || isLineBreak(text, position - 1) else { continue }
                pending.append(Thread(instruction: index + 1, saved: thread.saved))
            case .end:
                guard position == text.count || isLineBreak(text, position) else { continue }
                pending.append(Thread(instruction: index + 1, saved: thread.saved))
            case .wordBoundary(let isInverted):
                guard isBoundary(text, position) != isInverted else { continue }
                pending.append(Thread(instruction: index + 1, saved: thread.saved))
            case .scalar, .any, .oneOf, .match: threads.append(thread)
            }
        }
    }

    /// Whether a line ends here, as far as lines matter.
    private func isLineBreak(_ text: [Unicode.Scalar], _ position: Int) -> Bool {
        isMultiline && text[position] == "\n"
    }

    private func isBoundary(_ text: [Unicode.Scalar], _ position: Int) -> Bool {
        let before = position > 0 && Self.isWord(text[position - 1].value)
        return before != (position < text.count && Self.isWord(text[position].value))
    }

    private static func isWord(_ scalar: UInt32) -> Bool {
        RegularExpressionCompiler.wordRanges.contains { $0.contains(scalar) }
    }

    /// The text with every match replaced; `$1`, `${1}` or `${name}` is a group.
    func replacing(
        in text: [Unicode.Scalar],
        with substitution: String,
        budget: inout Int
    ) throws(Fault) -> String {
        var result = String.UnicodeScalarView()
        var position = 0
        while position <= text.count {
            // Each search sets up its tables anew.
            budget -= 12
            guard budget >= 0 else { throw Fault(code: .limitExceeded) }
            guard let match = try firstMatch(in: text, from: position, budget: &budget) else {
                break
            }
            result.append(contentsOf: text[position..<match[0]])
            append(substitution, match, text, to: &result)
            guard result.count <= Limits.fhirPathStringBytesMax else {
                throw Fault(code: .limitExceeded)
            }
            position = match[1]
            guard match[0] == match[1] else { continue }
            // An empty match takes the next scalar along, so that the search goes on.
            if position < text.count { result.append(text[position]) }
            position += 1
        }
        if position < text.count { result.append(contentsOf: text[position...]) }
        return String(result)
    }

    private func append(
        _ substitution: String,
        _ match: [Int],
        _ text: [Unicode.Scalar],
        to result: inout String.UnicodeScalarView
    ) {
        let scalars = Array(substitution.unicodeScalars)
        var index = 0
        while index < scalars.count {
            let scalar = scalars[index]
            index += 1
            guard scalar == "$", index < scalars.count else {
                result.append(scalar)
                continue
            }
            guard let (group, next) = self.group(scalars, at: index) else {
                result.append(scalar)
                continue
            }
            index = next
            guard group < groupCount, match[2 * group] >= 0 else { continue }
            result.append(contentsOf: text[match[2 * group]..<match[2 * group + 1]])
        }
    }

    /// The group that `1`, `{1}` or `{name}` means, and where the text goes on behind it.
    private func group(_ scalars: [Unicode.Scalar], at start: Int) -> (group: Int, next: Int)? {
        guard scalars[start] == "{" else {
            guard ("0"..."9").contains(scalars[start]) else { return nil }
            return (Int(scalars[start].value - 48), start + 1)
        }
        guard let end = scalars[start...].firstIndex(of: "}") else { return nil }
        let name = String(String.UnicodeScalarView(scalars[(start + 1)..<end]))
        guard let group = groupNames[name] ?? Int(name), group >= 0 else { return nil }
        return (group, end + 1)
    }
}
