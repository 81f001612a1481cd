import Audit
import PostgreSQL

/// A filter as the values of `AuditStatements.list`, for one tenant, patient and user.
struct FilterParameters {
    let tenant: String
    let patient: [UInt8]?
    let user: [UInt8]?
    let hasDocuments: Bool

    /// The values in their order; one row more than the limit tells whether more follow.
    func parameters(of filter: AuditFilter) -> Parameters {
        var values = Parameters()
        values.add(text: tenant)
        values.add(text: filter.kind?.rawValue)
        values.add(text: filter.outcome?.rawValue)
        values.add(text: filter.service)
        values.add(bytes: patient)
        values.add(uuid: filter.hookInstance)
        values.add(bytes: filter.traceID)
        values.add(instant: filter.from)
        values.add(instant: filter.to)
        values.add(instant: filter.cursor?.startedAt)
        values.add(uuid: filter.cursor?.eventID)
        values.add(text: filter.arm?.rawValue)
        values.add(int64: Int64(filter.boundedLimit + 1))
        values.add(text: filter.client)
        values.add(text: profile(of: filter))
        values.add(text: digest(of: filter))
        values.add(text: filter.reasonCode)
        values.add(bytes: user)
        values.add(uuid: filter.eventID)
        values.add(uuid: filter.causedBy)
        values.add(bool: hasDocuments)
        values.add(bool: filter.namesNoPatient)
        return values
    }

    private func profile(of filter: AuditFilter) -> String? {
        guard case .profile(let name) = filter.model else { return nil }
        return name
    }

    private func digest(of filter: AuditFilter) -> String? {
        guard case .digest(let digest) = filter.model else { return nil }
        return digest
    }
}
