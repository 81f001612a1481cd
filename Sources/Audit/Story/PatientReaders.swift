package import Basics
package import JSON

/// Who saw what of one patient: clinicians by their cards, programs by their results, auditors by
/// their reads (45 CFR 164.528, accounting of disclosures).
package struct PatientReaders: Sendable {
    /// How somebody saw something.
    package enum Way: String, Sendable, CaseIterable {
        /// A card or another answer was shown to a user of an EHR.
        case answer
        /// A program got a result by named inputs or in a batch.
        case result
        /// Somebody read the audit trail.
        case read
        /// Somebody took a part of the trail away.
        case export
    }

    /// One who saw.
    package struct Reader: Sendable {
        /// How.
        package let way: Way
        /// The client, or the login of the auditor.
        package let client: String
        /// The user, as far as the row names one: a reference, or the keyed pseudonym.
        package let user: String
        /// The services whose answers were seen.
        package fileprivate(set) var services: Set<String> = []
        /// The reasons that were given.
        package fileprivate(set) var reasons: [String] = []
        /// The first time.
        package fileprivate(set) var first: Instant
        /// The last time.
        package fileprivate(set) var last: Instant
        /// How many times.
        package fileprivate(set) var count = 0

        /// Writes the reader as one JSON object.
        package func write(to writer: inout JSONWriter) {
            writer.beginObject()
            writer.member("way", way.rawValue)
            writer.member("client", client)
            if !user.isEmpty { writer.member("user", user) }
            writer.member("count", count)
            writer.member("first", first.text)
            writer.member("last", last.text)
            for (name, texts) in [("services", services.sorted()), ("reasons", reasons)]
            where !texts.isEmpty {
                writer.name(name)
                writer.beginArray()
                for text in texts { writer.value(text) }
                writer.endArray()
            }
            writer.endObject()
        }
    }

    private struct Key: Hashable {
        let way: Way
        let client: String
        let user: String
    }

    private var readers: [Key: Reader] = [:]

    /// How many events were looked at.
    package private(set) var eventCount = 0

    /// Makes an empty list.
    package init() {}

    /// The readers, the latest first.
    package var all: [Reader] {
        readers.values.sorted {
            ($0.last, $0.count, $0.client, $0.user) > ($1.last, $1.count, $1.client, $1.user)
        }
    }

    /// Takes one event of the patient.
    package mutating func add(_ event: StoredEvent) {
        eventCount += 1
        let record = event.record
        guard let way = Self.way(record) else { return }
        let user = record.userReference ?? record.userPseudonym.map(hexadecimal) ?? ""
        let key = Key(way: way, client: record.client ?? "", user: user)
        var reader =
            readers[key]
            ?? Reader(
                way: way,
                client: key.client,
                user: user,
                first: record.startedAt,
                last: record.startedAt
            )
        reader.first = min(reader.first, record.startedAt)
        reader.last = max(reader.last, record.startedAt)
        reader.count += 1
        if let service = record.service { reader.services.insert(service) }
        let details = record.details.flatMap { try? JSONDocument(parsing: $0) }?.root
        if let reason = details?["reason"]?.stringValue, !reader.reasons.contains(reason),
            reader.reasons.count < 20
        {
            reader.reasons.append(reason)
        }
        readers[key] = reader
    }

    /// How an event let somebody see the patient; `nil` when it showed nothing.
    private static func way(_ record: AuditRecord) -> Way? {
        switch record.kind {
        case .decision:
            // A shadow shows nothing, and an answer that was held back was not seen.
            record.arm == .shadow || record.status != 200 ? nil : .answer
        case .evaluation: record.status == 200 ? .result : nil
        case .auditRead, .auditReview: record.status == 200 ? .read : nil
        case .auditExport: .export
        case .feedback, .rejectedRequest, .authenticationFailure, .configurationChange, .start,
            .stop, .modelChange, .fetch, .erasure, .legalHold, .keyChange, .retention:
            nil
        }
    }
}
