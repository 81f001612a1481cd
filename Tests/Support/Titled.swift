/// An argument of a test that is too long for the log, which shows its title instead.
package struct Titled<Value: Sendable>: Sendable, CustomStringConvertible {
    /// What the log shows.
    package let title: String
    /// The argument.
    package let value: Value

    /// Names an argument.
    package init(_ title: String, _ value: Value) {
        self.title = title
        self.value = value
    }

    /// The title.
    package var description: String { title }
}
