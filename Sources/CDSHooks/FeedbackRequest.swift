package import Basics
package import JSON

/// The body of a feedback call, checked.
///
///     { "feedback": [ { "card": "4e0a3a1e-...", "outcome": "overridden",
///         "overrideReason": { "reason": { "code": "x", "system": "s" }, "userComment": "..." },
///         "outcomeTimestamp": "2026-05-04T10:05:31Z" } ] }
///
/// CDS Hooks 2.0, feedback. The reason comes from the EHR's own list as well, so it is not
/// compared with ours. A missing `outcomeTimestamp`, and an acceptance that names no suggestion,
/// are faults of the client that cost no information: the item is kept and flagged.
package struct FeedbackRequest: Sendable {
    /// What the clinician did with a card.
    package enum Outcome: String, Sendable, CaseIterable {
        case accepted
        case overridden
    }

    /// One item.
    package struct Item: Sendable {
        /// The card it answers.
        package let card: UUIDBytes
        /// What the clinician did.
        package let outcome: Outcome
        /// The ids of the accepted suggestions.
        package let acceptedSuggestions: [String]
        /// The reason for overriding as `system|code`.
        package let overrideReason: String?
        /// The words of the clinician; they may hold patient data.
        package let userComment: String?
        /// When the clinician acted.
        package let outcomeAt: Instant?
    }

    /// What a reviewer should know of feedback that was accepted.
    package enum Flag: String, Sendable, CaseIterable {
        /// An item has no `outcomeTimestamp`.
        case withoutTime = "feedback-without-time"
        /// An item is an acceptance and names no suggestion.
        case withoutSuggestion = "accepted-without-suggestion"
        /// An override reason is given with neither code nor comment.
        case withoutReason = "override-reason-empty"
    }

    /// The items in their order.
    package let items: [Item]
    /// What a reviewer should know.
    package let flags: Set<Flag>

    /// Reads a body.
    ///
    /// - Throws: `HookRequestError` with the place of the first fault.
    package init(reading document: JSONDocument) throws(HookRequestError) {
        let root = document.root
        guard root.kind == .object else {
            throw .wrongType(root, "", accepted: "an object with an array named feedback")
        }
        guard let array = root["feedback"], !array.isNull else {
            throw .missing("feedback", at: "", accepted: "an array of feedback objects")
        }
        guard array.kind == .array else {
            throw .wrongType(array, "/feedback", accepted: "an array of feedback objects")
        }
        var items: [Item] = []
        var flags: Set<Flag> = []
        for (position, element) in array.elements.enumerated() {
            guard position < Limits.feedbackItemsMax else {
                throw HookRequestError(
                    code: .tooMany,
                    pointer: "/feedback/\(position)",
                    offset: element.byteOffset,
                    sentence: "there are more of them than the limit allows",
                    accepted: "at most \(Limits.feedbackItemsMax) items"
                )
            }
            items.append(try Self.item(element, "/feedback/\(position)", &flags))
        }
        self.items = items
        self.flags = flags
    }

    private static func item(
        _ json: JSONValue,
        _ place: String,
        _ flags: inout Set<Flag>
    ) throws(HookRequestError) -> Item {
        guard json.kind == .object else { throw .wrongType(json, place, accepted: "an object") }
        let cardText = try json.requiredText("card", at: place)
        guard let card = UUIDBytes(text: cardText) else {
            throw HookRequestError(
                code: .notUUID,
                pointer: place + "/card",
                offset: json["card"]?.byteOffset,
                sentence: "the text is no UUID",
                accepted: "the uuid of a card this service has issued"
            )
        }
        guard let outcome = Outcome(rawValue: try json.requiredText("outcome", at: place)) else {
            throw HookRequestError(
                code: .notInValueSet,
                pointer: place + "/outcome",
                offset: json["outcome"]?.byteOffset,
                sentence: "the outcome is unknown",
                accepted: "accepted or overridden"
            )
        }
        let suggestions = try Self.suggestions(json, place)
        if outcome == .accepted, suggestions.isEmpty { flags.insert(.withoutSuggestion) }
        let outcomeAt = try Self.time(json, place)
        if outcomeAt == nil { flags.insert(.withoutTime) }
        let override = try json.optionalObject("overrideReason", at: place)
        let reason = try override.flatMap { (override) throws(HookRequestError) in
            try Self.reason(override, place + "/overrideReason")
        }
        let comment = try override.flatMap { (override) throws(HookRequestError) in
            try Self.capped("userComment", of: override, at: place + "/overrideReason")
        }
        if override != nil, reason == nil, comment == nil { flags.insert(.withoutReason) }
        return Item(
            card: card,
            outcome: outcome,
            acceptedSuggestions: suggestions,
            overrideReason: reason,
            userComment: comment,
            outcomeAt: outcomeAt
        )
    }

    private static func suggestions(
        _ json: JSONValue,
        _ place: String
    ) throws(HookRequestError) -> [String] {
        guard let array = json["acceptedSuggestions"], !array.isNull else { return [] }
        let place = place + "/acceptedSuggestions"
        guard array.kind == .array else {
            throw .wrongType(array, place, accepted: "an array of objects with an id")
        }
        var ids: [String] = []
        for (position, element) in array.elements.enumerated() {
            let here = "\(place)/\(position)"
            guard element.kind == .object else {
                throw .wrongType(element, here, accepted: "an object with an id")
            }
            guard let id = try capped("id", of: element, at: here) else {
                throw .missing("id", at: here, accepted: "the uuid of a suggestion")
            }
            ids.append(id)
        }
        return ids
    }

    private static func time(
        _ json: JSONValue,
        _ place: String
    ) throws(HookRequestError) -> Instant? {
        guard let text = try json.optionalText("outcomeTimestamp", at: place) else { return nil }
        guard let instant = Instant(rfc3339: text) else {
            throw HookRequestError(
                code: .notInstant,
                pointer: place + "/outcomeTimestamp",
                offset: json["outcomeTimestamp"]?.byteOffset,
                sentence: "the text is no date and time with a time zone",
                accepted: "RFC 3339, such as 2026-05-04T10:00:00Z"
            )
        }
        return instant
    }

    private static func reason(
        _ override: JSONValue,
        _ place: String
    ) throws(HookRequestError) -> String? {
        guard let coding = try override.optionalObject("reason", at: place) else { return nil }
        let code = try capped("code", of: coding, at: place + "/reason")
        let system = try capped("system", of: coding, at: place + "/reason")
        guard code != nil || system != nil else { return nil }
        return (system ?? "") + "|" + (code ?? "")
    }

    private static func capped(
        _ name: String,
        of json: JSONValue,
        at place: String
    ) throws(HookRequestError) -> String? {
        guard let value = json[name], !value.isNull else { return nil }
        guard let text = value.stringValue else {
            throw .wrongType(value, place + "/" + name, accepted: "a string")
        }
        // An empty comment says as much as none; clients with a free-text field send it.
        guard !text.isEmpty else { return nil }
        guard text.unicodeScalars.count <= Limits.feedbackTextCharactersMax else {
            throw HookRequestError(
                code: .tooLong,
                pointer: place + "/" + name,
                offset: json[name]?.byteOffset,
                sentence: "the text is too long",
                accepted: "at most \(Limits.feedbackTextCharactersMax) characters"
            )
        }
        return text
    }
}
