package import Basics
package import JSON

/// A cell of a view's table.
package enum ViewCell: Sendable {
    /// Nothing is there.
    case null
    case boolean(Bool)
    case integer(Int)
    /// A number that was computed, with its scale kept.
    case decimal(DecimalNumber)
    case text(String)
    /// An element as it stands in the resource; numbers keep their text.
    case element(JSONValue)
    /// The values of a column that is a collection; empty when there are none.
    case list([ViewCell])
}
