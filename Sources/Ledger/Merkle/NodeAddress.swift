/// The place of a complete node: it stands over 2^level leaves.
///
///     level 2          0
///     level 1      0       1
///     leaves     0   1   2   3
package struct NodeAddress: Sendable, Hashable {
    /// How far it stands above the leaves.
    package let level: Int
    /// Which it is of its level, from the left.
    package let position: UInt64

    /// Names a node.
    package init(level: Int, position: UInt64) {
        precondition((0..<64).contains(level), "a tree has less than 2^64 leaves")
        self.level = level
        self.position = position
    }

    /// The complete nodes that together stand over some leaves, from the left.
    ///
    /// The first leaf must be one at which a subtree of that size begins, as all ranges of RFC 9162
    /// are.
    package static func parts(of range: Range<UInt64>) -> [NodeAddress] {
        var parts: [NodeAddress] = []
        var start = range.lowerBound
        while start < range.upperBound {
            let count = range.upperBound - start
            let level = 63 - count.leadingZeroBitCount
            parts.append(NodeAddress(level: level, position: start >> UInt64(level)))
            start += 1 << UInt64(level)
        }
        return parts
    }
}
