/// How many connections each address holds, and who holds the most.
///
/// Both are known at once, however many addresses there are: each lies in the set of those with as
/// many as it has.
struct AddressCounts {
    private var counts: [String: Int] = [:]
    /// The addresses with so many connections, by their number; with none there is nobody.
    private var sets: [Set<String>] = [[]]
    /// The largest number that somebody has.
    private var most = 0

    /// How many an address has.
    subscript(_ address: String) -> Int { counts[address] ?? 0 }

    /// Counts one in.
    mutating func add(_ address: String) { move(address, by: 1) }

    /// Counts one out.
    mutating func remove(_ address: String) { move(address, by: -1) }

    private mutating func move(_ address: String, by step: Int) {
        let old = self[address]
        let new = old + step
        precondition(new >= 0, "a connection was counted out twice")
        if old > 0 { sets[old].remove(address) }
        if new == sets.count { sets.append([]) }
        if new > 0 { sets[new].insert(address) }
        counts[address] = new == 0 ? nil : new
        most = new > most ? new : most == old && sets[old].isEmpty ? new : most
    }

    /// Some addresses with at least so many, those with the most first.
    func heaviest(from least: Int, countMax: Int) -> [String] {
        precondition(least > 0, "everybody has none")
        var found: [String] = []
        var count = most
        while count >= least, found.count < countMax {
            found.append(contentsOf: sets[count].prefix(countMax - found.count))
            count -= 1
        }
        return found
    }
}
