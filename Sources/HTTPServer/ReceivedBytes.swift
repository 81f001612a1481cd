/// What a loop keeps of requests that are not complete, against its limit.
struct ReceivedBytes {
    private let max: Int
    /// From when on room is made: above the limit when all that is kept gave way to nobody.
    private var bound: Int
    private(set) var count = 0

    init(max: Int) {
        self.max = max
        bound = max
    }

    /// Whether room is to be made.
    var isTooMuch: Bool { count > bound }

    /// What may be left when room was made: an eighth is free then, so that looking at all
    /// connections is seldom.
    var goal: Int { max - max / 8 }

    /// Counts a change.
    mutating func change(by bytes: Int) {
        count += bytes
        precondition(count >= 0, "fewer bytes are kept than none")
        if count <= goal { bound = max }
    }

    /// Room was made, as far as anybody could give way.
    mutating func roomMade() {
        bound = Swift.max(max, count + max / 8)
    }
}
