package import Basics
package import Crypto

/// One sealed part of a row.
///
///     format (1) || nonce (12) || ciphertext || tag (16)
///
/// Format 1 holds the part as it is; format 2 holds its length (4, the most significant first) and
/// an LZ4 block of it, which is taken when it is shorter.
///
/// It is AES-256-GCM with a random nonce, bound to the tenant, the event, the column and the version
/// of the row: a part that was moved to another row or column does not open.
package enum Sealing {
    /// The version of the row that sealed parts belong to.
    package static let schemaVersion = 2
    /// The format of a sealed part, its first byte.
    fileprivate enum Format: UInt8 {
        case plain = 1
        case packed = 2
    }
    /// Parts below this are not worth packing.
    private static let packedByteCountMin = 96
    /// How much longer a sealed part is than what it holds.
    package static let overheadByteCount =
        1 + AuthenticatedCipher.nonceByteCount + AuthenticatedCipher.tagByteCount

    /// The place of a part.
    package struct Place: Sendable {
        /// The tenant of the row.
        package let tenant: String
        /// The event of the row.
        package let eventID: UUIDBytes

        /// Names a place.
        package init(tenant: String, eventID: UUIDBytes) {
            self.tenant = tenant
            self.eventID = eventID
        }

        /// What a part is bound to: each element behind its length.
        fileprivate func associated(_ column: String, _ format: Format) -> [UInt8] {
            var bytes = Array("limen-seal/\(format.rawValue)".utf8)
            let tenant = Array(tenant.utf8)
            let column = Array(column.utf8)
            bytes += Sealing.length(tenant.count)
            bytes += tenant
            bytes += eventID.bytes
            bytes += Sealing.length(column.count)
            bytes += column
            bytes += Sealing.length(Sealing.schemaVersion)
            return bytes
        }
    }

    /// Seals a part.
    static func seal(
        _ plaintext: [UInt8],
        key: Secret,
        at place: Place,
        column: String
    ) -> [UInt8] {
        let nonce = Crypto.RandomBytes.make(count: AuthenticatedCipher.nonceByteCount)
        let (format, content) = packed(plaintext)
        return [format.rawValue] + nonce
            + AuthenticatedCipher.seal(
                content,
                key: key,
                nonce: nonce,
                associated: place.associated(column, format)
            )
    }

    /// The shorter form of a part.
    private static func packed(_ plaintext: [UInt8]) -> (Format, [UInt8]) {
        guard plaintext.count >= packedByteCountMin,
            plaintext.count <= Limits.packedTextBytesMax
        else { return (.plain, plaintext) }
        let block = length(plaintext.count) + LZ4Block.pack(plaintext)
        return block.count < plaintext.count ? (.packed, block) : (.plain, plaintext)
    }

    /// Opens a part; `nil` when it was altered or moved, or is sealed with another key.
    package static func open(
        _ sealed: [UInt8],
        key: Secret,
        at place: Place,
        column: String
    ) -> [UInt8]? {
        guard sealed.count >= overheadByteCount, let format = Format(rawValue: sealed[0])
        else { return nil }
        let nonceEnd = 1 + AuthenticatedCipher.nonceByteCount
        let content = AuthenticatedCipher.open(
            sealed[nonceEnd...],
            key: key,
            nonce: Array(sealed[1..<nonceEnd]),
            associated: place.associated(column, format)
        )
        switch format {
        case .plain: return content
        case .packed: return content.flatMap(unpacked)
        }
    }

    private static func unpacked(_ content: [UInt8]) -> [UInt8]? {
        guard content.count >= 4 else { return nil }
        let count = content.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        return LZ4Block.unpack(content[4...], count: count)
    }

    /// A number as four bytes, the most significant first.
    static func length(_ count: Int) -> [UInt8] {
        stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: count >> $0) }
    }
}

/// The names of the sealed columns, which are part of what is bound.
package enum SealedColumn: String, Sendable, CaseIterable {
    case patient = "sealed_patient"
    case user = "sealed_user"
    case encounter = "sealed_encounter"
    case inputs = "sealed_inputs"
    case rejections = "sealed_rejections"
    case result = "sealed_result"
    case cards = "sealed_cards"

    /// The column of the comment on a card.
    static func comment(on cardID: UUIDBytes) -> String { "sealed_comment/" + cardID.text }
}
