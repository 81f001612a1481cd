/// A page of what is read in order, and whether another follows.
struct LedgerPage<Element> {
    private var elements: [Element] = []
    private var place = 0
    private(set) var last: Element?
    /// Whether the last page was read.
    private(set) var isOver = false

    /// Whether the page is used up.
    var isEmpty: Bool { place == elements.count }

    /// The first that was not taken.
    var first: Element? { isEmpty ? nil : elements[place] }

    /// Takes the next.
    mutating func take() -> Element? {
        guard place < elements.count else { return nil }
        defer { place += 1 }
        return elements[place]
    }

    /// Takes a page that was read; one with fewer than were asked for is the last.
    mutating func fill(_ page: [Element], of count: Int) {
        elements = page
        place = 0
        last = page.last ?? last
        isOver = page.count < count
    }
}
