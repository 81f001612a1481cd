import Basics
import Crypto

/// Encrypts the bodies of the records of one session.
struct SpoolCipher {
    private let installation: UUIDBytes
    private let session: UUIDBytes
    private let key: SpoolKey

    static let overheadByteCount =
        AuthenticatedCipher.nonceByteCount + AuthenticatedCipher.tagByteCount

    init(identity: SpoolIdentity, session: UUIDBytes) {
        installation = identity.installation
        self.session = session
        key = identity.key
    }

    /// Reads what a segment with this header holds; `nil` without its key.
    init?(identity: SpoolIdentity, header: SegmentHeader) {
        guard let key = identity.key(header.keyID) else { return nil }
        installation = identity.installation
        session = header.session
        self.key = key
    }

    /// The nonce, the ciphertext and its tag.
    ///
    /// Nonces are random: one key seals far fewer than the 2^32 entries after which two of them
    /// could meet (SP 800-38D, 8.3).
    func seal(_ entry: SpoolEntry, sequence: UInt64) -> [UInt8] {
        let nonce = RandomBytes.make(count: AuthenticatedCipher.nonceByteCount)
        return nonce
            + AuthenticatedCipher.seal(
                entry.bytes,
                key: key.secret,
                nonce: nonce,
                associated: context(sequence, entry.log, entry.rowCount)
            )
    }

    /// The entry in a record; `nil` when it is not one that we wrote.
    func open(_ record: SpoolRecord) -> SpoolEntry? {
        guard record.body.count >= Self.overheadByteCount else { return nil }
        let bytes = AuthenticatedCipher.open(
            record.body.dropFirst(AuthenticatedCipher.nonceByteCount),
            key: key.secret,
            nonce: Array(record.body.prefix(AuthenticatedCipher.nonceByteCount)),
            associated: context(record.sequence, record.log, record.rowCount)
        )
        return bytes.map { SpoolEntry(log: record.log, rowCount: record.rowCount, bytes: $0) }
    }

    /// What the encryption binds an entry to: it cannot be moved to another place unnoticed.
    private func context(_ sequence: UInt64, _ log: UUIDBytes, _ rowCount: Int) -> [UInt8] {
        var context = Array("limen-spool/1".utf8) + installation.bytes + session.bytes
        context.append(number: sequence, byteCount: 8)
        context += log.bytes
        context.append(number: UInt64(rowCount), byteCount: 4)
        return context
    }
}
