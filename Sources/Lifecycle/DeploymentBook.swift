package import Audit

/// What is in force for every service, and what the arms of a canary did, as read at one moment.
package struct DeploymentBook: Sendable, Equatable {
    /// The newest change of each service; a service without one is as its document says.
    package var deployments: [String: Deployment]
    /// What each arm did since the change it counts for, summed over all gateways.
    package var totals: [ArmKey: ArmTotals]

    /// Makes a book.
    package init(
        deployments: [String: Deployment] = [:],
        totals: [ArmKey: ArmTotals] = [:]
    ) {
        self.deployments = deployments
        self.totals = totals
    }
}

/// What is counted together: one arm of one service since one change.
package struct ArmKey: Sendable, Hashable {
    /// The service.
    package let service: String
    /// The number of the change.
    package let number: Int
    /// The arm.
    package let arm: AuditRecord.Arm
    /// The folder of the version.
    package let profile: String

    /// Makes a key.
    package init(service: String, number: Int, arm: AuditRecord.Arm, profile: String) {
        self.service = service
        self.number = number
        self.arm = arm
        self.profile = profile
    }
}

/// What an arm did: cases, and how many of them went wrong in each way.
package struct ArmTotals: Sendable, Equatable {
    /// How many cases there were.
    package var cases = 0
    /// How many could not be computed: inputs missing, refused by the model, not applicable.
    package var refused = 0
    /// How many ended in a fault of ours.
    package var failed = 0
    /// How many took longer than the canary's bound on time.
    package var slow = 0

    /// Makes totals of nothing.
    package init() {}

    /// Makes totals.
    package init(cases: Int, refused: Int = 0, failed: Int = 0, slow: Int = 0) {
        self.cases = cases
        self.refused = refused
        self.failed = failed
        self.slow = slow
    }

    /// Adds what came of one case.
    package mutating func add(isRefused: Bool, isFailed: Bool, isSlow: Bool) {
        cases += 1
        if isRefused { refused += 1 }
        if isFailed { failed += 1 }
        if isSlow { slow += 1 }
    }
}
