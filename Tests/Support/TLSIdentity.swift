import COpenSSL
import Foundation

/// The certificate and key of a server of the test's own.
@safe
package final class TLSIdentity: Sendable {
    private nonisolated(unsafe) let context: OpaquePointer

    /// Reads a file of `Tests/Cases/tls`, such as `good`.
    ///
    /// - Parameters:
    ///   - name: the name of the file without its ending.
    ///   - newestVersion: the newest version of TLS to speak, such as `TLS1_1_VERSION`.
    package init?(_ name: String, newestVersion: Version = .three) {
        let path = Shared.checkout.appendingPathComponent("Tests/Cases/tls/\(name).pem").path
        guard let context = unsafe SSL_CTX_new(TLS_server_method()) else { return nil }
        unsafe SSL_CTX_set_security_level(context, 0)
        let isLimited = unsafe SSL_CTX_ctrl(
            context,
            SSL_CTRL_SET_MAX_PROTO_VERSION,
            Int(newestVersion.rawValue),
            nil
        )
        guard isLimited == 1,
            unsafe SSL_CTX_use_certificate_file(context, path, SSL_FILETYPE_PEM) == 1,
            unsafe SSL_CTX_use_PrivateKey_file(context, path, SSL_FILETYPE_PEM) == 1
        else {
            unsafe SSL_CTX_free(context)
            return nil
        }
        unsafe self.context = context
    }

    /// Versions of TLS.
    package enum Version: Int32, Sendable {
        case one = 0x0302
        case two = 0x0303
        case three = 0x0304
    }

    deinit {
        unsafe SSL_CTX_free(context)
    }

    func makeSession(_ descriptor: Int32) -> OpaquePointer? {
        guard let session = unsafe SSL_new(context) else { return nil }
        guard unsafe SSL_set_fd(session, descriptor) == 1 else {
            unsafe SSL_free(session)
            return nil
        }
        return unsafe session
    }
}
