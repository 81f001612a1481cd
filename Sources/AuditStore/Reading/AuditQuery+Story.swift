package import Audit
import Basics

extension AuditQuery {
    /// Everything that belongs to the call of an event: what has its `hookInstance`, what it led
    /// to, and the feedback on its cards.
    ///
    /// - Throws: `AuditStoreError`.
    package func story(of event: StoredEvent) throws(AuditStoreError) -> Story {
        var filter = AuditFilter()
        filter.tenant = event.record.tenant
        filter.limit = Limits.auditStoryEventsMax
        if let instance = event.record.hookInstance {
            filter.hookInstance = instance
        } else {
            filter.causedBy = event.record.eventID
        }
        let page = try list(filter, hasDocuments: true)
        var events = page.events
        if !events.contains(where: { $0.record.eventID == event.record.eventID }) {
            events.append(event)
        }
        for position in events.indices {
            events[position].answers = try answers(to: events[position].record)
        }
        return Story(
            hookInstance: event.record.hookInstance,
            events: events,
            isCut: page.next != nil
        )
    }

    /// Who saw what of a patient, as far back as the filter says: by the events of the patient, and
    /// by the reads that named no patient and so may have shown this one.
    ///
    /// - Returns: The readers, and whether there are more events than were looked at.
    /// - Throws: `AuditStoreError`.
    package func readers(
        _ filter: AuditFilter
    ) throws(AuditStoreError) -> (readers: PatientReaders, isCut: Bool) {
        var readers = PatientReaders()
        for part in filter.readerParts {
            var part = part
            part.limit = Limits.auditListRowsMax
            while true {
                let page = try list(part)
                for event in page.events { readers.add(event, askedBy: part) }
                guard let next = page.next else { break }
                guard readers.eventCount < Limits.auditPatientEventsMax else {
                    return (readers, true)
                }
                part.cursor = next
            }
        }
        return (readers, false)
    }
}
