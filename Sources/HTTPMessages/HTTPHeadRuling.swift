/// What becomes of a body of which nothing has been read yet.
///
/// Who answers knows from the head alone what most requests are worth: whether there is such a
/// path, whether it takes bodies, and how large. A body that is of no use is then never kept, and a
/// client that waits for `100 Continue` has its final answer at once (RFC 9110 section 10.1.1).
package enum HTTPHeadRuling: Equatable, Sendable {
    /// The body is read if it is not larger.
    case read(bytesMax: Int)
    /// The request is handled without its body, and the connection closed behind the answer.
    case answer

    /// Rules on a head; the length is unknown when the body comes in chunks.
    package typealias Judge = @Sendable (_ head: HTTPRequest, _ length: Int?) -> HTTPHeadRuling
}
