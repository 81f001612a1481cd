/// How a drill prints the statuses of what it was answered.
enum StatusCounts {
    /// `200: 12, 503: 1`, by status.
    static func text(_ counts: [Int: Int]) -> String {
        counts.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", ")
    }
}
