package import Basics

/// Where a page of events ended: the next page begins behind it.
///
/// It is a place and no right. What leaves the program is a sealed form that is bound to tenant,
/// filter and caller (`CursorSeal`).
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

    /// Makes a cursor behind an event.
    package init(after record: AuditRecord) {
        self.init(startedAt: record.startedAt, eventID: record.eventID)
    }

    /// Reads its 24 bytes; `nil` for any other number of them.
    package init?(bytes: ArraySlice<UInt8>) {
        guard bytes.count == 24, let eventID = UUIDBytes(bytes.dropFirst(8)) else { return nil }
        let bits = bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        startedAt = Instant(microseconds: Int64(bitPattern: bits))
        self.eventID = eventID
    }

    /// Its 24 bytes: the moment in microseconds, big-endian, and the id.
    package var bytes: [UInt8] {
        let bits = UInt64(bitPattern: startedAt.microseconds)
        let moment = stride(from: 56, through: 0, by: -8).map {
            UInt8(truncatingIfNeeded: bits >> UInt64($0))
        }
        return moment + eventID.bytes
    }
}
