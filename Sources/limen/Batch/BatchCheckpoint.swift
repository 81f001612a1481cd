import Crypto
import JSON

/// How far a batch has come, durably: all patients up to one, and the files as they were then.
struct BatchCheckpoint: Sendable, Equatable {
    /// The last patient that is done; `nil` when none is.
    var last: PatientHash?
    var outputBytes = 0
    var outputDigest = ""
    var errorBytes = 0
    var errorDigest = ""
    var counts = BatchCounts()
    /// Whether all patients are done.
    var isComplete = false

    init() {}

    /// As one line of the journal.
    var json: [UInt8] {
        var writer = JSONWriter(reservingBytes: 512)
        writer.beginObject()
        if let last { writer.member("last", last.text) }
        writer.member("outputBytes", outputBytes)
        writer.member("outputSha256", outputDigest)
        writer.member("errorBytes", errorBytes)
        writer.member("errorSha256", errorDigest)
        writer.member("complete", isComplete)
        writer.name("counts")
        writer.beginObject()
        counts.write(to: &writer)
        writer.endObject()
        writer.endObject()
        return writer.bytes
    }

    /// Reads a line of the journal; `nil` when it is none.
    init?(_ json: JSONValue) {
        guard let outputBytes = json["outputBytes"]?.integerValue,
            let outputDigest = json["outputSha256"]?.stringValue,
            let errorBytes = json["errorBytes"]?.integerValue,
            let errorDigest = json["errorSha256"]?.stringValue,
            let isComplete = json["complete"]?.boolValue,
            let counts = json["counts"].flatMap({ BatchCounts($0) })
        else { return nil }
        if let text = json["last"]?.stringValue {
            guard let last = PatientHash(text: text) else { return nil }
            self.last = last
        }
        self.outputBytes = outputBytes
        self.outputDigest = outputDigest
        self.errorBytes = errorBytes
        self.errorDigest = errorDigest
        self.isComplete = isComplete
        self.counts = counts
    }
}

extension PatientHash {
    /// The hash in hexadecimal.
    var text: String {
        Hexadecimal.text(
            [high, low].flatMap { word in
                stride(from: 56, through: 0, by: -8).map {
                    UInt8(truncatingIfNeeded: word >> UInt64($0))
                }
            }
        )
    }

    /// Reads a hash in hexadecimal.
    init?(text: String) {
        guard let bytes = Hexadecimal.bytes(text), bytes.count == 16 else { return nil }
        self.init(
            high: bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) },
            low: bytes.dropFirst(8).reduce(0) { $0 << 8 | UInt64($1) }
        )
    }
}
