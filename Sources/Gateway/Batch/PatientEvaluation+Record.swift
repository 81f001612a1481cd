package import Audit
package import Basics
package import Crypto

package import JSON
import Mapping

extension PatientEvaluation {
    /// What the audit row of a patient says beside what was computed.
    package struct Circumstances: Sendable {
        /// The key of the row, the same whenever the job is resumed.
        package var eventID: UUIDBytes
        /// The tenant whose patient it is.
        package var tenant: String
        /// When the job began, which is part of the key of the row.
        package var startedAt: Instant
        /// The moment of evaluation, when it is not that of the job.
        package var replayedAt: Instant?
        /// Who asked.
        package var client: String
        /// The name of the profile.
        package var profile: String
        /// What made the result, as JSON.
        package var artifacts: [UInt8]
        /// The job.
        package var job: UUIDBytes
        /// The logical id of the patient.
        package var patientID: String

        /// Says what a row needs.
        package init(
            eventID: UUIDBytes,
            tenant: String,
            startedAt: Instant,
            replayedAt: Instant?,
            client: String,
            profile: String,
            artifacts: [UInt8],
            job: UUIDBytes,
            patientID: String
        ) {
            self.eventID = eventID
            self.tenant = tenant
            self.startedAt = startedAt
            self.replayedAt = replayedAt
            self.client = client
            self.profile = profile
            self.artifacts = artifacts
            self.job = job
            self.patientID = patientID
        }
    }

    /// The audit row of the evaluation.
    ///
    /// - Parameters:
    ///   - circumstances: who asked, for whom, by what.
    ///   - key: the tenant's key, for the digests.
    ///   - pseudonymKey: what makes the pseudonym.
    ///   - data: the bytes of the resources that were read, in their order.
    ///   - output: the row of the result that is to leave once this is durable.
    /// - Returns: the row.
    package func record(
        _ circumstances: Circumstances,
        key: AuthenticationKey,
        pseudonymKey: PseudonymKey,
        data: [UInt8],
        output: [UInt8]
    ) -> AuditRecord {
        var record = AuditRecord(
            eventID: circumstances.eventID,
            tenant: circumstances.tenant,
            kind: .evaluation,
            outcome: auditOutcome,
            startedAt: circumstances.startedAt,
            status: 200
        )
        record.replayedAt = circumstances.replayedAt
        record.client = circumstances.client
        record.service = circumstances.profile
        record.patientPseudonym = pseudonymKey.patient(circumstances.patientID)
        record.pseudonymEpoch = pseudonymKey.epoch
        record.patientReference = "Patient/" + circumstances.patientID
        record.artifacts = circumstances.artifacts
        record.traceID = circumstances.job.bytes
        record.requestDigest = key.authenticate(data)
        record.responseDigest = key.authenticate(output)
        record.flags = ["batch"]
        if circumstances.replayedAt != nil { record.flags.append("replay") }
        if outcome != .computed { record.reasonCode = reasons.first }
        guard let report else { return record }
        record.inputs = ReportWriter.inputs(report)
        record.rejections = ReportWriter.rejections(report)
        record.result = ReportWriter.result(report, evaluation, nil)
        record.missingInputs = report.missingNames
        let flags = report.inputs.flatMap(\.flags)
        if flags.contains(.assumed) { record.flags.append("assumed-input") }
        if flags.contains(.imputed) { record.flags.append("imputed-input") }
        if flags.contains(.tie) { record.flags.append("tied-input") }
        return record
    }

    private var auditOutcome: AuditRecord.Outcome {
        switch outcome {
        case .computed: .done
        case .incomplete: .incomplete
        case .refused, .notApplicable: .refused
        }
    }

    /// What made the results of a job by one profile: the job, the profile and its model.
    package static func artifacts(
        job: UUIDBytes,
        shard: String?,
        reason: String,
        profile: LoadedProfile
    ) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.name("batch")
        writer.beginObject()
        writer.member("job", job.text)
        writer.member("shard", ifPresent: shard)
        writer.member("reason", reason)
        writer.endObject()
        LoadedService.write(profile, to: &writer)
        writer.endObject()
        return writer.bytes
    }

    /// Whether Patients of one id say the same, however they are indented and ordered.
    package static func agree(_ patients: [JSONValue]) -> Bool {
        guard let first = patients.first else { return true }
        return patients.dropFirst().allSatisfy { PatientMatch.isSame(first, $0) }
    }
}
