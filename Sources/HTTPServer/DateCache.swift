import Basics
import HTTPMessages
import Posix

/// The `Date` field, made once in a second.
struct DateCache {
    private var bytes: [UInt8] = []
    private var validUntil = Int64.min

    /// The bytes for a moment of the monotonic clock, in milliseconds.
    mutating func bytes(at now: Int64) -> [UInt8] {
        if now >= validUntil {
            let moment = Clock.now()
            bytes = HTTPDate.bytes(moment)
            // Until the wall clock's next full second.
            validUntil = now + 1_000 - (moment.microseconds / 1_000) % 1_000
        }
        return bytes
    }
}
