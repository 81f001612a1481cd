/// Why an observation was not used for an input: the closed list, in the order of testing.
///
/// Design, section 3. The raw value is the stable machine code.
package enum RejectionReason: String, Sendable, CaseIterable {
    case subject
    case type
    case code
    case status
    case profile
    case absent
    case valueType = "value-type"
    case unitMissing = "unit-missing"
    case unitUnknown = "unit-unknown"
    case unitIncompatible = "unit-incompatible"
    case notANumber = "not-a-number"
    case comparator
    case untranslated
    case noTime = "no-time"
    case future
    case stale
    case recent
    case implausible
    case duplicate
    case superseded

    /// The place in the order of testing, from zero.
    ///
    /// Written out, since it is asked of every record that is not used.
    package var rank: Int {
        switch self {
        case .subject: 0
        case .type: 1
        case .code: 2
        case .status: 3
        case .profile: 4
        case .absent: 5
        case .valueType: 6
        case .unitMissing: 7
        case .unitUnknown: 8
        case .unitIncompatible: 9
        case .notANumber: 10
        case .comparator: 11
        case .untranslated: 12
        case .noTime: 13
        case .future: 14
        case .stale: 15
        case .recent: 16
        case .implausible: 17
        case .duplicate: 18
        case .superseded: 19
        }
    }
}
