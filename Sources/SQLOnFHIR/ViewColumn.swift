/// A column of a view's table.
package struct ViewColumn: Equatable, Sendable {
    /// The name.
    package let name: String
    /// The declared type, such as `dateTime`; `nil` for whatever primitive is found.
    package let type: ViewType?
    /// Whether a cell holds a list.
    package let isCollection: Bool
    /// What the column means.
    package let description: String?
    /// Notes for other programs, such as `ansi/type`.
    package let tags: [Tag]
    /// Where in the document the column stands, as a JSON Pointer.
    package let pointer: String

    /// A note for another program.
    package struct Tag: Equatable, Sendable {
        /// What the note is about.
        package let name: String
        /// What it says.
        package let value: String
    }
}
