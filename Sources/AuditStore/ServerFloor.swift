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
}
