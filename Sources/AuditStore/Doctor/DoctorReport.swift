/// What `limen doctor` found on a database.
package struct DoctorReport: Sendable, Equatable {
    /// An auditor, or a name without a login: information, and no weakness.
    package struct Reader: Sendable, Equatable {
        /// The login.
        package let login: String
        /// The tenants that it may read.
        package let tenants: [String]
        /// Whether there is such a login; a mapping without one is a weakness as well.
        package let isThere: Bool
    }

    /// The weaknesses, the gravest first.
    package let findings: [DoctorFinding]
    /// Who may read which tenants; none when the login of the doctor may not see it.
    package let readers: [Reader]
    /// What the login could not see, and so is not proved.
    package let unseen: [String]
    /// Whether it was seen which migrations were applied; without them nothing is proved.
    package let seesMigrations: Bool
    /// How many facts were looked at.
    package let factCount: Int
    /// The server's version, such as 150018.
    package let serverVersion: Int
}
