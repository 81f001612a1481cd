import Audit
import Basics
import PostgreSQL

/// An audit record as the values of its statements, encoded once by the task that appends it.
struct EncodedRow: Sendable {
    let tenant: String
    private let event: Parameters
    let cards: [Parameters]
    let feedback: [Parameters]
    /// The canonical form, which the hash of the row covers.
    let canonical: [UInt8]
    let shown: [Parameters]
    /// The keys that the row needs and that are not known to be durable.
    let keys: [KeyValues]
    let byteCount: Int

    /// A wrapped key as the values of its statement.
    struct KeyValues {
        let keyID: UUIDBytes
        let values: Parameters
    }

    init(_ sealed: SealedRecord) {
        let record = sealed.record
        canonical = AuditRow(sealed).canonical
        tenant = Self.storable(record.tenant)
        event = Self.encode(sealed)
        // Feedback names cards and shows none; a row for them would hide that nobody showed them.
        let cardIDs = record.kind == .feedback ? [] : record.cardIDs
        cards = cardIDs.map { Self.encode(cardID: $0, of: record) }
        feedback = record.feedback.enumerated().map { item, feedback in
            Self.encode(feedback, item: item, sealed.comments[item], of: record)
        }
        self.shown = record.shown.map { [Self.encode($0, of: record)] } ?? []
        keys = sealed.newKeys.map { KeyValues(keyID: $0.keyID, values: Self.encode($0)) }
        byteCount = (cards + feedback + self.shown + keys.map(\.values))
            .reduce(event.byteCount) { $0 + $1.byteCount }
    }

    /// The values of the event with its place in the log; without one, with none.
    func event(at place: LogPlace?) -> Parameters {
        var values = event
        values.add(uuid: place?.logID)
        values.add(int64: place?.sequence)
        values.add(bytes: place?.leafHash)
        return values
    }

    private static func encode(_ sealed: SealedRecord) -> Parameters {
        let record = sealed.record
        var values = Parameters()
        values.add(text: storable(record.tenant))
        values.add(instant: record.startedAt)
        values.add(uuid: record.eventID)
        values.add(text: record.kind.rawValue)
        values.add(text: record.outcome.rawValue)
        values.add(int32: Int32(clamping: record.status))
        values.add(instant: record.replayedAt)
        values.add(text: record.client.map(storable))
        values.add(text: record.service.map(storable))
        values.add(text: record.hook.map(storable))
        values.add(uuid: record.hookInstance)
        values.add(bytes: record.patientPseudonym)
        values.add(bytes: record.userPseudonym)
        values.add(bytes: record.encounterPseudonym)
        values.add(json: record.artifacts)
        values.add(json: record.inputs)
        values.add(json: record.rejections)
        values.add(json: record.result)
        values.add(json: record.cards)
        values.add(arrayText: record.cardIDs.map(\.text))
        values.add(text: record.indicator.map(storable))
        values.add(arrayText: record.missingInputs.map(storable))
        values.add(text: record.reasonCode.map(storable))
        values.add(bytes: record.requestDigest)
        values.add(bytes: record.responseDigest)
        values.add(json: record.stageMicroseconds)
        values.add(bytes: record.traceID)
        values.add(bytes: record.parentSpanID)
        values.add(arrayText: record.flags.map(storable))
        values.add(text: record.arm?.rawValue)
        encodeCaller(record, into: &values)
        values.add(uuid: record.causedBy)
        values.add(json: record.details)
        values.add(uuid: sealed.keyID)
        values.add(bytes: sealed.patient)
        values.add(bytes: sealed.user)
        values.add(bytes: sealed.encounter)
        values.add(bytes: sealed.inputs)
        values.add(bytes: sealed.rejections)
        values.add(bytes: sealed.result)
        values.add(bytes: sealed.cards)
        values.add(int32: record.pseudonymEpoch.map { Int32(clamping: $0) })
        return values
    }

    private static func encodeCaller(_ record: AuditRecord, into values: inout Parameters) {
        values.add(int64: record.durationMicroseconds)
        values.add(text: record.clientMethod.map(storable))
        values.add(text: record.clientKey.map(storable))
        values.add(text: record.clientAlgorithm.map(storable))
        values.add(bytes: record.tokenDigest)
        values.add(bytes: record.certificateDigest)
        values.add(text: record.peerAddress.map(storable))
        values.add(text: record.hookVersion.map(storable))
        values.add(text: record.programVersion.map(storable))
    }

    private static func encode(_ shown: ShownAnswer, of record: AuditRecord) -> Parameters {
        var values = Parameters()
        values.add(text: storable(record.tenant))
        values.add(bytes: shown.subject)
        values.add(instant: record.startedAt)
        values.add(uuid: record.eventID)
        values.add(bytes: shown.state)
        values.add(instant: shown.forgottenAt)
        return values
    }

    private static func encode(cardID: UUIDBytes, of record: AuditRecord) -> Parameters {
        var values = Parameters()
        values.add(text: storable(record.tenant))
        values.add(instant: record.startedAt)
        values.add(uuid: record.eventID)
        values.add(uuid: cardID)
        values.add(text: record.cardNames[cardID].map(storable))
        return values
    }

    private static func encode(
        _ feedback: AuditFeedback,
        item: Int,
        _ comment: SealedComment?,
        of record: AuditRecord
    ) -> Parameters {
        var values = Parameters()
        values.add(text: storable(record.tenant))
        values.add(instant: record.startedAt)
        values.add(uuid: record.eventID)
        values.add(int32: Int32(clamping: item))
        values.add(uuid: feedback.cardID)
        values.add(text: storable(feedback.outcome))
        values.add(arrayText: feedback.acceptedSuggestions.map(storable))
        values.add(text: feedback.overrideReason.map(storable))
        values.add(text: feedback.userComment.map(storable))
        values.add(instant: feedback.outcomeAt)
        values.add(uuid: comment?.keyID)
        values.add(bytes: comment?.text)
        return values
    }

    private static func encode(_ key: WrappedKey) -> Parameters {
        var values = Parameters()
        values.add(text: storable(key.tenant))
        values.add(uuid: key.keyID)
        values.add(bytes: key.subject)
        values.add(text: key.month.text)
        values.add(text: key.wrappingKey)
        values.add(bytes: key.wrapped)
        values.add(instant: key.createdAt)
        return values
    }

    private static func storable(_ text: String) -> String { AuditRow.storable(text) }
}
