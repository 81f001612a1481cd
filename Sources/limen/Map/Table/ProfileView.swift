import JSON
import Mapping

/// A view that is restricted to what one profile looks for.
///
/// The shipped view of all observations, with a filter for the codes of the profile's inputs and
/// facts: what the interface engineer sees is what the profile was given to judge.
enum ProfileView {
    /// Adds the filter to the document of a view that has none.
    ///
    /// The codes stand in one text between blanks, which no token holds, so that their number is
    /// not bounded by the depth of an expression.
    static func document(_ view: JSONValue, codes: [String]) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        for (name, value) in view.members {
            writer.name(name.stringValue ?? "")
            writer.value(value)
        }
        writer.name("constant")
        writer.beginArray()
        writer.beginObject()
        writer.member("name", "profileCodes")
        writer.member("valueString", " " + codes.joined(separator: " ") + " ")
        writer.endObject()
        writer.endArray()
        writer.name("where")
        writer.beginArray()
        writer.beginObject()
        writer.member("path", filter)
        writer.endObject()
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    private static let filter =
        "(code.coding | component.code.coding)"
        + ".where(%profileCodes.contains(' ' & system & '|' & code & ' ')).exists()"
}
