/// The names of the files of a spool: `0000000000000007.spool`.
enum SpoolNames {
    private static let ending = ".spool"
    private static let unfinishedEnding = ".new"
    private static let digitCount = 16
    /// The file whose lock says that a process uses the folder.
    static let lock = "lock"
    /// What the gateway notes of refused entries, the wish to try them again, and until when
    /// everything was tried.
    static let notes: Set<String> = ["refused", "retry", "tried"]

    static func segment(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: digitCount - digits.utf8.count) + digits + ending
    }

    /// A segment that has no durable header yet.
    static func unfinished(_ number: UInt64) -> String {
        segment(number) + unfinishedEnding
    }

    static func isUnfinished(_ name: String) -> Bool {
        name.hasSuffix(unfinishedEnding)
            && number(of: String(name.dropLast(unfinishedEnding.utf8.count))) != nil
    }

    /// The number in a name; `nil` when no spool makes such a name.
    static func number(of name: String) -> UInt64? {
        guard name.hasSuffix(ending), name.utf8.count == digitCount + ending.utf8.count,
            let number = UInt64(name.dropLast(ending.utf8.count), radix: 16),
            segment(number) == name
        else { return nil }
        return number
    }
}
