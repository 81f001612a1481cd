/// What a login may do for the tenants that it is mapped to.
///
/// The mapping is of the login and not of the role, so a login has one role alone: one that read as
/// an auditor and erased as well would erase for every tenant that it may read.
package enum ReaderRole: String, Sendable, CaseIterable {
    /// Reads the trail.
    case auditor
    /// Reads the counters of the models, and nothing of the trail.
    case monitor
    /// Destroys keys of patients, and sets and lifts legal holds.
    case eraser
    /// Wraps data keys anew.
    case rewrapper

    /// The group that gives it the rights.
    var group: String { "limen_" + rawValue }

    /// The role of a group; `nil` when it is none of these.
    init?(group: String) {
        guard group.hasPrefix("limen_") else { return nil }
        self.init(rawValue: String(group.dropFirst("limen_".count)))
    }
}
