import Basics
import Crypto
import Posix

/// The files of a listener that speaks TLS; read at the start, and again on SIGHUP.
struct ListenerSecurity: Sendable {
    /// The certificate with its chain, as PEM.
    let certificate: String
    /// Its key.
    let key: String
    /// The authorities of the clients' certificates; nobody is asked for one without.
    var clientAuthority: String?
    /// Whether a client without a certificate is refused in the handshake.
    var requiresCertificate = false

    /// Makes the files anew that are about to expire, without writing them; nobody does for those
    /// of an operator.
    var renew: (@Sendable () throws(CommandError) -> Renewal?)?

    /// A certificate and its key, made anew and not written yet.
    struct Renewal: Sendable {
        let certificate: [UInt8]
        let key: [UInt8]
        /// Writes them, and says so.
        let keep: @Sendable () throws(CommandError) -> Void
    }

    /// What is served, as far as everybody may know it.
    struct Standing: Equatable, Sendable {
        /// The SHA-256 of the file of the certificate.
        let certificateDigest: String
        /// The SHA-256 of the file of the clients' authorities.
        let authorityDigest: String?
        /// When the server's certificate ends.
        let endsAt: Instant
    }

    /// What a listener can be secured with.
    struct Loaded: Sendable {
        let context: TLSServerContext
        let standing: Standing
        /// What was made anew for it.
        fileprivate let renewal: Renewal?

        /// Writes what was made anew; to be called when it is to be served, and before it is.
        func keep() throws(CommandError) { try renewal?.keep() }
    }

    /// The options.
    static let values: Set<String> = [
        "tls-certificate", "tls-key", "client-ca", "client-certificate",
    ]

    /// Takes the names of files.
    init(certificate: String, key: String) {
        self.certificate = certificate
        self.key = key
    }

    /// Reads the options; `nil` without a certificate.
    ///
    /// - Throws: `CommandError` with exit code 2 when a part of them is missing.
    static func read(_ parsed: Arguments) throws(CommandError) -> ListenerSecurity? {
        let certificate = parsed.value("tls-certificate") ?? environment("LIMEN_TLS_CERTIFICATE")
        let key = parsed.value("tls-key") ?? environment("LIMEN_TLS_KEY")
        let authority = parsed.value("client-ca") ?? environment("LIMEN_CLIENT_CA")
        let demand = parsed.value("client-certificate")
        guard let certificate, let key else {
            guard certificate == nil, key == nil, authority == nil, demand == nil else {
                throw CommandError(
                    .usage,
                    "TLS takes both, --tls-certificate FILE and --tls-key FILE"
                )
            }
            return nil
        }
        var security = ListenerSecurity(certificate: certificate, key: key)
        security.clientAuthority = authority
        switch demand {
        case nil, "optional": break
        case "required": security.requiresCertificate = true
        default:
            throw CommandError(.usage, "--client-certificate is required or optional")
        }
        guard authority != nil || demand == nil else {
            throw CommandError(
                .usage,
                "name the authority of the clients' certificates with --client-ca FILE"
            )
        }
        return security
    }

    private static func environment(_ name: String) -> String? { Terminal.environment(name) }

    /// Reads the files, or makes anew what is about to expire; writes nothing.
    ///
    /// - Throws: `CommandError` with exit code 3 that names the file at fault.
    func load() throws(CommandError) -> Loaded {
        let renewal = try renew?()
        var parts: TLSServerContext.Parts
        if let renewal {
            parts = TLSServerContext.Parts(chain: renewal.certificate, key: renewal.key)
        } else {
            parts = TLSServerContext.Parts(
                chain: try ConfigurationFiles.bytes(certificate),
                key: try privateBytes(key)
            )
        }
        if let clientAuthority {
            parts.clientAuthorities = try ConfigurationFiles.bytes(clientAuthority)
        }
        parts.requiresCertificate = requiresCertificate
        let context: TLSServerContext
        do {
            context = try TLSServerContext.make(parts)
        } catch {
            throw CommandError(.badInput, sentence(error))
        }
        guard let seconds = TLSServerContext.endSeconds(ofChain: parts.chain) else {
            throw CommandError(.badInput, sentence(.certificateDamaged))
        }
        let standing = Standing(
            certificateDigest: Hexadecimal.text(Digest.sha256(parts.chain)),
            authorityDigest: parts.clientAuthorities.map { Hexadecimal.text(Digest.sha256($0)) },
            endsAt: Instant(microseconds: Int64(seconds) * 1_000_000)
        )
        return Loaded(context: context, standing: standing, renewal: renewal)
    }

    private func sentence(_ error: TLSServerError) -> String {
        let blocks = "whole blocks from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----"
        let authority =
            "the file of the clients' authorities (--client-ca), \(clientAuthority ?? "")"
        let own = "the file of the server's certificate (--tls-certificate), \(certificate)"
        return switch error {
        case .certificateMalformed: "\(own), holds none; it takes \(blocks), the server's first"
        case .certificateDamaged:
            "\(own), is cut or damaged, and none of it is taken; it takes \(blocks), "
                + "the server's first, then those between it and its authority"
        case .certificateUnfit:
            "\(own), holds a certificate with too weak a key or signature; "
                + "it takes P-256 or RSA of 2,048 bits at least, signed with SHA-256"
        case .certificateUnordered:
            "\(own), holds a certificate that was not issued by the one behind it; it takes the "
                + "server's first, and behind each the one that has issued it"
        case .certificateEarly:
            "\(own), begins with one that is not valid yet; look at the clock, or wait"
        case .certificateExpired:
            "\(own), begins with one that has expired; put the renewed one in its place"
        case .keyMalformed: "\(key) holds no key as PEM without a pass phrase"
        case .keyMismatch: "\(key) is not the key of \(certificate), or too weak"
        case .authorityMalformed: "\(authority), holds none; it takes \(blocks)"
        case .authorityDamaged:
            "\(authority), is cut or damaged, and none of it is trusted; it takes \(blocks)"
        case .unusable: "TLS cannot be set up"
        }
    }

    private func privateBytes(_ path: String) throws(CommandError) -> [UInt8] {
        do {
            return try PrivateFile.read(path: path, bytesMax: Limits.tlsFileBytesMax)
        } catch {
            switch error {
            case .system(let error) where error.isAbsent:
                throw CommandError(.badInput, "there is no file \(path)")
            case .system(let error):
                throw CommandError(.badInput, "\(path) cannot be read: \(error.text)")
            case .notRegular: throw CommandError(.badInput, "\(path) is no regular file")
            case .foreignOwner:
                throw CommandError(.badInput, "\(path) belongs to another account")
            case .openToOthers:
                throw CommandError(.badInput, "\(path) is open to others; chmod 600 \(path)")
            }
        }
    }
}
