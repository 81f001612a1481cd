import JOSE

/// Why a caller is not let in: for the audit row, the log and the metric, never for the caller.
enum CallerRefusal: Error, Equatable, Sendable {
    case noCredentials
    case malformed
    case malformedCertificate
    case unknownClient
    case wrongKey
    case expiredKey
    case inactive
    case token(TokenRejection)
    case certificateUnknown
    case certificateMissing
    case certificateMismatch
    case clientDisagreement
    case tenantDisagreement
    case tenantWithoutKey

    /// Whether it is found without a look at a signature, where no token was verified before.
    var isCheap: Bool {
        switch self {
        case .noCredentials, .malformed, .malformedCertificate, .unknownClient, .wrongKey,
            .expiredKey, .inactive, .certificateUnknown, .certificateMissing,
            .certificateMismatch, .clientDisagreement, .tenantDisagreement, .tenantWithoutKey:
            true
        case .token(let rejection): rejection.isOfForm
        }
    }

    /// The reason as the row has it.
    var reason: String {
        switch self {
        case .noCredentials: "no-credentials"
        case .malformed: "malformed-credentials"
        case .malformedCertificate: "malformed-certificate"
        case .unknownClient: "unknown-client"
        case .wrongKey: "wrong-key"
        case .expiredKey: "expired-key"
        case .inactive: "inactive-client"
        case .token(let rejection): rejection.rawValue
        case .certificateUnknown: "certificate-unknown"
        case .certificateMissing: "certificate-missing"
        case .certificateMismatch: "certificate-mismatch"
        case .clientDisagreement: "client-disagreement"
        case .tenantDisagreement: "tenant-disagreement"
        case .tenantWithoutKey: "tenant-without-key"
        }
    }
}
