import Crypto
import Posix

/// The certificate of `limen up --tls`: made here, signed by an authority made here.
///
///     .limen/tls/authority.pem   what clients trust: curl --cacert
///     .limen/tls/authority.key   signs the server's certificate
///     .limen/tls/server.pem      for localhost and the loopback addresses
///     .limen/tls/server.key
///
/// Both are made anew, with new keys, when they are missing, when they cannot be used, and when
/// they expire within 30 days: at the start, and when SIGHUP asks for the files again. They are
/// written when they are to be served: a reload that is refused changes no file.
struct DevelopmentCertificate {
    private static let authorityDays = 825
    private static let serverDays = 90
    /// How long before its end a certificate is made anew: a first try that runs for weeks does not
    /// end with a certificate that has expired.
    private static let renewalSeconds = 30 * 86_400

    private let state: StateFolder
    /// What was made anew, in the order in which it is to be written.
    private var made: [(name: String, certificate: IssuedCertificate)] = []
    /// What is to be said of it, in sentences.
    private var notes: [String] = []

    /// Where the authority lies.
    static func authorityPath(_ state: StateFolder) -> String { state.file("tls/authority.pem") }

    /// Makes the files that are missing or about to expire; `say` is told of what was renewed, now
    /// and whenever the files are read again.
    static func make(
        in state: StateFolder,
        say: @escaping @Sendable (String) -> Void
    ) throws(CommandError) -> ListenerSecurity {
        let renew = { @Sendable () throws(CommandError) -> ListenerSecurity.Renewal? in
            var renewed = DevelopmentCertificate(state: state)
            let server = try renewed.renew()
            guard let server else { return nil }
            return ListenerSecurity.Renewal(
                certificate: server.certificate,
                key: server.key,
                keep: { [renewed] () throws(CommandError) in
                    try renewed.write()
                    for note in renewed.notes { say(note) }
                }
            )
        }
        try renew()?.keep()
        var security = ListenerSecurity(
            certificate: state.file("tls/server.pem"),
            key: state.file("tls/server.key")
        )
        security.renew = renew
        return security
    }

    private init(state: StateFolder) {
        self.state = state
    }

    /// Makes anew what must be; answers the server's certificate when it was.
    private mutating func renew() throws(CommandError) -> IssuedCertificate? {
        let authority = try renewedAuthority()
        let kept = try read("server")
        if let kept, isFit(kept, signedBy: authority) { return nil }
        let server = authority.issue(
            commonName: "localhost",
            names: "DNS:localhost,IP:127.0.0.1,IP:::1",
            purpose: .server,
            days: Self.serverDays
        )
        guard let server else { throw Self.failure }
        made.append(("server", server))
        if kept != nil {
            notes.append("the development certificate was renewed, for \(Self.serverDays) days")
        }
        return server
    }

    private mutating func renewedAuthority() throws(CommandError) -> IssuedCertificate {
        let kept = try read("authority")
        if let kept, isFit(kept, signedBy: nil) { return kept }
        let authority = IssuedCertificate.authority(
            commonName: "Limen development authority",
            days: Self.authorityDays
        )
        guard let authority else { throw Self.failure }
        made.append(("authority", authority))
        if kept != nil {
            notes.append(
                "the development authority was renewed, for \(Self.authorityDays) days; clients "
                    + "must trust \(Self.authorityPath(state)) anew"
            )
        }
        return authority
    }

    private func isFit(
        _ certificate: IssuedCertificate,
        signedBy authority: IssuedCertificate?
    ) -> Bool {
        guard let seconds = certificate.secondsUsable(signedBy: authority) else { return false }
        return seconds > Self.renewalSeconds
    }

    private func read(_ name: String) throws(CommandError) -> IssuedCertificate? {
        guard let certificate = try state.text("tls/\(name).pem"),
            let key = try state.text("tls/\(name).key")
        else { return nil }
        return IssuedCertificate(certificate: Array(certificate.utf8), key: Array(key.utf8))
    }

    /// The key first: a certificate without its key is made anew, and nobody has trusted it yet.
    private func write() throws(CommandError) {
        do {
            try Folder.create(path: state.file("tls"))
        } catch {
            throw StateFolder.failure(error, state.file("tls"))
        }
        for (name, certificate) in made {
            try state.write("tls/\(name).key", Self.text(certificate.key))
            try state.write("tls/\(name).pem", Self.text(certificate.certificate), mode: 0o644)
        }
    }

    private static var failure: CommandError {
        CommandError(.internalError, "a certificate cannot be made; remove the folder tls")
    }

    private static func text(_ bytes: [UInt8]) -> String {
        String(decoding: bytes.last == 0x0A ? bytes.dropLast() : bytes[...], as: UTF8.self)
    }
}
