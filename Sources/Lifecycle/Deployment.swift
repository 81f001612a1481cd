package import Basics

/// One version of a model: a folder of `Profiles/` as it was when it was deployed.
package struct ModelVersion: Sendable, Hashable {
    /// The name of the folder, such as `news2-2.0.0`.
    package let profile: String
    /// SHA-256 over everything in the folder that decides a result, in hexadecimal.
    package let digest: String

    /// Makes a version.
    package init(profile: String, digest: String) {
        self.profile = profile
        self.digest = digest
    }
}

/// What is in force for one service after one change: the whole state, never a part of it.
///
/// One row is one change, so whoever reads the newest row of a service has seen it whole or not.
package struct Deployment: Sendable, Equatable {
    /// The kinds of change.
    package enum Kind: String, Sendable, CaseIterable {
        /// A canary began to answer for its share.
        case canaryStart = "canary-start"
        /// A version became the one in force.
        case promote
        /// A person ended the canary, or went back to the version before.
        case rollback
        /// A gateway ended the canary because it left its bounds.
        case automaticRollback = "automatic-rollback"
    }

    /// The service.
    package var service: String
    /// The number of the change: 1, 2, 3 for each service.
    package var number: Int
    /// What kind of change it was.
    package var kind: Kind
    /// When the database wrote it.
    package var madeAt: Instant?
    /// The login that made it.
    package var madeBy: String
    /// Why, in words.
    package var reason: String
    /// The version in force; `nil` for the one that the document of the service names.
    package var live: ModelVersion?
    /// The canary that was started last.
    package var canary: ModelVersion?
    /// Whether that canary answers for its share.
    package var isCanaryActive: Bool
    /// The figures that led to it, as JSON text.
    package var evidence: String?

    /// Makes a change.
    package init(
        service: String,
        number: Int,
        kind: Kind,
        reason: String,
        live: ModelVersion?,
        canary: ModelVersion?,
        isCanaryActive: Bool
    ) {
        self.service = service
        self.number = number
        self.kind = kind
        self.reason = reason
        self.live = live
        self.canary = canary
        self.isCanaryActive = isCanaryActive
        madeAt = nil
        madeBy = ""
        evidence = nil
    }
}
