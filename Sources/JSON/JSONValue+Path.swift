extension JSONValue {
    /// The path of the value from the root of its document, such as `prefetch.obs.entry[3].id`.
    ///
    /// Found by walking down from the root, so it costs only those who ask. Empty for the root.
    public var path: String {
        var path = ""
        var current = JSONValue(tape: tape, index: 0)
        while current.index != index {
            guard let step = current.step(towards: index) else { return path }
            path += step.text(isFirst: path.isEmpty)
            current = step.value
        }
        return path
    }

    /// The path as an RFC 6901 JSON Pointer, such as `/prefetch/obs/entry/3/id`.
    public var pointer: String {
        var pointer = ""
        var current = JSONValue(tape: tape, index: 0)
        while current.index != index {
            guard let step = current.step(towards: index) else { return pointer }
            pointer += "/" + step.pointerText
            current = step.value
        }
        return pointer
    }

    /// The steps from a value that holds this one down to it; `nil` when it does not hold it.
    ///
    /// Empty for the value itself.
    package func steps(from ancestor: JSONValue) -> [Step]? {
        guard tape === ancestor.tape else { return nil }
        var steps: [Step] = []
        var current = ancestor
        while current.index != index {
            guard let step = current.step(towards: index) else { return nil }
            steps.append(step)
            current = step.value
        }
        return steps
    }

    /// One step down into a value.
    package enum Step: Sendable {
        /// To a member by its name.
        case member(String, JSONValue)
        /// To an element by its position from zero.
        case element(Int, JSONValue)

        /// The value that the step leads to.
        package var value: JSONValue {
            switch self {
            case .member(_, let value), .element(_, let value): value
            }
        }

        fileprivate func text(isFirst: Bool) -> String {
            switch self {
            case .member(let name, _): isFirst ? name : "." + name
            case .element(let position, _): "[\(position)]"
            }
        }

        fileprivate var pointerText: String {
            switch self {
            case .member(let name, _): JSONValue.pointerText(ofName: name)
            case .element(let position, _): String(position)
            }
        }
    }

    /// A name as RFC 6901, section 3, writes it.
    static func pointerText(ofName name: String) -> String {
        var text = ""
        for character in name {
            switch character {
            case "~": text += "~0"
            case "/": text += "~1"
            default: text.append(character)
            }
        }
        return text
    }

    private func step(towards target: Int) -> Step? {
        switch kind {
        case .object:
            for (name, value) in members
            where value.index <= target && target < Int(value.entry.next) {
                return .member(name.stringValue ?? "", value)
            }
            return nil
        case .array:
            for (position, value) in elements.enumerated()
            where value.index <= target && target < Int(value.entry.next) {
                return .element(position, value)
            }
            return nil
        case .null, .true, .false, .number, .string:
            return nil
        }
    }
}
