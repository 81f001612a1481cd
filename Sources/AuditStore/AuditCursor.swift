package import Basics
import Crypto

/// Where a page of events ended: the next page begins behind it.
///
/// It holds a moment and an event id and no right: whoever alters it only moves in what he may read.
package struct AuditCursor: Sendable, Equatable {
    /// The moment of the last event of the page.
    package let startedAt: Instant
    /// The id of the last event of the page.
    package let eventID: UUIDBytes

    /// Makes a cursor.
    package init(startedAt: Instant, eventID: UUIDBytes) {
        self.startedAt = startedAt
        self.eventID = eventID
    }

    /// Reads the text form.
    ///
    /// - Throws: `invalidCursor` for a text that is not one of ours.
    package init(text: String) throws(AuditStoreError) {
        guard let bytes = Base64URL.bytes(text), bytes.count == 24,
            let eventID = UUIDBytes(bytes.dropFirst(8))
        else { throw AuditStoreError(code: .invalidCursor) }
        let bits = bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        startedAt = Instant(microseconds: Int64(bitPattern: bits))
        self.eventID = eventID
    }

    /// The text form, safe in a URL.
    package var text: String {
        let bits = UInt64(bitPattern: startedAt.microseconds)
        let moment = stride(from: 56, through: 0, by: -8).map {
            UInt8(truncatingIfNeeded: bits >> UInt64($0))
        }
        return Base64URL.text(moment + eventID.bytes)
    }
}
