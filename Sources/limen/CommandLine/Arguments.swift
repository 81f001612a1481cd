/// A command line after its command word: options with values, switches, and what remains.
///
///     limen hook fire news2 --bundle ward.json --json
///           words: fire, news2     values: bundle     switches: json
struct Arguments: Sendable {
    /// The words that are no options.
    private(set) var words: [String] = []
    private var values: [String: [String]] = [:]
    private var switches: Set<String> = []

    /// Reads a command line by the forms of a command, as `CommandForm.all` has them.
    ///
    /// - Parameters:
    ///   - arguments: What follows the words of the command; the first may choose among its forms.
    ///   - command: The words before, such as `audit hold`.
    /// - Throws: `CommandError` with exit code 2 that names the option and what is accepted.
    init(_ arguments: some Sequence<String>, of command: String) throws(CommandError) {
        let forms = CommandForm.forms(of: command)
        precondition(!forms.isEmpty, "every command has its forms in the table")
        let given = Given(
            arguments,
            values: forms.reduce(into: []) { $0.formUnion($1.values) },
            switches: forms.reduce(into: []) { $0.formUnion($1.switches) }
        )
        let first = command.split(separator: " ").map(String.init)
        let form = CommandForm.chosen(
            among: forms,
            words: first + given.words,
            options: Set(given.order)
        )
        for option in given.order {
            guard let form else {
                guard given.unknown != option else {
                    throw CommandForm.refusal(of: option, to: command)
                }
                continue
            }
            guard form.options.contains(option) else { throw form.refusal(of: option) }
        }
        if let fault = given.fault { throw fault }
        // Whoever gives two values means both; of the two, one alone would count.
        for option in given.order {
            guard let form, (given.values[option]?.count ?? 0) > 1, !form.lists.contains(option)
            else { continue }
            throw form.refusal(ofSecond: option)
        }
        words = given.words
        values = given.values
        switches = given.switches
    }

    /// What stands on a command line, before it is known which form is meant.
    private struct Given {
        var words: [String] = []
        var values: [String: [String]] = [:]
        var switches: Set<String> = []
        /// The names of all options, in their order.
        var order: [String] = []
        /// The first option that no form of the command takes.
        var unknown: String?
        /// What is wrong with a known option.
        var fault: CommandError?

        init(
            _ arguments: some Sequence<String>,
            values knownValues: Set<String>,
            switches knownSwitches: Set<String>
        ) {
            var iterator = arguments.makeIterator()
            var optionsEnded = false
            while let argument = iterator.next() {
                guard argument.hasPrefix("--"), !optionsEnded else {
                    words.append(argument)
                    continue
                }
                if argument == "--" {
                    optionsEnded = true
                    continue
                }
                let parts = argument.dropFirst(2).split(
                    separator: "=",
                    maxSplits: 1,
                    omittingEmptySubsequences: false
                )
                let name = parts.first.map(String.init) ?? ""
                let inline = parts.count > 1 ? String(parts[1]) : nil
                order.append(name)
                if knownSwitches.contains(name) {
                    switches.insert(name)
                    if inline != nil, fault == nil {
                        fault = CommandError(.usage, "--\(name) takes no value")
                    }
                } else if knownValues.contains(name) {
                    if let value = inline ?? iterator.next() {
                        values[name, default: []].append(value)
                    } else if fault == nil {
                        fault = CommandError(.usage, "--\(name) needs a value")
                    }
                } else if unknown == nil {
                    unknown = name
                }
            }
        }
    }

    /// Refuses words that the command has no use for.
    ///
    /// - Throws: `CommandError` with exit code 2.
    func expectNoWords() throws(CommandError) {
        guard let word = words.first else { return }
        throw CommandError(.usage, "\(word) is not understood here; limen help says what is")
    }

    /// The value of an option that is given once, or `nil` when it was not given.
    func value(_ name: String) -> String? { values[name]?.last }

    /// Every value of an option that may be given several times, in their order.
    func all(_ name: String) -> [String] { values[name] ?? [] }

    /// Whether a switch was given.
    func has(_ name: String) -> Bool { switches.contains(name) }

    /// The value of an option as a whole number within a range.
    ///
    /// - Throws: `CommandError` with exit code 2.
    func integer(
        _ name: String,
        default defaultValue: Int,
        in range: ClosedRange<Int>
    ) throws(CommandError) -> Int {
        guard let text = value(name) else { return defaultValue }
        guard let number = Int(text), range.contains(number) else {
            throw CommandError(
                .usage,
                "--\(name) takes a whole number from \(range.lowerBound) to \(range.upperBound)"
            )
        }
        return number
    }

    /// The edit distance of two words.
    static func distance(_ left: String, _ right: String) -> Int {
        let left = Array(left.unicodeScalars)
        let right = Array(right.unicodeScalars)
        var row = Array(0...right.count)
        for (position, scalar) in left.enumerated() {
            var diagonal = row[0]
            row[0] = position + 1
            for (column, other) in right.enumerated() {
                let substituted = diagonal + (scalar == other ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(substituted, row[column] + 1, row[column + 1] + 1)
            }
        }
        return row[right.count]
    }
}
