/// Where something stands in the data that a command was given.
struct DataPlace: Sendable, Hashable, Comparable {
    /// The position of the file in the list of files.
    let file: Int
    /// The line in it, from one.
    let line: Int

    static func < (left: DataPlace, right: DataPlace) -> Bool {
        (left.file, left.line) < (right.file, right.line)
    }
}

/// A file or line that could not be read; it never stops the rest.
struct DataProblem: Sendable {
    let place: DataPlace
    /// What is wrong, for programs.
    let fault: DataFault
    /// The place in the file in bytes, where it is known.
    let offset: Int?
    /// One sentence without a word of the data.
    let sentence: String
    /// Where it stands in its text as a JSON pointer, such as `/entry/8`; empty for a whole text.
    var pointer = ""
}
