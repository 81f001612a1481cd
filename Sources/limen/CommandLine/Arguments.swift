/// A command line after its command word: options with values, switches, and what remains.
///
///     limen hook fire news2 --bundle ward.json --json
///           words: fire, news2     values: bundle     switches: json
struct Arguments: Sendable {
    /// The words that are no options.
    private(set) var words: [String] = []
    private var values: [String: [String]] = [:]
    private var switches: Set<String> = []

    /// Reads a command line.
    ///
    /// - Throws: `CommandError` with exit code 2 that names the option and the nearest known one.
    init(
        _ arguments: some Sequence<String>,
        values knownValues: Set<String> = [],
        switches knownSwitches: Set<String> = []
    ) throws(CommandError) {
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
            let parts = argument.dropFirst(2).split(separator: "=", maxSplits: 1)
            let name = parts.first.map(String.init) ?? ""
            let inline = parts.count > 1 ? String(parts[1]) : nil
            if knownSwitches.contains(name), inline == nil {
                switches.insert(name)
            } else if knownValues.contains(name) {
                guard let value = inline ?? iterator.next() else {
                    throw CommandError(.usage, "--\(name) needs a value")
                }
                values[name, default: []].append(value)
            } else {
                throw Self.unknown(name, among: knownValues.union(knownSwitches))
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

    /// The value of an option, or `nil` when it was not given.
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

    private static func unknown(_ name: String, among known: Set<String>) -> CommandError {
        let nearest = known.sorted().min { distance($0, name) < distance($1, name) }
        guard let nearest, distance(nearest, name) <= 3 else {
            let list = known.sorted().map { "--" + $0 }.joined(separator: ", ")
            return CommandError(
                .usage,
                "there is no option --\(name)" + (list.isEmpty ? "" : "; known are \(list)")
            )
        }
        return CommandError(.usage, "there is no option --\(name); did you mean --\(nearest)?")
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
