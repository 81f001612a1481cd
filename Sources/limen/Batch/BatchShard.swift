/// One of several equal parts of the patients, such as `2/3`: parts are numbered from one.
///
/// A part is a range of the hashes of the patients' ids, so every machine finds the same part, no
/// patient is in two, and the results of the parts one after the other are those of the whole.
struct BatchShard: Sendable, Equatable {
    /// The number, from one.
    let number: Int
    /// How many parts there are.
    let count: Int

    /// All patients.
    static let whole = BatchShard(number: 1, count: 1)

    private init(number: Int, count: Int) {
        self.number = number
        self.count = count
    }

    /// Reads `i/n`.
    ///
    /// - Throws: `CommandError` with exit code 2.
    init(_ text: String) throws(CommandError) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let number = Self.number(parts[0]),
            let count = Self.number(parts[1]), (1...Self.countMax).contains(count),
            (1...count).contains(number)
        else {
            throw CommandError(
                .usage,
                "--shard takes i/n with i from 1 to n and n from 1 to \(Self.countMax), such as 2/3"
            )
        }
        self.init(number: number, count: count)
    }

    /// The most parts.
    private static let countMax = 10_000

    private static func number(_ digits: Substring) -> Int? {
        digits.allSatisfy { $0.isASCII && $0.isNumber } ? Int(digits) : nil
    }

    /// Whether a patient is in this part.
    func holds(_ patient: PatientHash) -> Bool {
        let part = patient.high.multipliedFullWidth(by: UInt64(count)).high
        return Int(part) == number - 1
    }

    /// As it is typed.
    var text: String { "\(number)/\(count)" }
}
