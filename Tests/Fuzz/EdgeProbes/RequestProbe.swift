import Basics
import HTTPMessages

/// What must hold for any bytes that a client may send: they are read in one way, wherever the
/// network cuts them, and what comes out is within every limit.
public enum RequestProbe {
    /// What bytes were read as.
    private struct Reading: Equatable {
        var requests: [String] = []
        var rejection: RequestRejection?
        var isBetween = true
    }

    /// Reads bytes whole, cut once and one by one; whether a request was read and none refused.
    @discardableResult
    public static func run(_ bytes: [UInt8]) -> Bool {
        let whole = read([bytes[...]])
        let middle = bytes.isEmpty ? 0 : Int(bytes[bytes.count / 2]) % bytes.count
        precondition(
            read([bytes[..<middle], bytes[middle...]]) == whole,
            "a cut changes a request"
        )
        if bytes.count <= 2_048 {
            let single = read(bytes.indices.map { bytes[$0...$0] })
            precondition(single == whole, "single bytes change a request")
        }
        return whole.rejection == nil && !whole.requests.isEmpty
    }

    private static func read(_ pieces: [ArraySlice<UInt8>]) -> Reading {
        var parser = RequestParser()
        var reading = Reading()
        var buffer: [UInt8] = []
        for piece in pieces {
            buffer.append(contentsOf: piece)
            while true {
                let progress = parser.consume(buffer, 0..<buffer.count)
                precondition(progress.consumed <= buffer.count, "more read than there is")
                buffer.removeFirst(progress.consumed)
                if case .rejected(let rejection) = progress.outcome {
                    precondition(
                        400..<600 ~= rejection.status,
                        "a refusal without a status of refusals"
                    )
                    reading.rejection = rejection
                    return reading
                }
                guard progress.outcome == .complete else { break }
                let parsed = parser.take()
                reading.requests.append(checked(parsed))
                guard parsed.keepsAlive else { return reading }
            }
        }
        reading.isBetween = parser.isBetweenRequests && buffer.isEmpty
        return reading
    }

    /// Checks a request, and answers all of it as a text.
    private static func checked(_ parsed: ParsedRequest) -> String {
        let request = parsed.request
        let path = Array(request.path.utf8)
        precondition(path.first == 0x2F || request.path == "*", "a path without its slash")
        precondition(path.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "a path that is no visible ASCII")
        let segments = request.path.split(separator: "/", omittingEmptySubsequences: false)
        precondition(!segments.contains { $0 == "." || $0 == ".." }, "a path that climbs")
        precondition(request.body.count <= Limits.httpBodyBytesMax, "a body above the limit")
        precondition(request.fields.count <= Limits.httpFieldCountMax, "fields above the limit")
        let fields = request.fields.entries
        for field in fields {
            let isClean = field.value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
            precondition(isClean, "a control byte in a field")
            precondition(!field.name.isEmpty, "a field without a name")
        }
        precondition(request.fields.values("host").count <= 1, "more than one Host")
        let lengths = request.fields.values("content-length")
        let codings = request.fields.values("transfer-encoding")
        precondition(lengths.count + codings.count <= 1, "a body that is framed twice")
        if let length = lengths.first {
            precondition(Int(length) == request.body.count, "a body of another length")
        } else if codings.isEmpty {
            precondition(request.body.isEmpty, "a body without framing")
        }
        return "\(request.method) \(request.path) \(request.query ?? "-") \(fields) "
            + "\(request.body) \(parsed.keepsAlive) \(parsed.minorVersion)"
    }
}
