package import Basics

/// One row of the trail as its columns are stored, with the rows of its cards and its feedback.
///
/// This is what the hash of a row covers: every column that the writer sends, in the form in which
/// the database gives it back. Not in it: `recorded_at`, which the database sets and the batch
/// covers, and the place in the log, which is hashed beside it.
package struct AuditRow: Sendable, Equatable {
    /// The tenant.
    package var tenant: String
    /// When the request began.
    package var startedAt: Instant
    /// The identifier of the event.
    package var eventID: UUIDBytes
    /// The kind of event, as text: a row that was tampered with may hold any.
    package var kind: String
    /// What came of it.
    package var outcome: String
    /// The HTTP status.
    package var status: Int32
    /// The form of the row.
    package var schemaVersion: Int32
    /// The moment of a replay.
    package var replayedAt: Instant?
    /// The client.
    package var client: String?
    /// The service id.
    package var service: String?
    /// The hook.
    package var hook: String?
    /// The `hookInstance`.
    package var hookInstance: UUIDBytes?
    /// Which version decided.
    package var arm: String?
    /// The keyed pseudonym of the patient.
    package var patientPseudonym: [UInt8]?
    /// The keyed pseudonym of the user.
    package var userPseudonym: [UInt8]?
    /// The keyed pseudonym of the encounter.
    package var encounterPseudonym: [UInt8]?
    /// Profile, model and hook, as JSON text.
    package var artifacts: [UInt8]?
    /// The inputs in the clear, in rows from before sealing.
    package var inputs: [UInt8]?
    /// The rejections in the clear, in rows from before sealing.
    package var rejections: [UInt8]?
    /// The result in the clear, in rows from before sealing.
    package var result: [UInt8]?
    /// The cards in the clear, in rows from before sealing.
    package var cards: [UInt8]?
    /// The uuids of the cards.
    package var cardIDs: [UUIDBytes]
    /// The most urgent indicator.
    package var indicator: String?
    /// The names of the missing inputs.
    package var missingInputs: [String]
    /// The stable code of a refusal or error.
    package var reasonCode: String?
    /// The keyed digest of the request.
    package var requestDigest: [UInt8]?
    /// The keyed digest of the response.
    package var responseDigest: [UInt8]?
    /// The time of each stage, as JSON text.
    package var stageMicroseconds: [UInt8]?
    /// The W3C trace id.
    package var traceID: [UInt8]?
    /// The W3C parent span id.
    package var parentSpanID: [UInt8]?
    /// The flags.
    package var flags: [String]
    /// How long the request took.
    package var durationMicroseconds: Int64?
    /// How the caller proved who it is.
    package var clientMethod: String?
    /// The key of that proof.
    package var clientKey: String?
    /// The algorithm of that proof.
    package var clientAlgorithm: String?
    /// The keyed digest of the `jti`.
    package var tokenDigest: [UInt8]?
    /// The digest of the caller's certificate.
    package var certificateDigest: [UInt8]?
    /// The address that the call came from.
    package var peerAddress: String?
    /// The version of the hook.
    package var hookVersion: String?
    /// The version of the program.
    package var programVersion: String?
    /// The event that led to this one.
    package var causedBy: UUIDBytes?
    /// What changed, was exported or read, as JSON text.
    package var details: [UInt8]?
    /// Which epoch of the keys the pseudonyms are of.
    package var pseudonymEpoch: Int32?
    /// The key that the sealed parts are sealed with.
    package var keyID: UUIDBytes?
    /// The sealed reference of the patient.
    package var sealedPatient: [UInt8]?
    /// The sealed reference of the user.
    package var sealedUser: [UInt8]?
    /// The sealed reference of the encounter.
    package var sealedEncounter: [UInt8]?
    /// The sealed inputs.
    package var sealedInputs: [UInt8]?
    /// The sealed rejections.
    package var sealedRejections: [UInt8]?
    /// The sealed result.
    package var sealedResult: [UInt8]?
    /// The sealed cards.
    package var sealedCards: [UInt8]?
    /// The rows of `audit.card`, in the order of `cardIDs`.
    package var shownCards: [Card]
    /// The rows of `audit.feedback`, by item.
    package var feedback: [Feedback]

    /// A row of `audit.card`.
    package struct Card: Sendable, Equatable {
        /// The uuid of the card.
        package var cardID: UUIDBytes
        /// What the hook document calls it.
        package var name: String?

        /// Makes a row.
        package init(cardID: UUIDBytes, name: String?) {
            self.cardID = cardID
            self.name = name
        }
    }

    /// A row of `audit.feedback`.
    package struct Feedback: Sendable, Equatable {
        /// Its place in the request.
        package var item: Int32
        /// The card it answers.
        package var cardID: UUIDBytes
        /// `accepted` or `overridden`.
        package var outcome: String
        /// The ids of the suggestions that were accepted.
        package var acceptedSuggestions: [String]
        /// The override reason.
        package var overrideReason: String?
        /// The comment in the clear, in rows from before sealing.
        package var userComment: String?
        /// When the clinician acted.
        package var outcomeAt: Instant?
        /// The key that the comment is sealed with.
        package var keyID: UUIDBytes?
        /// The sealed comment.
        package var sealedComment: [UInt8]?

        /// Makes a row with what every row has.
        package init(item: Int32, cardID: UUIDBytes, outcome: String) {
            self.item = item
            self.cardID = cardID
            self.outcome = outcome
            acceptedSuggestions = []
        }
    }

    /// Makes a row with what every row has.
    package init(
        tenant: String,
        startedAt: Instant,
        eventID: UUIDBytes,
        kind: String,
        outcome: String,
        status: Int32,
        schemaVersion: Int32
    ) {
        self.tenant = tenant
        self.startedAt = startedAt
        self.eventID = eventID
        self.kind = kind
        self.outcome = outcome
        self.status = status
        self.schemaVersion = schemaVersion
        cardIDs = []
        missingInputs = []
        flags = []
        shownCards = []
        feedback = []
    }

    /// Puts the rows of the cards in the order of `cardIDs`; a card that is not named there comes
    /// behind, by its uuid.
    ///
    /// The table has no order of its own, and the hash needs one.
    package mutating func orderCards() {
        var places: [UUIDBytes: Int] = [:]
        for (place, id) in cardIDs.enumerated() where places[id] == nil { places[id] = place }
        shownCards.sort { left, right in
            let leftPlace = places[left.cardID] ?? Int.max
            let rightPlace = places[right.cardID] ?? Int.max
            if leftPlace != rightPlace { return leftPlace < rightPlace }
            return (left.cardID.high, left.cardID.low) < (right.cardID.high, right.cardID.low)
        }
    }
}
