import Basics
import JSON

/// Says what an event means that changes what is kept: holds, erasures, policies, months, readers.
enum DeedTeller {
    /// An erasure.
    static func erasure(_ record: AuditRecord) -> String {
        let facts = Facts(record)
        let what =
            facts["review"] == nil
            ? "the keys of the patient's rows" : "the keys of the words of a review"
        switch DeedStage(record) {
        case .ordered: return "\(who(record)) ordered to destroy \(what)\(facts.reason); \(later)."
        case .done:
            let count = facts["destroyed"].map { " (\($0) keys)" } ?? ""
            return
                "By the order of \(who(record)), \(what) were destroyed\(count): what they spoke "
                + "of can no longer be read."
        case .refused:
            return
                "To destroy keys was refused\(facts.code(record)): no key was destroyed, and what "
                + "could be read can still be read."
        }
    }

    /// A legal hold.
    static func hold(_ record: AuditRecord) -> String {
        let facts = Facts(record)
        let hold = facts["hold"].map { "the legal hold \($0)" } ?? "a legal hold"
        guard record.flags.contains("lift") else {
            guard record.flags.contains("follow") else {
                let onAll = facts["onAll"] == "true" ? " on all patients" : " on a patient"
                return DeedStage(record) == .refused
                    ? "To set a legal hold was refused\(facts.code(record)); it does not stand."
                    : "\(who(record)) set \(hold)\(onAll)\(facts.reason)."
            }
            return
                "\(who(record)) put legal holds under the pseudonyms of every epoch\(facts.reason)."
        }
        switch DeedStage(record) {
        case .ordered: return "\(who(record)) ordered to lift \(hold)\(facts.reason); \(later)."
        case .done: return "By the order of \(who(record)), \(hold) was lifted\(facts.reason)."
        case .refused:
            return "To lift \(hold) was refused\(facts.code(record)): no hold was changed."
        }
    }

    /// A policy, or the end of a month.
    static func retention(_ record: AuditRecord) -> String {
        let facts = Facts(record)
        let months = facts["keepMonths"].map { " that keeps rows for \($0) months" } ?? ""
        let month = facts["month"].map { "the rows of \($0.prefix(7))" } ?? "the rows of a month"
        let isPolicy = record.flags.contains("policy")
        // What the database itself tells every tenant that had rows in the month.
        if record.flags == ["dropped"] {
            return "\(month.prefix(1).uppercased())\(month.dropFirst()), whose time was over, were "
                + "dropped\(facts.reason)."
        }
        guard isPolicy || record.flags.contains("drop") else {
            return DeedStage(record) == .refused
                ? "An order about what is kept was refused\(facts.code(record)): nothing was changed."
                : "\(who(record)) gave an order about what is kept\(facts.reason)."
        }
        switch DeedStage(record) {
        case .ordered:
            return isPolicy
                ? "\(who(record)) ordered a policy\(months)\(facts.reason); \(later)."
                : "\(who(record)) ordered to drop \(month), whose time was over\(facts.reason); "
                    + "\(later)."
        case .done:
            return isPolicy
                ? "By the order of \(who(record)), a policy\(months) is in force."
                : "By the order of \(who(record)), \(month), whose time was over, were dropped."
        case .refused:
            return isPolicy
                ? "A policy\(months) was refused\(facts.code(record)): the one before stays in force."
                : "To drop \(month) was refused\(facts.code(record)): no row was dropped."
        }
    }

    /// A key that was changed.
    static func key(_ record: AuditRecord) -> String {
        let facts = Facts(record)
        let key = facts["wrappingKey"].map { " " + $0 } ?? ""
        let epoch = facts["epoch"].map { " " + $0 } ?? ""
        let what =
            switch record.flags.first {
            case "rotate": "began a new wrapping key\(key)"
            case "rewrap": "wrapped the data keys anew under the wrapping key\(key)"
            case "remove": "ordered to remove the wrapping key\(key)"
            case "new-epoch": "began the epoch\(epoch) of pseudonyms"
            case "end-epoch": "ordered to end the epoch\(epoch) of pseudonyms"
            case "signer-begun": "began a signing key that no earlier one vouches for"
            case "signer-changed": "began a new signing key, for which the old one vouches"
            case let flag: "changed a key" + (flag.map { " (\($0))" } ?? "")
            }
        return "\(who(record)) \(what)\(facts.reason)."
    }

    /// A change of the configuration, or of who may read.
    static func configuration(_ record: AuditRecord) -> String {
        let facts = Facts(record)
        let login = facts["login"].map { "the login \($0)" } ?? "a login"
        let tenant = facts["tenant"].map { "the tenant \($0)" } ?? "a tenant"
        switch record.reasonCode {
        case "reader-added":
            return "\(who(record)) let \(login) read the trail of \(tenant) from now on."
        case "reader-removed":
            return "\(who(record)) took from \(login) the right to read the trail of \(tenant)."
        case SpoolLoss.lost:
            return
                "The gateway missed segments of its spool: rows that were acknowledged are lost."
        case SpoolLoss.found: return "Segments of the spool that were missed have come back."
        case .some, nil: break
        }
        if record.flags.contains("database-restored") {
            return
                "\(who(record)) put on record that a restored database is in force\(facts.reason)."
        }
        switch DeedStage(record) {
        case .refused:
            return
                "A change of the configuration was refused\(facts.code(record)); the old one stayed "
                + "in force."
        case .done, .ordered:
            let code = record.reasonCode.map { " (\($0))" }
            return code.map { "The configuration was changed\($0)." }
                ?? "The configuration was loaded anew."
        }
    }

    // MARK: Parts

    private static let later = "what came of it, a later event says"

    private static func who(_ record: AuditRecord) -> String {
        record.client ?? "somebody who is not named"
    }

    /// The details of an event by name, as text.
    private struct Facts {
        private var values: [String: String] = [:]

        init(_ record: AuditRecord) {
            guard let bytes = record.details, let root = try? JSONDocument(parsing: bytes).root
            else { return }
            for (name, value) in root.members {
                let text = value.stringValue ?? value.numberText
                values[name.stringValue ?? ""] = text ?? (value.boolValue == true ? "true" : nil)
            }
        }

        subscript(name: String) -> String? { values[name] }

        var reason: String { values["reason"].map { ", because: \"\($0)\"" } ?? "" }

        func code(_ record: AuditRecord) -> String {
            (values["code"] ?? record.reasonCode).map { " (\($0))" } ?? ""
        }
    }
}
