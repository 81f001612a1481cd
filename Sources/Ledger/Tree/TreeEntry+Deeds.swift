import Audit
package import Basics

extension TreeEntry {
    /// A key that begins without a word of an earlier one: that was lost, or another gateway has it.
    ///
    /// It vouches for itself, so who verifies must be given its public half from elsewhere.
    package struct Beginning: Sendable, Equatable {
        /// The key that signs from here on.
        package let key: [UInt8]
        /// When.
        package let at: Instant
        /// The signature of the key itself.
        package let signature: [UInt8]

        /// Takes what was stored.
        package init(key: [UInt8], at: Instant, signature: [UInt8]) {
            self.key = key
            self.at = at
            self.signature = signature
        }

        /// Signs a beginning.
        package init(of signer: NoteSigner, at now: Instant) {
            let bare = Beginning(key: signer.key.bytes, at: now, signature: [])
            self.init(key: bare.key, at: now, signature: signer.signature(over: bare.statement))
        }

        /// The bytes that are signed.
        package var statement: [UInt8] {
            var writer = CanonicalWriter()
            writer.text("limen-key-begun/1")
            writer.data(key)
            writer.instant(at)
            return writer.bytes
        }
    }

    /// What is left of a month whose rows were dropped.
    package struct Tombstone: Sendable, Equatable {
        /// The month, as 202611.
        package let month: Int32
        /// The table that was dropped, such as `event_202611`.
        package let relation: String
        /// When it was dropped.
        package let at: Instant
        /// How much it held; `nil` in those that were left before they said so.
        package let content: Content?

        /// Names a month.
        package init(month: Int32, relation: String, at: Instant, content: Content? = nil) {
            self.month = month
            self.relation = relation
            self.at = at
            self.content = content
        }
    }

    /// Which rows a month held, so that the batches can be held against it.
    package struct Content: Sendable, Equatable {
        /// How many rows it held.
        package let rowCount: Int64
        /// The digest over the hashes of its rows; see `MonthDigest`.
        package let leafDigest: [UInt8]
        /// The places of the rows, by log and number.
        package let places: [Places]

        /// Says what a month held.
        package init(rowCount: Int64, leafDigest: [UInt8], places: [Places]) {
            self.rowCount = rowCount
            self.leafDigest = leafDigest
            self.places = places
        }
    }

    /// Rows of a log that follow each other.
    package struct Places: Sendable, Equatable {
        /// The log.
        package let logID: UUIDBytes
        /// The number of the first row.
        package let first: Int64
        /// The number of the last row.
        package let last: Int64

        /// Names rows.
        package init(logID: UUIDBytes, first: Int64, last: Int64) {
            self.logID = logID
            self.first = first
            self.last = last
        }

        /// The bytes of one: the log, the first and the last number, big-endian.
        private static let byteCount = 32

        /// Reads the column `places` of `audit.dropped_month`; `nil` when it is not in order.
        package static func list(_ bytes: [UInt8]) -> [Places]? {
            guard bytes.count.isMultiple(of: byteCount) else { return nil }
            var places: [Places] = []
            for start in stride(from: 0, to: bytes.count, by: byteCount) {
                func number(_ offset: Int) -> UInt64 {
                    bytes[(start + offset)..<(start + offset + 8)].reduce(0) {
                        $0 << 8 | UInt64($1)
                    }
                }
                let range = Places(
                    logID: UUIDBytes(high: number(0), low: number(8)),
                    first: Int64(bitPattern: number(16)),
                    last: Int64(bitPattern: number(24))
                )
                guard range.first >= 0, range.last >= range.first else { return nil }
                places.append(range)
            }
            return places
        }
    }
}
