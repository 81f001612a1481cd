/// The methods that go on to a router; which path takes which is its business.
///
/// QUERY and TRACE go on to be answered 405, as RFC 9110 section 15.6.2 keeps 501 for methods that
/// a server does not recognise; no route takes them. TRACE would send back what was sent (section
/// 9.3.8), and its connection ends.
enum HTTPMethod {
    private static let known = [
        "GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "QUERY", "TRACE",
    ]

    /// The method as text; methods are compared with regard to case (RFC 9110 section 9.1).
    static func name(
        _ bytes: Span<UInt8>,
        _ range: Range<Int>
    ) throws(RequestRejection) -> String {
        for method in known where isSame(bytes, range, method) { return method }
        if isSame(bytes, range, "CONNECT") { throw .methodRefused }
        throw .methodUnknown
    }

    private static func isSame(_ bytes: Span<UInt8>, _ range: Range<Int>, _ text: String) -> Bool {
        let wanted = text.utf8
        guard range.count == wanted.count else { return false }
        var position = range.lowerBound
        for byte in wanted {
            guard bytes[position] == byte else { return false }
            position += 1
        }
        return true
    }
}
