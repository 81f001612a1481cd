import JSON

/// Compares what a profile states with what a resource holds.
///
/// Two JSON values nest no deeper than the scanner allows, which bounds the recursion.
enum PatternMatch {
    /// Whether a value is just the stated one (FHIR R4, ElementDefinition.fixed[x]).
    static func isEqual(_ value: JSONValue, to stated: JSONValue) -> Bool {
        switch stated.kind {
        case .object:
            guard value.kind == .object else { return false }
            var count = 0
            for (name, member) in stated.members {
                count += 1
                guard let name = name.stringValue, let own = value[name],
                    isEqual(own, to: member)
                else { return false }
            }
            return value.members.reduce(0) { sum, _ in sum + 1 } == count
        case .array:
            guard value.kind == .array else { return false }
            let own = Array(value.elements)
            let wanted = Array(stated.elements)
            return own.count == wanted.count
                && zip(own, wanted).allSatisfy { isEqual($0, to: $1) }
        case .null, .true, .false, .number, .string: return isLeaf(value, stated)
        }
    }

    /// Whether a value holds all that a pattern states (FHIR R4, ElementDefinition.pattern[x]).
    ///
    /// Of a list, each stated item must match some item.
    static func holds(_ pattern: JSONValue, in value: JSONValue) -> Bool {
        switch pattern.kind {
        case .object:
            guard value.kind == .object else { return false }
            return pattern.members.allSatisfy { name, member in
                guard let name = name.stringValue, let own = value[name] else { return false }
                return holds(member, in: own)
            }
        case .array:
            guard value.kind == .array else { return false }
            return pattern.elements.allSatisfy { item in
                value.elements.contains { holds(item, in: $0) }
            }
        case .null, .true, .false, .number, .string: return isLeaf(value, pattern)
        }
    }

    private static func isLeaf(_ value: JSONValue, _ stated: JSONValue) -> Bool {
        guard value.kind == stated.kind else { return false }
        switch stated.kind {
        case .number:
            guard let own = value.decimalValue, let wanted = stated.decimalValue else {
                return value.numberText == stated.numberText
            }
            return own == wanted
        case .string: return value.stringValue == stated.stringValue
        case .null, .true, .false: return true
        case .object, .array: return false
        }
    }

    /// A stated value as one line, for the reader of a finding.
    static func text(_ stated: JSONValue) -> String {
        switch stated.kind {
        case .object:
            "{"
                + stated.members.map { name, value in
                    (name.stringValue ?? "") + ": " + text(value)
                }.joined(separator: ", ") + "}"
        case .array: "[" + stated.elements.map { text($0) }.joined(separator: ", ") + "]"
        case .string: stated.stringValue ?? ""
        case .null, .true, .false, .number: String(decoding: stated.rawBytes, as: UTF8.self)
        }
    }
}
