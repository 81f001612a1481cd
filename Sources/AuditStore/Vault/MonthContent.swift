/// How many rows a table has in a month, and a digest of what they are.
package struct MonthContent: Sendable, Equatable {
    /// The table, such as `event_202011`.
    package let relation: String
    /// How many rows it has.
    package let rowCount: Int
    /// The digest over the leaf hashes; only events have one.
    package let leafDigest: [UInt8]?
}
