import CPostgreSQL

/// Whether a server answers at a place, without logging in.
package enum ServerPresence: Equatable, Sendable {
    /// It takes connections; whether it would let this login in is another matter.
    case present
    /// It is starting, stopping or recovering and takes none.
    case notReady
    /// Nobody answers.
    case absent
    /// The settings name no place.
    case unusableSettings

    /// Asks; the thread waits, at most for some seconds.
    ///
    /// libpq does not say why a connection failed, and a login that is refused is another matter
    /// than a server that is away (PostgreSQL manual, PQpingParams).
    package static func ask(_ settings: ConnectionSettings) -> ServerPresence {
        let keywords = settings.keywords + [(name: "connect_timeout", value: "5")]
        let names = CStrings(keywords.map(\.name))
        let values = CStrings(keywords.map(\.value))
        let answer = unsafe names.withPointers { names in
            unsafe values.withPointers { values in unsafe PQpingParams(names, values, 1) }
        }
        switch answer {
        case PQPING_OK: return .present
        case PQPING_REJECT: return .notReady
        case PQPING_NO_RESPONSE: return .absent
        default: return .unusableSettings
        }
    }
}
