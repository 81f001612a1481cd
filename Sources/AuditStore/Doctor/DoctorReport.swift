/// What `limen doctor` found on a database.
package struct DoctorReport: Sendable, Equatable {
    /// The weaknesses, the gravest first.
    package let findings: [DoctorFinding]
    /// What the login could not see, and so is not proved.
    package let unseen: [String]
    /// How many facts were looked at.
    package let factCount: Int
    /// The server's version, such as 150018.
    package let serverVersion: Int
}
