/// The methods somebody here may serve; which path takes which is the router's business.
enum HTTPMethod {
    /// The method as text; methods are compared with regard to case (RFC 9110 section 9.1).
    static func name(
        _ bytes: Span<UInt8>,
        _ range: Range<Int>
    ) throws(RequestRejection) -> String {
        for method in ["GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH"]
        where isSame(bytes, range, method) { return method }
        for method in ["CONNECT", "TRACE"] where isSame(bytes, range, method) {
            throw .methodRefused
        }
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
