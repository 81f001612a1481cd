/// A media type, or a range of them (RFC 9110 sections 8.3.1 and 12.5.1).
///
///     application/json; charset="utf-8"
///     text/html; q=0.5
///
/// Types and names are in small letters, values as they came but for their quotes.
package struct MediaType: Equatable, Sendable {
    /// What stands before the slash, such as `application`.
    package let type: String
    /// What stands behind it, such as `json`.
    package let subtype: String
    /// The parameters in their order.
    package let parameters: [Parameter]

    /// One parameter, such as `charset=utf-8`.
    package struct Parameter: Equatable, Sendable {
        /// Its name.
        package let name: String
        /// Its value.
        package let value: String
    }
}

extension MediaType {
    /// Reads a text that is one media type; `nil` when it is none.
    package init?(_ text: String) {
        var reader = MediaTypeReader(text)
        guard let type = reader.readWhole() else { return nil }
        self = type
    }

    /// Reads the members of a list of ranges; each that is none comes as `nil`, and empty ones do
    /// not come (RFC 9110 section 5.6.1.2).
    package static func list(_ text: String) -> [MediaType?] {
        var reader = MediaTypeReader(text)
        return reader.readList()
    }

    /// Whether its weight is 0, which says that it is not acceptable (RFC 9110 section 12.4.2).
    ///
    /// A weight that nobody can read says no such thing.
    package var isWeightless: Bool {
        guard let weight = parameters.first(where: { $0.name == "q" })?.value else { return false }
        return weight.contains("0") && weight.allSatisfy { $0 == "0" || $0 == "." }
    }
}
