import JSON
import Posix

/// The pages of searches among the data, until it is known which searches are there as a whole.
///
///     { "link": [ { "relation": "self", "url": "A" }, { "relation": "next", "url": "B" } ] }
///     { "link": [ { "relation": "self", "url": "B" } ], "total": 12 }
///
/// A page that names another is whole when that one is in the data too, wherever it stands, and
/// all that are linked with it. The text of a link must be that of the other page's own. Of a
/// Bundle that names no other page the index keeps its own link alone, so that the memory hangs on
/// the number of searches in several pages.
struct SearchPages {
    /// One Bundle.
    struct Page {
        let place: DataPlace
        /// The range of the Bundle in the file.
        let bytes: Range<Int>
        /// The range of the text that it stands in.
        let textBytes: Range<Int>
        /// Where it stands in that text.
        var pointer = ""
        var own: PatientHash?
        var next: PatientHash?
        var hasPrevious = false
        /// How many matches there are on it, when there is a next one.
        var matchCount = 0
        /// How many matches its total counts beyond those on it.
        var lackingCount = 0
        /// Whether it is known not to be whole, whatever the others are.
        var isBroken = false
    }

    private var pages: [Page] = []
    /// Bundles that name no other page, by the hash of their own link.
    private var single = ResourceIndex()

    /// How many pages of searches in several are kept: some 20 MB.
    static let countMax = 100_000

    /// Whether there is no room for another page.
    var isFull: Bool { pages.count >= Self.countMax }

    /// Takes a page that names another one, or counts more than it holds.
    mutating func add(_ page: Page) {
        precondition(!isFull, "a page beyond what is kept")
        pages.append(page)
    }

    /// Takes a Bundle that names no other page.
    ///
    /// - Throws: `SystemError` when the index cannot be kept in a temporary file.
    mutating func add(single own: PatientHash, _ place: DataPlace, _ bytes: Range<Int>)
        throws(SystemError)
    {
        try single.add(IndexRecord(patient: own, place: place, bytes: bytes))
    }

    /// The pages of searches that are not there as a whole, in the order of the data.
    ///
    /// - Throws: `SystemError` when the index cannot be read.
    mutating func lacking() throws(SystemError) -> [Page] {
        try takeLastPages()
        var first: [PatientHash: Int] = [:]
        var before: [PatientHash: Int] = [:]
        for (position, page) in pages.enumerated() {
            if let own = page.own, first[own] == nil { first[own] = position }
            if let next = page.next, before[next] == nil { before[next] = position }
        }
        var groups = PageGroups(count: pages.count)
        for (position, page) in pages.enumerated() {
            if let next = page.next.flatMap({ first[$0] }) { groups.join(position, next) }
        }
        var broken: Set<Int> = []
        var ending: Set<Int> = []
        for (position, page) in pages.enumerated() {
            let group = groups.root(of: position)
            if page.next == nil { ending.insert(group) }
            let lacksNext = page.next.map { first[$0] == nil } ?? false
            let lacksPrevious = page.hasPrevious && page.own.flatMap { before[$0] } == nil
            if page.isBroken || lacksNext || lacksPrevious
                || page.lackingCount > matchCount(before: page, before)
            {
                broken.insert(group)
            }
        }
        return pages.indices.filter { position in
            // Pages that lead in a circle never come to a last one.
            let group = groups.root(of: position)
            return broken.contains(group) || !ending.contains(group)
        }.map { pages[$0] }.sorted {
            ($0.place, $0.bytes.lowerBound) < ($1.place, $1.bytes.lowerBound)
        }
    }

    /// How many matches there are on the pages before one.
    private func matchCount(before page: Page, _ before: [PatientHash: Int]) -> Int {
        guard page.lackingCount > 0 else { return 0 }
        var seen: Set<Int> = []
        var count = 0
        var own = page.own
        while let position = own.flatMap({ before[$0] }), seen.insert(position).inserted {
            count += pages[position].matchCount
            own = pages[position].own
        }
        return count
    }

    /// Takes from the index the last pages of searches, which name no other one.
    private mutating func takeLastPages() throws(SystemError) {
        var sought = Set(pages.compactMap(\.next))
        sought.subtract(pages.compactMap(\.own))
        guard !sought.isEmpty, single.recordCount > 0 else { return }
        for part in single.partNumbers {
            for record in try single.records(ofPart: part)
            where sought.remove(record.patient) != nil {
                var page = Page(place: record.place, bytes: record.bytes, textBytes: record.bytes)
                page.own = record.patient
                pages.append(page)
            }
        }
    }
}

/// Which pages belong together.
private struct PageGroups {
    private var parents: [Int]

    init(count: Int) {
        parents = Array(0..<count)
    }

    mutating func root(of position: Int) -> Int {
        var position = position
        while parents[position] != position {
            parents[position] = parents[parents[position]]
            position = parents[position]
        }
        return position
    }

    mutating func join(_ left: Int, _ right: Int) {
        let (left, right) = (root(of: left), root(of: right))
        parents[max(left, right)] = min(left, right)
    }
}
