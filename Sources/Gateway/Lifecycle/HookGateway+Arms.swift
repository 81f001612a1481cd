import Audit
import Basics
import CDSHooks
import Crypto
package import Lifecycle
import Synchronization
import Telemetry

/// Which version of a service answers a request.
extension HookGateway {
    /// Chooses the version that answers, and notes it in the row.
    ///
    /// A patient stays in an arm: the share is drawn by keyed hash. Without a patient live answers.
    func choose(
        _ service: LoadedService,
        _ catalogue: Catalogue,
        _ call: HookRequest,
        _ exchange: inout Exchange
    ) throws(GatewayError) -> LoadedService {
        exchange.record.arm = service.hook.mode == .shadow ? .shadow : .live
        guard let plan = catalogue.plan(of: service) else { return service }
        guard let live = plan.live else { throw GatewayError(.versionNotLoaded) }
        var chosen = live
        if let canary = plan.canary {
            if let patientID = call.context.patientID,
                CanaryShare.holds(
                    configuration.systemKey.authenticate(
                        parts: CanaryShare.text(
                            salt: canary.plan.salt,
                            service: live.hook.id,
                            patientID: patientID
                        )
                    ),
                    share: canary.plan.share
                )
            {
                chosen = canary.service
                exchange.record.arm = .canary
            }
            exchange.slowAfterMicroseconds = canary.plan.bounds.slowAfterMicroseconds
        }
        if plan.notes.contains(where: \.isAboutReplacement) { exchange.note("version-differs") }
        exchange.deployment = plan.number
        exchange.service = chosen
        exchange.record.artifacts = chosen.artifacts
        return chosen
    }

    /// Counts a case for the canary that is under way, once its row is durable.
    func countArm(_ exchange: Exchange, microseconds: Int) {
        guard let service = exchange.service, let arm = exchange.record.arm,
            let number = exchange.deployment, exchange.record.kind == .decision
        else { return }
        let name = service.computation.name
        metrics.arms.add(
            1,
            [service.hook.id, arm.rawValue, name, exchange.record.outcome.rawValue]
        )
        guard number > 0 else { return }
        arms.add(
            ArmKey(service: service.hook.id, number: number, arm: arm, profile: name),
            exchange.record.outcome,
            isSlow: microseconds > exchange.slowAfterMicroseconds
        )
    }
}

extension ServicePlan.Note {
    /// Whether a folder is another than the one that was deployed.
    fileprivate var isAboutReplacement: Bool {
        switch self {
        case .liveDiffers, .canaryReplaced: true
        case .liveMissing, .canaryEnded, .canaryWaiting, .canaryOther: false
        }
    }
}

extension HookGateway: DeploymentUser {
    /// Takes over what is in force; requests on their way keep what they began with.
    package func adopt(_ book: DeploymentBook) -> DeploymentDuties {
        let (before, catalogue) = current.withLock { current in
            let before = current
            current.resolve(book)
            return (before, current)
        }
        arms.keep(book.deployments.mapValues(\.number))
        tell(before: before, after: catalogue)
        settleOwedRows()
        var duties = DeploymentDuties()
        for (key, plan) in catalogue.plans.sorted(by: { $0.key.id < $1.key.id }) {
            if let version = plan.start, !duties.starts.contains(where: { $0.service == key.id }) {
                duties.starts.append(.init(service: key.id, version: version))
            }
            if let watch = plan.watch, !duties.watches.contains(watch) {
                duties.watches.append(watch)
            }
        }
        return duties
    }

    /// What the arms did so far.
    package var armTotals: [ArmKey: ArmTotals] { arms.all }

    /// Logs what is new, and records a canary whose folder was replaced.
    func tell(before: Catalogue, after: Catalogue) {
        for (key, plan) in after.plans {
            let known = before.plans[key]
            if let known, before.book != nil, known.number != plan.number {
                log.log(
                    LogEvent(
                        .info,
                        "another version is in force",
                        [(.service, .text(key.id)), (.count, .number(plan.number))]
                    )
                )
            }
            for note in plan.notes where before.book == nil || known?.notes.contains(note) != true {
                log.log(
                    LogEvent(
                        .warning,
                        "a version needs attention",
                        [
                            (.service, .text(key.id)), (.errorType, .text(note.code)),
                            (.place, .text(note.sentence)),
                        ]
                    )
                )
                if note.isAboutReplacement { recordReplacement(note, key) }
            }
        }
    }

    /// A row of its own: what was approved is not what lies there.
    private func recordReplacement(_ note: ServicePlan.Note, _ key: ServiceFamily.Key) {
        let now = configuration.now()
        var record = AuditRecord(
            eventID: makeEventID(now),
            tenant: Self.systemTenant,
            kind: .modelChange,
            outcome: .refused,
            startedAt: now,
            status: 409
        )
        record.service = key.id
        record.hook = key.hook
        record.programVersion = configuration.version
        record.reasonCode = note.code
        switch note {
        case .liveDiffers(let deployed, let loaded), .canaryReplaced(let deployed, let loaded):
            record.result = Array(
                #"{"deployed":"\#(deployed)","loaded":"\#(loaded)"}"#.utf8
            )
        case .liveMissing, .canaryEnded, .canaryWaiting, .canaryOther: break
        }
        guard owed.add(record) else {
            metrics.auditFailures.add(1, [AuditError.Code.overloaded.rawValue])
            log.log(
                LogEvent(
                    .error,
                    "too many changes are not on record yet, this one is left out",
                    [(.service, .text(key.id)), (.errorType, .text(note.code))]
                )
            )
            return
        }
        settleOwedRows()
    }

    /// Makes the rows durable that no request waits for.
    func settleOwedRows() {
        owed.settle(through: audit) { [metrics] error in
            metrics.auditFailures.add(1, [error.code.rawValue])
        }
    }
}
