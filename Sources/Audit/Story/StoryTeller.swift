import Basics
import JSON

/// Says in plain English what an event means to somebody who was not there.
enum StoryTeller {
    /// What happened, one sentence for each thing.
    static func sentences(of event: StoredEvent) -> [String] {
        let record = event.record
        switch record.kind {
        case .decision: return decision(event)
        case .evaluation: return evaluation(event)
        case .fetch: return fetch(record)
        case .feedback: return feedback(record)
        case .rejectedRequest:
            return [
                "A request of \(caller(record)) was rejected\(reason(record)); nothing was shown."
            ]
        case .authenticationFailure:
            return ["A caller was not let in\(flags(record)); nothing was shown."]
        case .configurationChange: return [DeedTeller.configuration(record)]
        case .start: return ["The gateway started\(version(record))."]
        case .stop: return ["The gateway stopped."]
        case .auditRead, .auditExport, .auditReview: return reading(record)
        case .modelChange:
            return [
                record.outcome == .refused
                    ? "What lies there of \(record.service ?? "a service") is not what was "
                        + "approved\(reason(record)); it was not put in force."
                    : "What is in force of \(record.service ?? "a service") was changed by "
                        + "\(record.client ?? "nobody named")\(reason(record))."
            ]
        case .erasure: return [DeedTeller.erasure(record)]
        case .legalHold: return [DeedTeller.hold(record)]
        case .keyChange: return [DeedTeller.key(record)]
        case .retention: return [DeedTeller.retention(record)]
        }
    }

    /// One item of feedback, with the title of its card where it is known.
    static func sentence(of answer: StoredFeedback, titles: [UUIDBytes: String]) -> String {
        let item = answer.feedback
        let card =
            titles[item.cardID].map { "the card \"\($0)\"" } ?? "the card \(item.cardID.text)"
        var text = "The clinician \(item.outcome) \(card)"
        if let why = item.overrideReason { text += ", with the reason \(why)" }
        if !item.acceptedSuggestions.isEmpty {
            text += "; suggestions taken: \(item.acceptedSuggestions.count)"
        }
        if let comment = item.userComment { text += "; comment: \"\(comment)\"" }
        switch answer.sealing {
        case .sealed: text += "; there is a comment, which is sealed"
        case .erased: text += "; there was a comment, which was erased"
        case .unreadable: text += "; there is a comment that does not open with its key"
        case .keyMissing: text += "; there is a comment, whose key has not come yet"
        case .plain, .opened: break
        }
        return text + "."
    }

    /// A card as far as it can be read.
    struct Card {
        let id: UUIDBytes?
        let summary: String
        let indicator: String
    }

    /// The cards that were shown.
    static func cards(of record: AuditRecord) -> [Card] {
        guard let bytes = record.cards, let document = try? JSONDocument(parsing: bytes) else {
            return []
        }
        return document.root.elements.map { card in
            Card(
                id: card["uuid"]?.stringValue.flatMap { UUIDBytes(text: $0) },
                summary: card["summary"]?.stringValue ?? "",
                indicator: card["indicator"]?.stringValue ?? ""
            )
        }
    }

    // MARK: Kinds

    private static func decision(_ event: StoredEvent) -> [String] {
        let record = event.record
        var lines: [String] = []
        if record.arm == .shadow {
            lines.append(
                "Beside the answer another version (\(model(record))) computed the same without "
                    + "showing anything: \(outcome(record))."
            )
            return lines + sealing(event)
        }
        let hook = record.hook ?? "a hook"
        lines.append(
            "\(caller(record)) fired \(hook) at the service \(record.service ?? "not known") about "
                + "\(patient(record))\(user(record))."
        )
        if let moment = record.replayedAt {
            lines.append("It asked for the answer as of \(moment.text): a replay, not the present.")
        }
        lines.append("Computed by \(model(record))\(arm(record)): \(outcome(record)).")
        for card in cards(of: record) {
            lines.append("Card shown (\(card.indicator)): \"\(card.summary)\"")
        }
        if cards(of: record).isEmpty, !record.cardIDs.isEmpty {
            let indicator = record.indicator.map { ", the most urgent \($0)" } ?? ""
            lines.append(
                "Cards shown: \(record.cardIDs.count)\(indicator); their text is not here."
            )
        }
        if !record.missingInputs.isEmpty {
            lines.append(
                "Inputs that were missing: " + record.missingInputs.joined(separator: ", ") + "."
            )
        }
        if !record.flags.isEmpty {
            lines.append("Marked: " + record.flags.joined(separator: ", ") + ".")
        }
        return lines + sealing(event)
    }

    private static func evaluation(_ event: StoredEvent) -> [String] {
        let record = event.record
        var lines = [
            "\(caller(record)) had \(model(record)) evaluated about \(patient(record)): "
                + "\(outcome(record))."
        ]
        let facts = EventFacts(record)
        if let job = facts.job {
            let why = facts.reason.map { ", because: \"\($0)\"" } ?? ", without a reason"
            lines.append("It was one of many patients of the batch \(job)\(why).")
        }
        if !record.missingInputs.isEmpty {
            lines.append(
                "Inputs that were missing: " + record.missingInputs.joined(separator: ", ") + "."
            )
        }
        return lines + sealing(event)
    }

    private static func fetch(_ record: AuditRecord) -> [String] {
        let result =
            record.outcome == .done
            ? "all of it came" : "some of it did not come\(reason(record))"
        return ["Data that the call did not bring was asked of the EHR's FHIR server: \(result)."]
    }

    private static func feedback(_ record: AuditRecord) -> [String] {
        let count = record.feedback.count
        guard count > 0 else { return ["\(caller(record)) sent feedback on cards."] }
        return record.feedback.map {
            sentence(
                of: StoredFeedback(
                    feedback: $0,
                    eventID: record.eventID,
                    receivedAt: record.startedAt
                ),
                titles: [:]
            )
        }
    }

    /// Who read the trail, how and why.
    private static func reading(_ record: AuditRecord) -> [String] {
        let details = record.details.flatMap { try? JSONDocument(parsing: $0) }?.root
        let question = details?["question"]?.stringValue ?? record.flags.first ?? "a question"
        let why =
            details?["reason"]?.stringValue.map { ", because: \"\($0)\"" } ?? ", without a reason"
        let rows = details?["rows"]?.integerValue.map { " (\($0) rows)" } ?? ""
        let what =
            switch record.kind {
            case .auditExport: "exported from the trail"
            case .auditReview: "worked on a review of the trail"
            case .auditRead, .decision, .feedback, .rejectedRequest, .authenticationFailure,
                .configurationChange, .start, .stop, .evaluation, .modelChange, .fetch, .erasure,
                .legalHold, .keyChange, .retention:
                "read the trail"
            }
        return ["\(caller(record)) \(what): \(question)\(rows)\(why)."]
    }

    // MARK: Parts of sentences

    private static func caller(_ record: AuditRecord) -> String {
        record.client ?? "a caller that was not known"
    }

    private static func patient(_ record: AuditRecord) -> String {
        if let reference = record.patientReference { return reference }
        guard let pseudonym = record.patientPseudonym else { return "no patient" }
        return "the patient \(hexadecimal(Array(pseudonym.prefix(6))))"
    }

    private static func user(_ record: AuditRecord) -> String {
        if let reference = record.userReference { return ", for the user \(reference)" }
        guard let pseudonym = record.userPseudonym else { return "" }
        return ", for the user \(hexadecimal(Array(pseudonym.prefix(6))))"
    }

    /// What computed, from the artifacts of the row.
    private static func model(_ record: AuditRecord) -> String {
        guard let bytes = record.artifacts, let document = try? JSONDocument(parsing: bytes) else {
            return "a model that the row does not name"
        }
        let root = document.root
        let name = root["profile"]?["name"] ?? root["interactions"]?["name"]
        let version = root["profile"]?["version"] ?? root["interactions"]?["version"]
        let digest = root["model"]?["sha256"] ?? root["interactions"]?["sha256"]
        var text = name?.stringValue ?? record.service ?? "a model"
        if let version = version?.stringValue { text += " " + version }
        if let digest = digest?.stringValue { text += " (model " + digest.prefix(12) + ")" }
        return text
    }

    private static func arm(_ record: AuditRecord) -> String {
        record.arm == .canary ? ", a version on trial" : ""
    }

    private static func outcome(_ record: AuditRecord) -> String {
        switch record.outcome {
        case .cards:
            record.cardIDs.count == 1 ? "one card" : "\(record.cardIDs.count) cards"
        case .noCards: "nothing to report, and no card"
        case .incomplete: "no result, because data was missing\(reason(record))"
        case .refused: "refused\(reason(record)); the model is not for this patient or this data"
        case .rejected: "rejected\(reason(record))"
        case .done: "done"
        case .failed: "failed\(reason(record)); nothing was shown"
        }
    }

    private static func reason(_ record: AuditRecord) -> String {
        record.reasonCode.map { " (\($0))" } ?? ""
    }

    private static func flags(_ record: AuditRecord) -> String {
        record.flags.isEmpty ? "" : " (" + record.flags.joined(separator: ", ") + ")"
    }

    private static func version(_ record: AuditRecord) -> String {
        (record.programVersion ?? record.reasonCode).map { ", version \($0)" } ?? ""
    }

    private static func sealing(_ event: StoredEvent) -> [String] {
        switch event.sealing {
        case .plain, .opened: []
        case .sealed: ["What speaks of the patient is sealed, and the key is not here."]
        case .erased:
            [
                "What spoke of the patient was erased"
                    + (event.erasure.map {
                        " by event \($0.eventID.text) on \($0.erasedAt.text)"
                    } ?? "") + ": its key was destroyed."
            ]
        case .keyMissing:
            ["What speaks of the patient is sealed, and its key has not reached the database."]
        case .unreadable:
            ["What speaks of the patient does not open with the key that the row names."]
        }
    }
}
