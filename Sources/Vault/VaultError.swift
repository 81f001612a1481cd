/// Why keys cannot be had or something cannot be sealed or opened.
///
/// It carries a code and a line, never a key, a path or what is sealed.
package struct VaultError: Error, Equatable, Sendable {
    /// The kinds of fault.
    package enum Code: String, Sendable, CaseIterable {
        /// There are no keys for this tenant.
        case keysMissing = "LIMEN-VAULT-001"
        /// The key file cannot be read.
        case unreadable = "LIMEN-VAULT-002"
        /// Others than the owner of the key file may read or change it.
        case openToOthers = "LIMEN-VAULT-003"
        /// The text is no key text; see `line`.
        case malformed = "LIMEN-VAULT-004"
        /// The keys are those of another tenant.
        case otherTenant = "LIMEN-VAULT-005"
        /// Not exactly one key of a kind is the current one.
        case notOneCurrent = "LIMEN-VAULT-006"
        /// Two keys have one name, or one key stands there twice; see `line`.
        case duplicate = "LIMEN-VAULT-007"
        /// The command that gives the keys could not be run or failed.
        case commandFailed = "LIMEN-VAULT-008"
        /// The command took too long.
        case commandLate = "LIMEN-VAULT-009"
        /// The command said more than a key text can hold.
        case commandTooLong = "LIMEN-VAULT-010"
        /// The keys come from a command, so they cannot be changed here.
        case ownedByCommand = "LIMEN-VAULT-011"
        /// What is sealed was altered, moved, or sealed with another key.
        case damaged = "LIMEN-VAULT-012"
        /// There are as many keys as there may be.
        case tooMany = "LIMEN-VAULT-013"
        /// The key that would wrap what is new is one that every gateway has left for another.
        case superseded = "LIMEN-VAULT-014"
    }

    /// What is wrong.
    package let code: Code
    /// The line of the key text, from one.
    package let line: Int?

    /// Makes an error.
    package init(_ code: Code, line: Int? = nil) {
        self.code = code
        self.line = line
    }

    /// One English sentence without any key.
    package var sentence: String {
        switch code {
        case .keysMissing: "there are no keys for this tenant"
        case .unreadable: "the key file cannot be read"
        case .openToOthers:
            "the key file must belong to this account or root and be closed to all others (mode 600)"
        case .malformed: "the key text has a fault" + place
        case .otherTenant: "the keys are those of another tenant"
        case .notOneCurrent: "exactly one wrapping key and one pseudonym key must be current"
        case .duplicate: "a key or its name stands in the key text twice" + place
        case .commandFailed: "the command that gives the keys failed"
        case .commandLate: "the command that gives the keys took too long"
        case .commandTooLong: "the command that gives the keys said too much"
        case .ownedByCommand: "the keys come from a command; change them where it has them from"
        case .damaged: "what is sealed was altered, moved, or sealed with another key"
        case .superseded:
            "the current wrapping key is one that every gateway has left for another; bring the key "
                + "file up to date, or make a new key (limen audit keys rotate)"
        case .tooMany: "there are as many keys as there may be; remove old ones first"
        }
    }

    private var place: String { line.map { " in line \($0)" } ?? "" }
}
