import Audit
import Basics
import CDSHooks
import Crypto
import FHIR
import Gateway
import JSON
import Mapping
import Posix
import Synchronization

/// Takes a part of the patients from their places in the files to durable audit rows and lines.
final class BatchWorker: Sendable {
    /// What is the same for all patients.
    struct Job: Sendable {
        let pins: BatchPins
        /// The profiles, each with the artifacts that its rows name.
        let profiles: [(profile: LoadedProfile, artifacts: [UInt8])]
        let rows: BatchRows
        let key: AuthenticationKey
        let pseudonymKey: PseudonymKey
    }

    /// What came of a part.
    struct Outcome: Sendable {
        var lines: [UInt8] = []
        var findings: [UInt8] = []
        var counts = BatchCounts()
        var last: PatientHash?
        /// What the models saw, for their monitoring.
        var seen: [BatchMonitoring.Seen] = []
        /// Why the lines must not leave.
        var failure: CommandError?
    }

    private let job: Job
    private let files: DataFiles
    private let retractions: Retractions
    private let sink: any AuditSink
    private let pause: @Sendable (_ milliseconds: Int) async -> Void
    private let open: Mutex<[OpenFiles]>

    /// Makes a worker.
    ///
    /// - Parameters:
    ///   - job: what is the same for all patients.
    ///   - files: where their resources lie.
    ///   - retractions: what the input deletes.
    ///   - sink: where the audit rows become durable.
    ///   - pause: waits before a row is given again to a queue that was full.
    init(
        _ job: Job,
        files: DataFiles,
        retractions: Retractions = Retractions(),
        sink: any AuditSink,
        pause: @escaping @Sendable (_ milliseconds: Int) async -> Void = {
            try? await Task.sleep(for: .milliseconds($0))
        }
    ) {
        self.job = job
        self.files = files
        self.retractions = retractions
        self.sink = sink
        self.pause = pause
        open = Mutex([])
    }

    /// Evaluates a part and makes its audit rows durable; only then are its lines given.
    func run(_ part: BatchParts.Part) async -> Outcome {
        var outcome = Outcome()
        var records: [AuditRecord] = []
        var cache = open.withLock { $0.popLast() } ?? OpenFiles(files)
        for patient in part.patients {
            guard !Task.isCancelled else { break }
            evaluate(patient, &cache, &outcome, &records)
            if outcome.failure != nil { break }
        }
        open.withLock { $0.append(cache) }
        outcome.last = part.last
        guard outcome.failure == nil else { return outcome }
        if let error = await append(records) { outcome.failure = Self.failure(error) }
        return outcome
    }

    /// What the run says when it ends for want of audit rows.
    private static func failure(_ error: AuditError) -> CommandError {
        let code = error.code.rawValue
        switch error.code {
        case .overloaded:
            return CommandError(
                .unavailable,
                "the queue of the audit trail was full for "
                    + "\(Limits.batchOverloadMillisecondsMax / 1_000) s (\(code)); no result leaves "
                    + "without its row: go on with --resume when PostgreSQL keeps up"
            )
        case .unavailable, .refused, .timeout:
            return CommandError(
                .unavailable,
                "the audit trail takes no rows (\(code)); no result leaves without its row: see "
                    + "the log of PostgreSQL"
            )
        }
    }

    private func append(_ records: [AuditRecord]) async -> AuditError? {
        await withTaskGroup(of: AuditError?.self) { group in
            for record in records { group.addTask { [self] in await append(record) } }
            var first: AuditError?
            for await error in group { first = first ?? error }
            return first
        }
    }

    /// Makes a row durable, and waits for a place when the queue is full.
    ///
    /// The waits are counted and not the time, so that a machine that stood still does not take
    /// them from a row.
    private func append(_ record: AuditRecord) async -> AuditError? {
        var waited = 0
        var milliseconds = Limits.batchPauseMillisecondsMin
        while true {
            do throws(AuditError) {
                try await sink.append(record)
                return nil
            } catch {
                guard error.code == .overloaded, waited < Limits.batchOverloadMillisecondsMax,
                    !Task.isCancelled
                else { return error }
            }
            await pause(milliseconds)
            waited += milliseconds
            milliseconds = min(2 * milliseconds, Limits.batchPauseMillisecondsMax)
        }
    }

    private func evaluate(
        _ places: [IndexRecord],
        _ cache: inout OpenFiles,
        _ outcome: inout Outcome,
        _ records: inout [AuditRecord]
    ) {
        // Whom nothing but what is not taken names has no row; the errors tell of it.
        guard places.contains(where: { !$0.isUnread }) else { return }
        guard let patient = BatchPatient(places, &cache, retractions: retractions) else {
            let path = files.files[places.first?.place.file ?? 0].path
            outcome.failure = CommandError(
                .badInput,
                "\(path) has changed while it was read (\(DataFault.changed.rawValue)); the run "
                    + "has ended: start it again with files that stay as they are"
            )
            return
        }
        outcome.counts.resources += patient.places.count
        // No officer could ask for such a row, hold it or erase it, and no hook takes such an id.
        guard FHIRIdentifier.isID(patient.record.id) else {
            let place = patient.patientPlaces.first ?? patient.places.first
            if let place { add(.badPatientID, at: place, &outcome) }
            return
        }
        outcome.counts.patients += 1
        let refusal = judge(patient, &outcome)
        let moment = job.pins.moment ?? patient.record.newestMoment ?? job.pins.startedAt
        for (number, (profile, artifacts)) in job.profiles.enumerated() {
            let result =
                refusal.map { PatientEvaluation(refusing: $0.rawValue) }
                ?? PatientEvaluation(patient.record.data, by: profile, at: moment)
            outcome.counts.add(result.outcome, of: profile.name)
            if let report = result.report {
                outcome.seen.append(
                    BatchMonitoring.Seen(
                        profile: number,
                        report: report,
                        evaluation: result.evaluation,
                        isReplay: moment != job.pins.startedAt
                    )
                )
            }
            note(result, patient, profile, &outcome)
            let line = job.rows.line(
                patient: patient.record.id,
                profile: profile.name,
                result,
                at: moment
            )
            outcome.lines += line
            var record = result.record(
                circumstances(patient.record.id, profile, artifacts, moment),
                key: job.key,
                pseudonymKey: job.pseudonymKey,
                data: patient.bytes,
                output: line
            )
            record.programVersion = RunningService.version
            records.append(record)
        }
    }

    private func circumstances(
        _ patientID: String,
        _ profile: LoadedProfile,
        _ artifacts: [UInt8],
        _ moment: Instant
    ) -> PatientEvaluation.Circumstances {
        let pins = job.pins
        return PatientEvaluation.Circumstances(
            // The same for the same patient of the same job, so a row that had landed before a
            // crash is not written twice.
            eventID: job.key.identifier(
                parts: ["batch", pins.tenant, pins.job.text, profile.name, patientID]
            ),
            tenant: pins.tenant,
            startedAt: pins.startedAt,
            replayedAt: moment == pins.startedAt ? nil : moment,
            client: pins.client,
            profile: profile.name,
            artifacts: artifacts,
            job: pins.job,
            patientID: patientID
        )
    }

    /// Whether the patient as a whole is refused, and why.
    ///
    /// What an entry holds that cannot be read, or a page that is lacking, may be the very value
    /// that a score hangs on; its line in the errors was written when the data were read.
    private func judge(_ patient: BatchPatient, _ outcome: inout Outcome) -> DataFault? {
        if patient.patients.isEmpty {
            outcome.counts.withoutPatient += 1
            if let place = patient.places.first { add(.noPatient, at: place, &outcome) }
        }
        for place in patient.deletedPlaces {
            add(.deleted, at: place, &outcome, sentence: DataFault.deletedElsewhere)
        }
        let refusal = patient.unreadFault ?? (patient.deletedPlaces.isEmpty ? nil : .deleted)
        guard patient.patients.count > 1 else { return refusal }
        if PatientEvaluation.agree(patient.patients.map(\.json)) {
            outcome.counts.repeatedPatients += 1
            return refusal
        }
        for place in patient.patientPlaces { add(.conflictingPatients, at: place, &outcome) }
        return .conflictingPatients
    }

    /// Reports what of the patient's data could not be used because of a fault in it.
    private func note(
        _ result: PatientEvaluation,
        _ patient: BatchPatient,
        _ profile: LoadedProfile,
        _ outcome: inout Outcome
    ) {
        guard let report = result.report else {
            let mismatch = GatewayError.Code.patientMismatch.rawValue
            if result.reasons == [mismatch], let place = patient.places.first {
                add(.otherPatient, at: place, &outcome)
            }
            return
        }
        let rejections = report.rejections.filter { BatchFinding.isFault($0.reason) }
        guard !rejections.isEmpty else { return }
        let positions = patient.positions
        for rejection in rejections {
            guard let place = positions[rejection.resource] ?? patient.places.first else {
                continue
            }
            add(
                BatchFinding(
                    rejection,
                    profile: profile.name,
                    file: files.files[place.place.file].path,
                    line: place.place.line,
                    offset: place.bytes.lowerBound
                ),
                &outcome
            )
        }
    }

    private func add(
        _ fault: DataFault,
        at place: IndexRecord,
        _ outcome: inout Outcome,
        sentence: String? = nil
    ) {
        add(
            BatchFinding(
                fault,
                file: files.files[place.place.file].path,
                line: place.place.line,
                offset: place.bytes.lowerBound,
                sentence: sentence
            ),
            &outcome
        )
    }

    private func add(_ finding: BatchFinding, _ outcome: inout Outcome) {
        outcome.findings += finding.bytes
        outcome.counts.add(fault: finding.code)
    }
}
