import Crypto
import Posix

/// The certificate of `limen up --tls`: made here, signed by an authority made here.
///
///     .limen/tls/authority.pem   what clients trust: curl --cacert
///     .limen/tls/authority.key   signs the server's certificate at each start
///     .limen/tls/server.pem      for localhost and the loopback addresses
///     .limen/tls/server.key
enum DevelopmentCertificate {
    private static let authorityDays = 825
    private static let serverDays = 90

    /// Where the authority lies.
    static func authorityPath(_ state: StateFolder) -> String { state.file("tls/authority.pem") }

    /// Makes the files, keeping an authority that is there.
    static func make(in state: StateFolder) throws(CommandError) -> ListenerSecurity {
        do {
            try Folder.create(path: state.file("tls"))
        } catch {
            throw StateFolder.failure(error, state.file("tls"))
        }
        var authority: IssuedCertificate?
        if let certificate = try state.text("tls/authority.pem"),
            let key = try state.text("tls/authority.key")
        {
            authority = IssuedCertificate(
                certificate: Array(certificate.utf8),
                key: Array(key.utf8)
            )
        }
        if authority == nil {
            authority = IssuedCertificate.authority(
                commonName: "Limen development authority",
                days: authorityDays
            )
            guard let authority else { throw failure }
            try state.write("tls/authority.pem", text(authority.certificate), mode: 0o644)
            try state.write("tls/authority.key", text(authority.key))
        }
        let server = authority?.issue(
            commonName: "localhost",
            names: "DNS:localhost,IP:127.0.0.1,IP:::1",
            purpose: .server,
            days: serverDays
        )
        guard let server else { throw failure }
        try state.write("tls/server.pem", text(server.certificate), mode: 0o644)
        try state.write("tls/server.key", text(server.key))
        return ListenerSecurity(
            certificate: state.file("tls/server.pem"),
            key: state.file("tls/server.key")
        )
    }

    private static var failure: CommandError {
        CommandError(.internalError, "a certificate cannot be made; remove the folder tls")
    }

    private static func text(_ bytes: [UInt8]) -> String {
        String(decoding: bytes.last == 0x0A ? bytes.dropLast() : bytes[...], as: UTF8.self)
    }
}
