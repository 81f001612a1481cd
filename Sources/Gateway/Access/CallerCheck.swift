import Basics
import Crypto
import HTTPMessages
import JOSE
import JSON

/// Finds out which registered client calls; ways that are given together must agree.
struct CallerCheck {
    let registry: ClientRegistry
    let keys: ClientKeys
    /// The URLs of ours that a token may be meant for.
    let audiences: [String]
    let now: Instant

    /// Who calls, and by which token.
    struct Caller: Sendable {
        let client: Client
        /// The token, whose single use is still to be taken.
        let token: VerifiedToken?
        /// What the request brought, for the row.
        let credentials: CallerCredentials
    }

    /// A refusal, and the client that the caller claimed to be, when it is registered.
    struct Refused: Error {
        let refusal: CallerRefusal
        var claimed: Client?
        /// Whether a token was verified before, so that a signature has taken its time.
        var isVerified = false

        /// Whether no signature was looked at on the way.
        var isCheap: Bool { !isVerified && refusal.isCheap }
    }

    /// Who calls with these credentials.
    func caller(_ credentials: CallerCredentials) throws(Refused) -> Caller {
        guard let text = credentials.token else {
            return Caller(
                client: try client(of: credentials, signer: nil),
                token: nil,
                credentials: credentials
            )
        }
        let (signer, token) = try check(token: text)
        do throws(Refused) {
            return Caller(
                client: try client(of: credentials, signer: signer),
                token: token,
                credentials: credentials
            )
        } catch {
            var refused = error
            refused.isVerified = true
            throw refused
        }
    }

    /// Who calls with these credentials, of which a token is that of its signer.
    private func client(
        of credentials: CallerCredentials,
        signer: Client?
    ) throws(Refused) -> Client {
        var client = signer
        if let key = credentials.apiKey {
            let owner = try check(apiKey: key)
            if let client, client.id != owner.id {
                throw Refused(
                    refusal: client.tenant == owner.tenant
                        ? .clientDisagreement : .tenantDisagreement
                )
            }
            client = owner
        }
        let known = try check(credentials.certificate, of: client)
        guard known.isActive else { throw Refused(refusal: .inactive, claimed: known) }
        return known
    }

    // MARK: Keys

    /// Whether an API key is one that lets its client in, if nothing else is against it.
    func mayBeLetIn(apiKey bytes: [UInt8]) -> Bool {
        guard let client = try? check(apiKey: bytes) else { return false }
        return client.isActive
    }

    private func check(apiKey bytes: [UInt8]) throws(Refused) -> Client {
        guard let dot = bytes.firstIndex(of: UInt8(ascii: ".")) else {
            throw Refused(refusal: .malformed)
        }
        let id = String(decoding: bytes[..<dot], as: UTF8.self)
        let client = registry.clients[id]
        // An unknown client costs the same hashes, so that time does not tell which ids exist.
        let registered = client?.apiKeys ?? []
        let decoys = [APIKeyDigest](
            repeating: .decoy,
            count: max(0, Limits.apiKeysPerClientMax - registered.count)
        )
        var isOver = false
        var isValid = false
        for key in registered + decoys where key.fits(bytes) {
            if let until = key.until, now >= until { isOver = true } else { isValid = true }
        }
        guard let client else { throw Refused(refusal: .unknownClient) }
        guard isValid else {
            throw Refused(refusal: isOver ? .expiredKey : .wrongKey, claimed: client)
        }
        return client
    }

    // MARK: Tokens

    private func check(token bytes: [UInt8]) throws(Refused) -> (Client, VerifiedToken) {
        let token: UnverifiedToken
        do {
            token = try UnverifiedToken(parsing: bytes)
        } catch {
            throw Refused(refusal: .token(error))
        }
        let client = registry.client(
            issuer: token.claimedIssuer,
            tenantClaim: token.claims["tenant"]?.stringValue
        )
        guard let client, let registration = client.token else {
            TokenVerifier.spendSignature(on: token)
            throw Refused(refusal: .token(.issuerUnknown))
        }
        do throws(TokenRejection) {
            guard let store = keys.store(of: client) else {
                TokenVerifier.spendSignature(on: token)
                throw .keysUnavailable
            }
            let keySet: KeySet
            do throws(TokenRejection) {
                keySet = try store.keys(at: now)
            } catch {
                TokenVerifier.spendSignature(on: token)
                throw error
            }
            do throws(TokenRejection) {
                let policy = policy(registration, of: client, keySet)
                return (client, try TokenVerifier.verify(token, policy: policy, now: now))
            } catch {
                // A key may be new; the background looks for it, within its limits.
                if error == .keyUnknown, let keyID = token.keyID {
                    store.missed(keyID: keyID, now: now)
                }
                throw error
            }
        } catch {
            throw Refused(refusal: .token(error), claimed: client)
        }
    }

    private func policy(
        _ registration: TokenRegistration,
        of client: Client,
        _ keySet: KeySet
    ) -> TokenPolicy {
        TokenPolicy(
            issuer: registration.issuer,
            audiences: audiences + registration.audiences,
            algorithms: registration.algorithms,
            keys: keySet,
            keySetURLs: registration.keyAddresses,
            // Who registered no claim may still send one; it must be the tenant we know.
            tenant: registration.tenantClaim.map { .required($0) } ?? .ifPresent(client.tenant),
            lifetimeSecondsMax: registration.lifetimeSecondsMax,
            skewSeconds: registration.skewSeconds
        )
    }

    // MARK: Certificates

    /// Holds a certificate against the client that key or token gave, or finds it by it.
    private func check(
        _ certificate: ClientCertificate?,
        of client: Client?
    ) throws(Refused) -> Client {
        guard let certificate else {
            guard let client else { throw Refused(refusal: .noCredentials) }
            guard client.certificate == nil else {
                throw Refused(refusal: .certificateMissing, claimed: client)
            }
            return client
        }
        let owners = registry.clients(certificate: certificate)
        if let client {
            if let registration = client.certificate {
                guard certificate.fits(registration) else {
                    throw Refused(refusal: .certificateMismatch, claimed: client)
                }
            }
            guard owners.allSatisfy({ $0.tenant == client.tenant }) else {
                throw Refused(refusal: .tenantDisagreement, claimed: client)
            }
            return client
        }
        // Alone it must say who calls without a doubt.
        guard let owner = owners.first, owners.count == 1 else {
            throw Refused(refusal: .certificateUnknown)
        }
        guard owner.certificate?.isEnough ?? false else {
            throw Refused(refusal: .noCredentials, claimed: owner)
        }
        return owner
    }
}
