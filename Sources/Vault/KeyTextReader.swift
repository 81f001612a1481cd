import Basics
import Crypto

/// Reads a key text line by line.
struct KeyTextReader {
    private var hasHeader = false
    private var tenant: String?
    private var wrapping: [TenantKeys.Wrapping] = []
    private var current: [TenantKeys.Wrapping] = []
    private var pseudonyms: [TenantKeys.Pseudonym] = []
    private var digests: Set<[UInt8]> = []

    mutating func read(_ line: ArraySlice<UInt8>, number: Int) throws(VaultError) {
        guard hasHeader else {
            guard Array(line) == TenantKeys.header else {
                throw VaultError(.malformed, line: number)
            }
            hasHeader = true
            return
        }
        guard let first = line.first, first != UInt8(ascii: "#") else { return }
        let words = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        switch words.first.map({ String(decoding: $0, as: UTF8.self) }) {
        case "tenant" where words.count == 2 && tenant == nil:
            tenant = String(decoding: words[1], as: UTF8.self)
        case "wrapping" where words.count == 3 || words.count == 4:
            try readWrapping(words, number)
        case "pseudonym" where words.count == 3:
            try readPseudonym(words, number)
        default: throw VaultError(.malformed, line: number)
        }
    }

    private mutating func readWrapping(
        _ words: [ArraySlice<UInt8>],
        _ number: Int
    ) throws(VaultError) {
        let name = String(decoding: words[1], as: UTF8.self)
        guard Self.isName(name) else { throw VaultError(.malformed, line: number) }
        let isCurrent = words.count == 4
        guard !isCurrent || words[3].elementsEqual("current".utf8) else {
            throw VaultError(.malformed, line: number)
        }
        let size = AuthenticatedCipher.keyByteCount
        let secret = try secret(words[2], bytes: size...size, number)
        guard !wrapping.contains(where: { $0.name == name }) else {
            throw VaultError(.duplicate, line: number)
        }
        guard wrapping.count < Limits.tenantKeysMax else { throw VaultError(.tooMany) }
        let key = TenantKeys.Wrapping(name: name, secret: secret)
        wrapping.append(key)
        if isCurrent { current.append(key) }
    }

    private mutating func readPseudonym(
        _ words: [ArraySlice<UInt8>],
        _ number: Int
    ) throws(VaultError) {
        let digits = String(decoding: words[1], as: UTF8.self)
        // The column of the epoch is a smallint.
        guard let epoch = Int(digits), String(epoch) == digits, (1...32_767).contains(epoch) else {
            throw VaultError(.malformed, line: number)
        }
        let secret = try secret(words[2], bytes: 32...1_024, number)
        guard !pseudonyms.contains(where: { $0.epoch == epoch }) else {
            throw VaultError(.duplicate, line: number)
        }
        guard pseudonyms.count < Limits.tenantKeysMax else { throw VaultError(.tooMany) }
        pseudonyms.append(TenantKeys.Pseudonym(epoch: epoch, secret: secret))
    }

    private mutating func secret(
        _ text: ArraySlice<UInt8>,
        bytes range: ClosedRange<Int>,
        _ number: Int
    ) throws(VaultError) -> Secret {
        guard var bytes = Base64URL.bytes(ofText: text) else {
            throw VaultError(.malformed, line: number)
        }
        defer { Secret.wipe(&bytes) }
        guard range.contains(bytes.count) else { throw VaultError(.malformed, line: number) }
        // One key under two names would be a rotation that rotates nothing.
        guard digests.insert(Digest.sha256(bytes)).inserted else {
            throw VaultError(.duplicate, line: number)
        }
        return Secret(bytes)
    }

    func finish(tenant wanted: String) throws(VaultError) -> TenantKeys {
        guard hasHeader, let tenant else { throw VaultError(.malformed) }
        guard tenant == wanted else { throw VaultError(.otherTenant) }
        guard current.count == 1, let key = current.first else {
            throw VaultError(.notOneCurrent)
        }
        return TenantKeys(
            tenant: tenant,
            wrapping: wrapping,
            currentWrapping: key,
            pseudonyms: pseudonyms.sorted { $0.epoch < $1.epoch }
        )
    }

    /// Whether a name has only lower-case letters, digits, dots and hyphens.
    static func isName(_ name: String) -> Bool {
        (1...Limits.wrappingKeyNameBytesMax).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
            }
    }
}
