/// The oldest minor releases of PostgreSQL whose row security has all known fixes.
package enum ServerFloor {
    /// The releases of 2026-11-12, by major version.
    ///
    /// 15.20 and its siblings fix at least five faults of row security and leak-proofness.
    private static let minimum = [14: 25, 15: 20, 16: 16, 17: 12, 18: 7]

    /// Whether a server version, such as 150018, lacks those fixes.
    ///
    /// Versions before 14 are out of support; after 18 they have the fixes.
    package static func isOutdated(_ version: Int) -> Bool {
        let major = version / 10_000
        guard let minor = minimum[major] else { return major < 14 }
        return version % 10_000 < minor
    }

    /// What an outdated server means, in one sentence; `nil` when it is not outdated.
    ///
    /// The reason of PostgreSQL 15.20 and its siblings: among others CVE-2026-120154 (conditions of
    /// ON CONFLICT seen before the row policy), CVE-2026-116327 (functions that leak past a policy)
    /// and CVE-2026-116311 (a role that drops itself out of restrictive policies).
    package static func sentence(_ version: Int) -> String? {
        guard isOutdated(version) else { return nil }
        guard let minor = minimum[version / 10_000] else {
            return "PostgreSQL \(name(version)) gets no fixes any more, row security included"
        }
        return "PostgreSQL \(name(version)) is older than \(version / 10_000).\(minor) of "
            + "2026-11-12, which fixes faults by which row security could be passed "
            + "(CVE-2026-120154, CVE-2026-116327, CVE-2026-116311)"
    }

    /// A version as people write it: 150018 is 15.18.
    package static func name(_ version: Int) -> String {
        "\(version / 10_000).\(version % 10_000)"
    }
}
