import JSON
import Testing

@testable import Mapping

/// Which of several resources of one id counts.
@Suite("The versions of a resource")
struct ResourceVersionsTests {
    /// One version as a test writes it: what `meta` holds, the status, and a mark of its own.
    private static func version(
        _ number: String? = nil,
        _ updated: String? = nil,
        _ status: String? = nil,
        mark: String = ""
    ) -> String {
        var meta: [String] = []
        if let number { meta.append(#""versionId":"\#(number)""#) }
        if let updated { meta.append(#""lastUpdated":"\#(updated)""#) }
        var text = #"{"resourceType":"Observation","id":"o1""#
        if !meta.isEmpty { text += #","meta":{\#(meta.joined(separator: ","))}"# }
        if let status { text += #","status":"\#(status)""# }
        return text + #","note":"\#(mark)"}"#
    }

    private static let early = "2026-05-04T08:00:00Z"
    private static let late = "2026-05-04T09:00:00Z"
    /// The same moment as `late`, written for another zone.
    private static let lateElsewhere = "2026-05-04T11:00:00+02:00"

    /// Versions, and the places of those that count; none when they disagree.
    static let table: [(versions: [String], newest: Set<Int>)] = [
        // By number, by time, and by both.
        ([version("1"), version("2"), version("10")], [2]),
        ([version(nil, early), version(nil, late)], [1]),
        ([version("2", late), version("1", early)], [0]),
        // A number above 2^63, and one with leading noughts.
        ([version("9223372036854775807"), version("007")], [0]),
        // Numbers and times that say opposite things.
        ([version("2", early), version("1", late)], []),
        ([version("2", early), version("1", late), version("3", late)], [2]),
        // One of the two has no number: the time tells, and without it nothing does.
        ([version("5", early), version(nil, late)], [1]),
        ([version("5", early), version("x", late)], [1]),
        ([version("5"), version("x")], []),
        ([version("5"), version("x"), version("6")], []),
        ([version("a"), version("b")], []),
        // Where neither number nor time tells, the status does.
        ([version(nil, nil, "final"), version(nil, nil, "amended")], [1]),
        ([version(nil, nil, "entered-in-error"), version(nil, nil, "final")], [0]),
        ([version(nil, late, "final"), version(nil, lateElsewhere, "corrected")], [1]),
        ([version("1", nil, "corrected"), version("2", nil, "final")], [1]),
        ([version(nil, nil, "final", mark: "a"), version(nil, nil, "final", mark: "b")], []),
        ([version(nil, nil, "unknown"), version(nil, nil, "final")], []),
        // Copies of the newest count beside it, and those of an older one do not.
        ([version("2"), version("1"), version("2")], [0, 2]),
        ([version("1"), version("1"), version("2")], [2]),
        ([version("2", mark: "a"), version("2", mark: "b"), version("1")], []),
        ([version("2", mark: "a"), version("2", mark: "b"), version("3")], [2]),
        ([version(), version(), version()], [0, 1, 2]),
        // Each is newer than another one, round in a ring.
        ([version("2", nil, "final"), version(nil, early, "final"), version("1", late)], []),
        (
            [
                version("2", nil, "amended"), version(nil, early, "entered-in-error"),
                version("1", late, "final"),
            ],
            []
        ),
    ]

    @Test("count when they hold against all others, in whatever order they come", arguments: table)
    func newest(_ versions: [String], _ newest: Set<Int>) throws {
        for order in Self.orders(of: versions.count) {
            let resources = try order.map { try JSONDocument(parsing: versions[$0]).root }
            let found = ResourceVersions(resources)
            for (position, place) in order.enumerated() {
                let finding = found.finding(at: position)
                let expected: Finding? =
                    newest.isEmpty
                    ? .versionsDisagree : newest.contains(place) ? nil : .olderVersion
                #expect(finding == expected, "\(place) in \(order)")
            }
        }
    }

    @Test("come out as when each is held against every other")
    func exhaustive() throws {
        let numbers: [String?] = [nil, "1", "2", "x"]
        let times: [String?] = [nil, Self.early, Self.late]
        let states: [String?] = [nil, "final", "amended"]
        let all = numbers.flatMap { number in
            times.flatMap { time in states.map { Self.version(number, time, $0) } }
        }
        let resources = try all.map { try JSONDocument(parsing: $0).root }
        // What one says against another is known from the two alone.
        let holds = resources.map { one in
            resources.map { other in ResourceVersions([one, other]).finding(at: 0) == nil }
        }
        var kinds: Set<Bool> = []
        for first in resources.indices {
            for second in resources.indices {
                for third in stride(from: first % 5, to: resources.count, by: 5) {
                    let places = [first, second, third]
                    let slow = places.first { one in places.allSatisfy { holds[one][$0] } }
                    let found = ResourceVersions(places.map { resources[$0] })
                    for (position, place) in places.enumerated() {
                        let expected: Finding? =
                            slow.map { $0 == place ? nil : .olderVersion } ?? .versionsDisagree
                        #expect(found.finding(at: position) == expected, "\(places)")
                    }
                    kinds.insert(slow == nil)
                }
            }
        }
        #expect(kinds.count == 2)
    }

    @Test("are looked at twice each, however many there are and in whatever order")
    func looks() {
        for count in [1, 2, 100, 12_000] {
            let ascending = Array(0..<count)
            for versions in [ascending, ascending.reversed(), ascending.map { $0 * 7_919 % count }]
            {
                var looks = 0
                let newest = ResourceVersions.newest(of: versions) { one, other in
                    looks += 1
                    return one >= other
                }
                #expect(newest.map { versions[$0] } == versions.max())
                #expect(looks <= 2 * count)
            }
        }
        #expect(ResourceVersions.newest(of: [Int]()) { _, _ in true } == nil)
    }

    /// Every order of a few places.
    private static func orders(of count: Int) -> [[Int]] {
        guard count > 0 else { return [[]] }
        return orders(of: count - 1).flatMap { order in
            (0...order.count).map { place in
                var longer = order
                longer.insert(count - 1, at: place)
                return longer
            }
        }
    }
}
