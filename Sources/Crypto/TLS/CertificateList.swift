import COpenSSL

/// The certificates of a PEM file (RFC 7468): all of them, or none.
///
///     subject=CN = gateway.example         explanatory text (section 5.2)
///     -----BEGIN CERTIFICATE-----
///     MIIBgTCCASegAwIBAgIUEmC2...
///     -----END CERTIFICATE-----
///
/// OpenSSL's reader of lists cannot tell the end of a file from a block that is cut, and passes
/// over what it cannot read; a chain would be served, or authorities trusted, in part.
@safe
struct CertificateList: ~Copyable {
    /// Something in the file is neither explanatory text nor a whole certificate.
    struct Damage: Error, Equatable {}

    private let certificates: [OpaquePointer]

    private init(_ certificates: [OpaquePointer]) {
        unsafe self.certificates = certificates
    }

    deinit {
        unsafe certificates.forEach { unsafe X509_free($0) }
    }

    /// How many there are.
    var count: Int { unsafe certificates.count }

    /// Calls a closure with each certificate and its place until one answers `false`; whether
    /// none did.
    func all(_ body: (OpaquePointer, Int) -> Bool) -> Bool {
        for place in 0..<count {
            guard unsafe body(certificates[place], place) else { return false }
        }
        return true
    }

    /// Whether each certificate but the last was issued by the one behind it.
    ///
    /// RFC 5246 section 7.4.2 demands it, RFC 8446 section 4.4.2 only recommends it; not every
    /// client can sort.
    var isChain: Bool {
        for place in 1..<max(1, count) {
            let isIssued = unsafe limen_tls_is_issued_by(
                certificates[place - 1],
                certificates[place]
            )
            guard isIssued == 1 else { return false }
        }
        return true
    }

    /// Where the present lies: 0 within the time of the first certificate, -1 before, 1 behind it.
    var timeStanding: Int {
        guard let first = unsafe certificates.first else { return 0 }
        return unsafe Int(limen_tls_time_standing(first))
    }

    /// When the first certificate ends, in seconds since 1970; `nil` when that cannot be told.
    var endSeconds: Int? {
        guard let first = unsafe certificates.first else { return nil }
        let seconds = unsafe Int(limen_tls_end_seconds(first))
        return seconds < 0 ? nil : seconds
    }

    /// Reads a file; one without certificates gives an empty list.
    static func read(_ pem: [UInt8]) throws(Damage) -> CertificateList {
        CryptoStart.begin()
        defer { ERR_clear_error() }
        var certificates: [OpaquePointer] = unsafe []
        do throws(Damage) {
            for der in try encoded(pem) {
                guard let certificate = unsafe limen_tls_certificate(der, der.count) else {
                    throw Damage()
                }
                unsafe certificates.append(certificate)
            }
        } catch {
            unsafe certificates.forEach { unsafe X509_free($0) }
            throw error
        }
        return unsafe CertificateList(certificates)
    }

    // MARK: Blocks

    private static let begin = Array("-----BEGIN ".utf8)
    private static let dashes = Array("-----".utf8)
    /// The labels of certificates (RFC 7468, section 5.1 and 4).
    private static let labels = ["CERTIFICATE", "X509 CERTIFICATE"]

    /// The certificates as DER.
    ///
    /// Keys and parameters may stand among them and are passed over.
    private static func encoded(_ pem: [UInt8]) throws(Damage) -> [[UInt8]] {
        var found: [[UInt8]] = []
        var label: String?
        var text: [UInt8] = []
        for line in pem.split(separator: 0x0A, omittingEmptySubsequences: false) {
            let line = trimmed(line)
            guard let current = label else {
                label = try opened(line)
                text = []
                continue
            }
            if line.elementsEqual("-----END \(current)-----".utf8) {
                label = nil
                guard labels.contains(current) else { continue }
                let content = String(decoding: text, as: UTF8.self)
                guard !text.isEmpty, let der = Base64.bytes(content) else { throw Damage() }
                found.append(der)
            } else {
                guard !line.starts(with: dashes) else { throw Damage() }
                text.append(contentsOf: line)
            }
        }
        guard label == nil else { throw Damage() }
        return found
    }

    /// The label that a line outside of blocks opens; `nil` for explanatory text.
    private static func opened(_ line: ArraySlice<UInt8>) throws(Damage) -> String? {
        guard line.starts(with: begin), line.suffix(dashes.count).elementsEqual(dashes),
            line.count > begin.count + dashes.count
        else {
            // What begins or ends a block in part would else count as text.
            let first = line.first { $0 != 0x20 && $0 != 0x09 }
            guard first != dashes[0], !holdsDashes(line) else { throw Damage() }
            return nil
        }
        let label = String(
            decoding: line.dropFirst(begin.count).dropLast(dashes.count),
            as: UTF8.self
        )
        guard
            labels.contains(label) || label.hasSuffix("PRIVATE KEY")
                || label.hasSuffix("PARAMETERS")
        else { throw Damage() }
        return label
    }

    private static func holdsDashes(_ line: ArraySlice<UInt8>) -> Bool {
        var run = 0
        for byte in line {
            run = byte == dashes[0] ? run + 1 : 0
            if run == dashes.count { return true }
        }
        return false
    }

    /// A line without the white space at its end.
    private static func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var line = line
        while let last = line.last, last == 0x0D || last == 0x20 || last == 0x09 {
            line.removeLast()
        }
        return line
    }
}
