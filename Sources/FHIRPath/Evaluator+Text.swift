import Basics

extension Evaluator {
    /// The functions of strings (FHIRPath 2.0, section 5.6).
    ///
    /// Positions count Unicode scalars.
    mutating func text(
        _ call: Call,
        _ input: Items,
        _ scope: Scope
    ) throws(FHIRPathError) -> Items {
        let node = call.node
        guard let text = try string(input, at: node) else { return .none }
        try charge(text.utf8.count / 16, at: node)
        let function = call.function
        if function == .upper { return .one(.string(text.uppercased())) }
        if function == .lower { return .one(.string(text.lowercased())) }
        if function == .length { return .one(.integer(text.unicodeScalars.count)) }
        if function == .trim { return .one(.string(Self.trimmed(text))) }
        if function == .substring { return try substring(text, call, scope) }
        if function == .toChars {
            try charge(text.utf8.count, at: node)
            return Items(text.unicodeScalars.map { .string(String(Character($0))) })
        }
        guard let first = try string(try value(0, of: call, scope), at: node) else { return .none }
        if function == .startsWith { return .one(.boolean(text.utf8.starts(with: first.utf8))) }
        if function == .endsWith {
            return .one(.boolean(text.utf8.reversed().starts(with: first.utf8.reversed())))
        }
        if [.matches, .matchesFull, .replaceMatches].contains(function) {
            return try matched(text, first, call, scope)
        }
        if [.encode, .decode, .escape, .unescape].contains(function) {
            guard let result = TextCoding.apply(function, first, to: text) else { return .none }
            try checkSize(result, at: node)
            return .one(.string(result))
        }
        return try searched(text, first, call, scope)
    }

    /// The functions that look for one string in another.
    private mutating func searched(
        _ text: String,
        _ part: String,
        _ call: Call,
        _ scope: Scope
    ) throws(FHIRPathError) -> Items {
        // The search compares at every position, so it costs both lengths.
        let (cost, overflowed) = text.utf8.count.multipliedReportingOverflow(by: part.utf8.count)
        guard !overflowed else { throw fault(.limitExceeded, at: call.node) }
        try charge(cost / 64, at: call.node)
        let function = call.function
        if function == .contains { return .one(.boolean(Self.position(of: part, in: text) != nil)) }
        if function == .indexOf { return .one(.integer(Self.position(of: part, in: text) ?? -1)) }
        if function == .lastIndexOf {
            return .one(.integer(Self.lastPosition(of: part, in: text) ?? -1))
        }
        if function == .split { return try split(text, by: part, at: call.node) }
        guard let other = try string(try value(1, of: call, scope), at: call.node) else {
            return .none
        }
        return .one(.string(try replaced(text, part, other, at: call.node)))
    }

    /// Joins strings with a separator.
    mutating func joined(
        _ call: Call,
        _ input: Items,
        _ scope: Scope
    ) throws(FHIRPathError) -> Items {
        let separator = try string(try value(0, of: call, scope), at: call.node) ?? ""
        guard !input.isEmpty || environment.joinsNothingToText else { return .none }
        var result = ""
        for index in 0..<input.count {
            guard case .string(let text) = system(input[index]) else {
                throw fault(.typeMismatch, at: call.node)
            }
            if index > 0 { result += separator }
            result += text
            try checkSize(result, at: call.node)
        }
        return .one(.string(result))
    }

    private mutating func substring(
        _ text: String,
        _ call: Call,
        _ scope: Scope
    ) throws(FHIRPathError) -> Items {
        guard let start = try integer(try value(0, of: call, scope), at: call.node) else {
            return .none
        }
        let scalars = text.unicodeScalars
        guard start >= 0, start < scalars.count else { return .none }
        var rest = scalars.dropFirst(start)
        if call.count == 2 {
            // An empty length is as none (FHIRPath 2.0, section 5.6.2).
            let length = try integer(try value(1, of: call, scope), at: call.node)
            if let length { rest = rest.prefix(max(length, 0)) }
        }
        return .one(.string(String(String.UnicodeScalarView(rest))))
    }

    private static func trimmed(_ text: String) -> String {
        let scalars = text.unicodeScalars
        let front = scalars.drop { $0.properties.isWhitespace }
        let kept = front.reversed().drop { $0.properties.isWhitespace }.reversed()
        return String(String.UnicodeScalarView(kept))
    }

    private static func position(of part: String, in text: String) -> Int? {
        let scalars = Array(text.unicodeScalars)
        let wanted = Array(part.unicodeScalars)
        guard wanted.count <= scalars.count else { return nil }
        return (0...(scalars.count - wanted.count)).first { start in
            scalars[start..<start + wanted.count].elementsEqual(wanted)
        }
    }

    private static func lastPosition(of part: String, in text: String) -> Int? {
        let scalars = Array(text.unicodeScalars)
        let wanted = Array(part.unicodeScalars)
        guard wanted.count <= scalars.count else { return nil }
        return (0...(scalars.count - wanted.count)).last { start in
            scalars[start..<start + wanted.count].elementsEqual(wanted)
        }
    }

    private mutating func split(
        _ text: String,
        by separator: String,
        at node: Int
    ) throws(FHIRPathError) -> Items {
        try charge(text.utf8.count, at: node)
        let pieces = Self.pieces(of: text, separator)
        return Items(pieces.map { .string($0) })
    }

    /// The pieces between separators; without a separator the scalars.
    private static func pieces(of text: String, _ separator: String) -> [String] {
        let bytes = Array(text.utf8)
        let wanted = Array(separator.utf8)
        guard !wanted.isEmpty else {
            return text.unicodeScalars.map { String(Character($0)) }
        }
        var pieces: [String] = []
        var start = 0
        var position = 0
        while position + wanted.count <= bytes.count {
            if bytes[position..<position + wanted.count].elementsEqual(wanted) {
                pieces.append(String(decoding: bytes[start..<position], as: UTF8.self))
                position += wanted.count
                start = position
            } else {
                position += 1
            }
        }
        pieces.append(String(decoding: bytes[start...], as: UTF8.self))
        return pieces
    }

    /// An empty pattern stands between all characters and at both ends.
    private mutating func replaced(
        _ text: String,
        _ pattern: String,
        _ substitution: String,
        at node: Int
    ) throws(FHIRPathError) -> String {
        try charge(text.utf8.count, at: node)
        var pieces = Self.pieces(of: text, pattern)
        if pattern.isEmpty { pieces = [""] + pieces + [""] }
        let (growth, overflowed) = pieces.count.multipliedReportingOverflow(
            by: substitution.utf8.count
        )
        guard !overflowed, growth <= Limits.fhirPathStringBytesMax else {
            throw fault(.limitExceeded, at: node)
        }
        return pieces.joined(separator: substitution)
    }

    private mutating func matched(
        _ text: String,
        _ pattern: String,
        _ call: Call,
        _ scope: Scope
    ) throws(FHIRPathError) -> Items {
        let isReplacement = call.function == .replaceMatches
        let substitution =
            isReplacement ? try string(try value(1, of: call, scope), at: call.node) : nil
        let flags = try string(try value(isReplacement ? 2 : 1, of: call, scope), at: call.node)
        let scalars = Array(text.unicodeScalars)
        var budget = Limits.regularExpressionStepsMax
        let result: Items
        do throws(RegularExpression.Fault) {
            let expression = try RegularExpression(pattern, flags: flags ?? "")
            budget -= expression.instructions.count
            if isReplacement {
                guard let substitution else { return .none }
                // An empty pattern matches nothing that could be replaced.
                guard !pattern.isEmpty else { return .one(.string(text)) }
                result = .one(
                    .string(
                        try expression.replacing(in: scalars, with: substitution, budget: &budget)
                    )
                )
            } else {
                let match = try expression.firstMatch(
                    in: scalars,
                    isWhole: call.function == .matchesFull,
                    budget: &budget
                )
                result = .one(.boolean(match != nil))
            }
        } catch {
            throw fault(error.code, at: call.node)
        }
        try charge(Limits.regularExpressionStepsMax - budget, at: call.node)
        return result
    }
}
