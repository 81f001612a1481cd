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
}
