import Support
import Testing

@Suite("Where a stream is cut")
struct StreamCutsTests {
    @Test("is everywhere in a short one")
    func short() {
        #expect(StreamCuts.places(in: [1, 2, 3], wholeUpTo: 3, linesMax: 1) == [0, 1, 2, 3])
    }

    @Test("is around each end of a line of a long one, and at its ends")
    func long() {
        let head = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
        let chunks = (0..<40).map { _ in "5\r\nabcde\r\n" }.joined()
        let bytes = Array((head + chunks + "0\r\n\r\n").utf8)
        let all = StreamCuts.places(in: bytes, wholeUpTo: 100, linesMax: 1_000)
        for place in bytes.indices where bytes[place] == 0x0D {
            for cut in place...place + 2 { #expect(all.contains(cut), "\(cut)") }
        }
        #expect(all.first == 0)
        #expect(all.last == bytes.count)
        #expect(all == Array(Set(all)).sorted())
        // Of many lines the first, the last, and some between.
        let some = StreamCuts.places(in: bytes, wholeUpTo: 100, linesMax: 12)
        #expect(some.count < all.count)
        #expect(Set(some).isSubset(of: all))
        #expect(some.contains(head.utf8.count))
        let middle = (bytes.count / 3)...(bytes.count * 2 / 3)
        #expect(some.contains { middle.contains($0) })
    }
}
