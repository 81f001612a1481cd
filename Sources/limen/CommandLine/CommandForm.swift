/// One form of a command line: the words that name it, and the options that it takes.
///
///     limen audit hold list --json --patient 123
///         form: audit hold list     takes: json, keys, state, tenant     so --patient is refused
///
/// An option that a command has no use for is refused and never passed over: who wrote it believes
/// that it does something.
struct CommandForm: Sendable {
    /// The words after `limen`, such as `audit hold list`.
    let words: [String]
    /// The option that chooses this form among those of the same words.
    let choice: String?
    /// The options with a value.
    let values: Set<String>
    /// Those of them that may be given several times, each with a value of its own.
    let lists: Set<String>
    /// The options without one.
    let switches: Set<String>

    init(
        _ name: String,
        by choice: String? = nil,
        values: Set<String> = [],
        lists: Set<String> = [],
        switches: Set<String> = []
    ) {
        words = name.split(separator: " ").map(String.init)
        self.choice = choice
        self.values = values.union(lists)
        self.lists = lists
        self.switches = switches
    }

    /// The form as it is typed, without the options that may be left out.
    var name: String {
        (["limen"] + words + (choice.map { ["--" + $0] } ?? [])).joined(separator: " ")
    }

    /// Every option that it takes.
    var options: Set<String> { values.union(switches) }

    /// The forms of a command and of the commands below it.
    static func forms(of command: String) -> [CommandForm] {
        let words = command.split(separator: " ").map(String.init)
        return all.filter { $0.words.starts(with: words) }
    }

    /// The form that words and options choose among some; `nil` when the words name none.
    ///
    /// The longest that fits is meant: `audit signer new` before `audit signer`.
    static func chosen(
        among forms: [CommandForm],
        words: [String],
        options: Set<String>
    ) -> CommandForm? {
        let fitting = forms.filter { words.starts(with: $0.words) }
        let longest = fitting.map(\.words.count).max()
        let candidates = fitting.filter { $0.words.count == longest }
        return candidates.first { $0.choice.map(options.contains) == true }
            ?? candidates.first { $0.choice == nil }
    }

    /// Why an option cannot be given here, and what can.
    func refusal(of option: String) -> CommandError {
        Self.refusal(of: option, name: name, accepted: options)
    }

    /// Why an option cannot be given again.
    func refusal(ofSecond option: String) -> CommandError {
        CommandError(.usage, "--\(option) is given twice, and \(name) takes it once")
    }

    /// Why an option cannot be given to a command, whichever of its forms is meant.
    static func refusal(of option: String, to command: String) -> CommandError {
        let accepted = forms(of: command).reduce(into: Set<String>()) { $0.formUnion($1.options) }
        return refusal(of: option, name: "limen " + command, accepted: accepted)
    }

    private static func refusal(
        of option: String,
        name: String,
        accepted: Set<String>
    ) -> CommandError {
        let known = accepted.sorted()
        let nearest = known.min {
            Arguments.distance($0, option) < Arguments.distance($1, option)
        }
        var sentence = "\(name) does not take --\(option)"
        if let nearest, Arguments.distance(nearest, option) <= min(3, option.count / 2) {
            sentence += "; did you mean --\(nearest)? It takes "
        } else {
            sentence += known.isEmpty ? "; it takes no options" : "; it takes "
        }
        sentence += known.map { "--" + $0 }.joined(separator: ", ")
        return CommandError(.usage, sentence)
    }
}
