/// A gateway, as the keeper of deployments sees it.
package protocol DeploymentUser: Sendable {
    /// Takes over what is in force, and says what follows from it.
    func adopt(_ book: DeploymentBook) -> DeploymentDuties

    /// What its arms did so far, for the changes that are in force.
    var armTotals: [ArmKey: ArmTotals] { get }
}

/// What a gateway wants done after it has read what is in force.
package struct DeploymentDuties: Sendable, Equatable {
    /// A canary that is named by a document and was never started.
    package struct Start: Sendable, Equatable {
        /// The service.
        package let service: String
        /// The version as this gateway has loaded it.
        package let version: ModelVersion

        /// Makes a start.
        package init(service: String, version: ModelVersion) {
            self.service = service
            self.version = version
        }
    }

    /// A canary that is under way and must keep its bounds.
    package struct Watch: Sendable, Equatable {
        /// The canary's counts.
        package let canary: ArmKey
        /// The counts of the version in force.
        package let live: ArmKey
        /// The bounds.
        package let bounds: CanaryBounds

        /// Makes a watch.
        package init(canary: ArmKey, live: ArmKey, bounds: CanaryBounds) {
            self.canary = canary
            self.live = live
            self.bounds = bounds
        }
    }

    /// The canaries to start.
    package var starts: [Start] = []
    /// The canaries to watch.
    package var watches: [Watch] = []

    /// Makes no duties.
    package init() {}
}
