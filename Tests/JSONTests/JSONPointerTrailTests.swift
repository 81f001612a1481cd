import Testing

@testable import JSON

@Suite("The trail of pointers")
struct JSONPointerTrailTests {
    private static let text =
        #"{"a/b":[1,{"c~d":[[],[true,[{"e":null}]],{}]},"x"],"f":{"g":[[2,3],[4]],"":{"":5}},"h":[6]}"#

    /// Every value of a document, in its order.
    private static func values(_ root: JSONValue) -> [JSONValue] {
        var found = [root]
        for (_, value) in root.members { found += values(value) }
        for value in root.elements { found += values(value) }
        return found
    }

    @Test("gives the pointer of every value, whatever was asked before")
    func agrees() throws {
        let values = Self.values(try JSONDocument(parsing: Self.text).root)
        #expect(values.count == 24)
        #expect(Set(values.map(\.pointer)).count == values.count)
        for first in values {
            for second in values {
                var trail = JSONPointerTrail()
                #expect(trail.pointer(of: first) == first.pointer)
                #expect(trail.pointer(of: second) == second.pointer)
                #expect(trail.pointer(of: first) == first.pointer)
            }
        }
        var trail = JSONPointerTrail()
        for value in values + values.reversed() {
            #expect(trail.pointer(of: value) == value.pointer)
        }
    }

    @Test("goes from one document to another")
    func documents() throws {
        let one = try JSONDocument(parsing: #"[[1],[2]]"#).root
        let other = try JSONDocument(parsing: #"{"a":[0,{"b":1}]}"#).root
        var trail = JSONPointerTrail()
        for (left, right) in zip(Self.values(one), Self.values(other)) {
            #expect(trail.pointer(of: left) == left.pointer)
            #expect(trail.pointer(of: right) == right.pointer)
        }
    }

    @Test("passes each value once when it is asked in their order")
    func linear() throws {
        let entry = #"{"fullUrl":"u","resource":{"id":"x"}}"#
        let entries = Array(repeating: entry, count: 4_000).joined(separator: ",")
        let text =
            #"{"prefetch":{"k":{"entry":[{"resource":{"entry":[\#(entries)]}},\#(entries)]}}}"#
        let root = try JSONDocument(parsing: text).root
        let outer = try #require(root["prefetch"]?["k"]?["entry"])
        let inner = try #require(outer.elements.first { _ in true }?["resource"]?["entry"])
        let inside = inner.elements.compactMap { $0["resource"] }
        let outside = outer.elements.dropFirst().compactMap { $0["resource"] }
        #expect(inside.count == 4_000)
        #expect(outside.count == 4_000)
        var trail = JSONPointerTrail()
        for (position, value) in inside.enumerated() {
            #expect(
                trail.pointer(of: value)
                    == "/prefetch/k/entry/0/resource/entry/\(position)/resource"
            )
        }
        for (position, value) in outside.enumerated() {
            #expect(trail.pointer(of: value) == "/prefetch/k/entry/\(position + 1)/resource")
        }
        // An entry, and its two members.
        #expect(trail.passedCount < 3 * 8_100)
    }
}
