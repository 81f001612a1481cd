import Audit
import Basics
import CDSHooks
package import Lifecycle

/// Which version of a service answers whom: its document and what is in force, put together once.
///
/// A request takes one plan with its catalogue, so it never sees half of a change.
package struct ServicePlan: Sendable {
    /// What an operator should know of a plan.
    package enum Note: Sendable, Equatable, Hashable {
        /// The version in force is not loaded here: the service cannot answer.
        case liveMissing(profile: String)
        /// The folder of the version in force has changed since it was promoted.
        case liveDiffers(deployed: String, loaded: String)
        /// The folder of the canary has changed since it was started: it does not answer.
        case canaryReplaced(deployed: String, loaded: String)
        /// The canary was ended and not started again.
        case canaryEnded(profile: String)
        /// The canary has not been started yet.
        case canaryWaiting(profile: String)
        /// Another canary was started than the one this document names.
        case canaryOther(started: String)
    }

    /// A canary that answers.
    struct Canary: Sendable {
        let service: LoadedService
        let plan: VersionPlan.Canary
    }

    /// The version in force; `nil` when it is not loaded here.
    let live: LoadedService?
    /// The canary, when it answers.
    let canary: Canary?
    /// The versions that compute beside the answer.
    let shadows: [LoadedService]
    /// The number of the change that is in force; 0 before the first.
    package let number: Int
    /// What an operator should know.
    package let notes: [Note]
    /// The canary to be started, when the document names one that never was.
    package let start: ModelVersion?

    /// Puts a document and what is in force together.
    ///
    /// - Parameters:
    ///   - family: the versions that are loaded.
    ///   - book: what is in force; `nil` without a store, where the document alone counts.
    init(_ family: ServiceFamily, _ book: DeploymentBook?) {
        let deployment = book?.deployments[family.id]
        var notes: [Note] = []
        let named = deployment?.live?.profile ?? family.named.computation.name
        let live = family.variants[named]
        if live == nil { notes.append(.liveMissing(profile: named)) }
        if let deployed = deployment?.live?.digest, let loaded = live?.version?.digest,
            deployed != loaded
        {
            notes.append(.liveDiffers(deployed: deployed, loaded: loaded))
        }
        var canary: Canary?
        var start: ModelVersion?
        // One that has been promoted is no canary any more.
        if let plan = family.plan.canary, plan.profile != named,
            let service = family.variants[plan.profile], let loaded = service.version
        {
            if book == nil {
                canary = Canary(service: service, plan: plan)
            } else if let deployed = deployment?.canary, deployment?.isCanaryActive == true {
                if deployed.profile != plan.profile {
                    notes.append(.canaryOther(started: deployed.profile))
                    start = loaded
                } else if deployed.digest != loaded.digest {
                    notes.append(
                        .canaryReplaced(deployed: deployed.digest, loaded: loaded.digest)
                    )
                } else {
                    canary = Canary(service: service, plan: plan)
                }
            } else if deployment?.canary?.profile == plan.profile {
                notes.append(.canaryEnded(profile: plan.profile))
            } else {
                notes.append(.canaryWaiting(profile: plan.profile))
                start = loaded
            }
        }
        self.live = live
        self.canary = canary
        self.start = start
        self.notes = notes
        number = deployment?.number ?? 0
        shadows = family.plan.shadows.filter { $0 != named }.compactMap { family.variants[$0] }
    }

    /// Whether the service can answer.
    package var isComplete: Bool { live != nil }
    /// The version in force.
    package var liveVersion: ModelVersion? { live?.version }
    /// The canary that answers.
    package var canaryVersion: ModelVersion? { canary?.service.version }
    /// The share of patients that the canary answers for.
    package var canaryShare: Double? { canary?.plan.share }
    /// The bounds of the canary.
    package var canaryBounds: CanaryBounds? { canary?.plan.bounds }
    /// The versions that compute beside the answer.
    package var shadowVersions: [ModelVersion] { shadows.compactMap(\.version) }

    /// What the shadow versions compute once a request is answered; `nil` when there are none.
    func shadows(for call: HookRequest, at moment: Instant) -> ShadowWork? {
        shadows.isEmpty ? nil : ShadowWork(call: call, moment: moment, services: shadows)
    }

    /// What to watch while a canary answers.
    var watch: DeploymentDuties.Watch? {
        guard let canary, let live, number > 0 else { return nil }
        let id = live.hook.id
        return DeploymentDuties.Watch(
            canary: ArmKey(
                service: id,
                number: number,
                arm: .canary,
                profile: canary.service.computation.name
            ),
            live: ArmKey(
                service: id,
                number: number,
                arm: .live,
                profile: live.computation.name
            ),
            bounds: canary.plan.bounds
        )
    }
}

extension ServicePlan.Note {
    /// The note in one sentence, with a stable word in front.
    package var sentence: String {
        switch self {
        case .liveMissing(let profile):
            "live-missing: \(profile) is in force and is not loaded here; the service does not answer"
        case .liveDiffers(let deployed, let loaded):
            "live-differs: the folder has changed since it was promoted "
                + "(\(deployed.prefix(12)) deployed, \(loaded.prefix(12)) loaded)"
        case .canaryReplaced(let deployed, let loaded):
            "canary-replaced: the folder has changed since the canary was started "
                + "(\(deployed.prefix(12)) deployed, \(loaded.prefix(12)) loaded); live answers"
        case .canaryEnded(let profile):
            "canary-ended: \(profile) was taken back and is not started again by itself"
        case .canaryWaiting(let profile):
            "canary-waiting: \(profile) is not started yet"
        case .canaryOther(let started):
            "canary-other: \(started) was started, and the document names another"
        }
    }

    /// The stable word.
    package var code: String { String(sentence.prefix { $0 != ":" }) }
}
