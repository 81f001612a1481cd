import AuditStore
import Basics
import ClinicalEngine
import Crypto
import Gateway
import Mapping
import Monitoring

/// Counts what the models saw and said, for the monitoring of the models.
///
/// Only what is written is counted, and each stretch between two checkpoints is stored under a key
/// of its own before the checkpoint is. The journal says before that where the stretch ends, so a
/// run that is killed and goes on ends it at the same patient, whatever its `--checkpoint`, and
/// counts nobody twice.
final class BatchMonitoring {
    /// One case as a model saw it.
    struct Seen: Sendable {
        let profile: Int
        let report: MappingReport
        let evaluation: Evaluation?
        /// Whether it is as of another moment than the present.
        let isReplay: Bool
    }

    private let profiles: [LoadedProfile]
    private let pins: BatchPins
    private let key: AuthenticationKey
    private let store: any CounterStore
    /// The code of the last fault; counters are no audit trail and stop no run.
    private(set) var faultCode: String?

    init(
        _ profiles: [LoadedProfile],
        _ pins: BatchPins,
        key: AuthenticationKey,
        store: any CounterStore
    ) {
        self.profiles = profiles
        self.pins = pins
        self.key = key
        self.store = store
    }

    /// Counts cases.
    func count(_ seen: [Seen]) {
        for one in seen {
            profiles[one.profile].count(
                one.report,
                one.evaluation,
                tenant: pins.tenant,
                arm: one.isReplay ? "replay" : "live",
                at: pins.startedAt
            )
        }
    }

    /// Stores what was counted behind a patient.
    func store(behind last: PatientHash?) {
        let items = profiles.flatMap { $0.counters.drain() }
        guard !items.isEmpty else { return }
        let parts = ["batch counters", pins.tenant, pins.job.text, last?.text ?? ""]
        let batch = CounterBatch(id: key.identifier(parts: parts), items: items)
        do throws(CounterStoreError) {
            try store.add(batch)
        } catch {
            faultCode = error.code
        }
    }
}
