/// Why data that were not sent could not be fetched either.
package enum FetchFailure: String, Error, Sendable, CaseIterable {
    case noServer = "LIMEN-FETCH-001"
    case serverNotRegistered = "LIMEN-FETCH-002"
    case noToken = "LIMEN-FETCH-003"
    case tokenMalformed = "LIMEN-FETCH-004"
    case tokenForAnother = "LIMEN-FETCH-005"
    case tokenForOtherPatient = "LIMEN-FETCH-006"
    case tokenExpired = "LIMEN-FETCH-007"
    case scope = "LIMEN-FETCH-008"
    case unresolved = "LIMEN-FETCH-009"
    case replay = "LIMEN-FETCH-010"
    case late = "LIMEN-FETCH-011"
    case unreachable = "LIMEN-FETCH-012"
    case insecure = "LIMEN-FETCH-013"
    case tokenRefused = "LIMEN-FETCH-014"
    case notFound = "LIMEN-FETCH-015"
    case redirected = "LIMEN-FETCH-016"
    case serverError = "LIMEN-FETCH-017"
    case malformed = "LIMEN-FETCH-018"
    case unexpected = "LIMEN-FETCH-019"
    case tooLarge = "LIMEN-FETCH-020"
    case notWhole = "LIMEN-FETCH-021"

    /// Whether the server was asked, or would have been but for the token: the data may exist.
    ///
    /// What was never asked for is as before: not sent.
    var isAttempted: Bool {
        switch self {
        case .noServer, .serverNotRegistered, .noToken, .replay: false
        case .tokenMalformed, .tokenForAnother, .tokenForOtherPatient, .tokenExpired, .scope,
            .unresolved, .late, .unreachable, .insecure, .tokenRefused, .notFound, .redirected,
            .serverError, .malformed, .unexpected, .tooLarge, .notWhole:
            true
        }
    }

    /// The reason as it stands behind "because".
    package var reason: String {
        switch self {
        case .noServer: "the request names no FHIR server"
        case .serverNotRegistered: "the FHIR server of the request is not registered"
        case .noToken: "the request brings no access token"
        case .tokenMalformed: "the authorization in the request cannot be read"
        case .tokenForAnother: "the access token is made out to another service"
        case .tokenForOtherPatient: "the access token is for another patient"
        case .tokenExpired: "the access token has expired"
        case .scope: "the access token does not allow to read it"
        case .unresolved: "the context does not say what the query needs"
        case .replay: "a replay uses only what is sent"
        case .late: "the FHIR server did not answer in time"
        case .unreachable: "the FHIR server cannot be reached"
        case .insecure: "the FHIR server could not prove who it is"
        case .tokenRefused: "the FHIR server refused the access token"
        case .notFound: "the FHIR server does not have it"
        case .redirected: "the FHIR server sends elsewhere"
        case .serverError: "the FHIR server answered with an error"
        case .malformed: "the answer of the FHIR server cannot be read"
        case .unexpected: "the FHIR server answered with something else"
        case .tooLarge: "the FHIR server answered with more than is taken"
        case .notWhole: "the answer of the FHIR server holds an error or is not whole"
        }
    }
}
