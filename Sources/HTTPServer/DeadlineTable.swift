/// When the connections of a loop expire, by slot.
///
/// A plain array that is walked through when the earliest moment it knows of has come: 8,000
/// numbers are read in a few microseconds, and setting one, which happens several times for each
/// request, is a store. No timer descriptors, no tree.
struct DeadlineTable {
    private var deadlines: [Int64] = []
    /// No deadline is earlier; some may be later than it says.
    private var earliest = Int64.max

    /// Adds a slot without a deadline.
    mutating func append() { deadlines.append(.max) }

    /// Sets the deadline of a slot, in milliseconds; the largest number means none.
    mutating func set(_ slot: Int, _ deadline: Int64) {
        deadlines[slot] = deadline
        if deadline < earliest { earliest = deadline }
    }

    /// The slots whose time is over; they have no deadline afterwards.
    mutating func expired(at now: Int64) -> [Int] {
        guard now >= earliest else { return [] }
        var slots: [Int] = []
        earliest = .max
        for slot in deadlines.indices {
            if deadlines[slot] <= now {
                slots.append(slot)
                deadlines[slot] = .max
            } else if deadlines[slot] < earliest {
                earliest = deadlines[slot]
            }
        }
        return slots
    }
}
