import Basics
import CDSHooks
import Crypto
import JSON

/// What the last answer for a subject showed: the state that the next one is held against.
struct ShownState: Sendable, Equatable {
    /// A card that was shown in full, and when that was.
    struct ShownCard: Sendable, Equatable {
        /// What makes it the same card in another answer.
        let key: String
        let indicator: Card.Indicator
        /// When it was last shown in full.
        let shownAt: Instant
        /// The event that showed it.
        let eventID: UUIDBytes
        /// What the result was then.
        let assessment: Assessment
    }

    /// The event of the answer.
    var eventID: UUIDBytes
    /// The call that it answered; a call that is sent again gets the same answer.
    var hookInstance: UUIDBytes
    /// Which versions of hook, profile and model made it.
    var versions: String
    /// What the result was; `nil` when not everything could be computed.
    var assessment: Assessment?
    /// The cards it showed, in full or in short.
    var cards: [ShownCard] = []

    // MARK: Text

    private var json: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("event", eventID.text)
        writer.member("call", hookInstance.text)
        writer.member("versions", versions)
        if let assessment {
            writer.name("result")
            assessment.write(to: &writer)
        }
        writer.name("cards")
        writer.beginArray()
        for card in cards {
            writer.beginObject()
            writer.member("key", card.key)
            writer.member("indicator", card.indicator.rawValue)
            writer.member("shownAt", String(card.shownAt.microseconds))
            writer.member("event", card.eventID.text)
            writer.name("result")
            card.assessment.write(to: &writer)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    private init?(json bytes: [UInt8]) {
        guard let root = try? JSONDocument(parsing: bytes).root,
            let event = root["event"]?.stringValue.flatMap({ UUIDBytes(text: $0) }),
            let call = root["call"]?.stringValue.flatMap({ UUIDBytes(text: $0) }),
            let versions = root["versions"]?.stringValue, let cards = root["cards"]
        else { return nil }
        eventID = event
        hookInstance = call
        self.versions = versions
        if let result = root["result"] {
            guard let assessment = Assessment(result) else { return nil }
            self.assessment = assessment
        }
        for card in cards.elements {
            guard let key = card["key"]?.stringValue,
                let indicator = card["indicator"]?.stringValue.flatMap(Card.Indicator.init),
                let shownAt = card["shownAt"]?.stringValue.flatMap({ Int64($0) }),
                let event = card["event"]?.stringValue.flatMap({ UUIDBytes(text: $0) }),
                let assessment = Assessment(card["result"])
            else { return nil }
            self.cards.append(
                ShownCard(
                    key: key,
                    indicator: indicator,
                    shownAt: Instant(microseconds: shownAt),
                    eventID: event,
                    assessment: assessment
                )
            )
        }
    }

    init(
        eventID: UUIDBytes,
        hookInstance: UUIDBytes,
        versions: String,
        assessment: Assessment?
    ) {
        self.eventID = eventID
        self.hookInstance = hookInstance
        self.versions = versions
        self.assessment = assessment
    }

    // MARK: Sealing

    /// The state as it is stored: nonce, ciphertext and tag, bound to its subject.
    func sealed(for subject: [UInt8], by key: AuthenticationKey) -> [UInt8] {
        let nonce = RandomBytes.make(count: AuthenticatedCipher.nonceByteCount)
        return nonce
            + AuthenticatedCipher.seal(
                json,
                key: Self.key(from: key),
                nonce: nonce,
                associated: subject
            )
    }

    /// Opens a stored state; `nil` when it is not one that this tenant sealed for the subject.
    init?(sealed: [UInt8], for subject: [UInt8], by key: AuthenticationKey) {
        guard sealed.count > AuthenticatedCipher.nonceByteCount else { return nil }
        let nonce = Array(sealed.prefix(AuthenticatedCipher.nonceByteCount))
        let json = AuthenticatedCipher.open(
            sealed.dropFirst(nonce.count),
            key: Self.key(from: key),
            nonce: nonce,
            associated: subject
        )
        guard let json else { return nil }
        self.init(json: json)
    }

    /// A key of its own, so that pseudonyms and states have none in common.
    private static func key(from key: AuthenticationKey) -> Secret {
        Secret(key.authenticate(parts: ["limen", "key of shown states"]))
    }
}
