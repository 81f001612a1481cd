import Crypto
import JOSE
import JSON

/// The private key that the command line plays a client with.
enum SigningKey {
    /// Reads a private JWK; without an `alg` of its own it signs with what fits it and is
    /// recommended first.
    static func read(_ path: String, keySetURL: String? = nil) throws(CommandError) -> TokenSigner {
        let bytes = try ConfigurationFiles.bytes(path)
        guard let document = try? JSONDocument(parsing: bytes) else {
            throw CommandError(.badInput, "\(path) is not JSON; a private key is a JWK (RFC 7517)")
        }
        let key: SigningKeyDocument
        do throws(KeyRefusal) {
            key = try SigningKeyDocument(reading: document.root)
        } catch {
            throw CommandError(.badInput, "\(path) holds no private key: \(error.sentence)")
        }
        let material = key.key.publicKey.material
        let fitting = JWSAlgorithm.allCases.filter { $0.fits(material) }
        let recommended = fitting.first { JWSAlgorithm.recommended.contains($0) }
        guard let algorithm = key.algorithm ?? recommended ?? fitting.first,
            let keyID = key.keyID,
            let signer = TokenSigner(
                key: key.key,
                keyID: keyID,
                algorithm: algorithm,
                keySetURL: keySetURL
            )
        else { throw CommandError(.badInput, "\(path) names no kid; tokens must") }
        return signer
    }
}
