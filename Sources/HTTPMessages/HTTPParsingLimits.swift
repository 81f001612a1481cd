import Basics

/// The limits of parsing a request; a configuration may lower them.
package struct HTTPParsingLimits: Sendable {
    /// The longest request line in bytes.
    package var requestLineBytesMax = Limits.httpRequestLineBytesMax
    /// The longest field line in bytes.
    package var fieldBytesMax = Limits.httpFieldBytesMax
    /// The longest head in bytes.
    package var headBytesMax = Limits.httpHeadBytesMax
    /// How many field lines.
    package var fieldCountMax = Limits.httpFieldCountMax
    /// The largest body in bytes.
    package var bodyBytesMax = Limits.httpBodyBytesMax

    /// The limits of the house.
    package init() {}
}
