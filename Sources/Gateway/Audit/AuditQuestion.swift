import Audit
import Basics
import CDSHooks
import Crypto
import JSON

/// A question to the audit trail, as a body or a query string asks it.
///
///     {"patient":"123","kind":"decision","from":"2026-05-04T00:00:00+02:00","limit":100,
///      "reason":"complaint 2026-17"}
///
/// A member that is not known, is given twice or has a value of another form is refused: what was
/// meant and not understood would give an answer to another question.
struct AuditQuestion {
    /// Which events.
    private(set) var filter = AuditFilter()
    /// Who the patient is who was named.
    private var patient: PatientName?
    /// Where the page before ended, as it was given out.
    private(set) var cursor: String?
    /// Why it is asked.
    private(set) var reason: String?
    /// Further members, of those that the route takes.
    private(set) var more: [String: String] = [:]
    /// Whether people come as references, where they can be opened.
    private(set) var isIdentified = false
    /// The times as they were written; the zone may stand behind them.
    private var times: [String: String] = [:]

    /// What a query string may hold: nothing that names a patient, a user or a call.
    static let inURL: Set<String> = [
        "client", "service", "model", "outcome", "kind", "code", "arm", "from", "to", "zone",
        "limit", "cursor",
    ]
    /// What a body may hold.
    static let inBody: Set<String> = inURL.union([
        "patient", "user", "card", "event", "causedBy", "hookInstance", "traceId", "reason",
    ])

    /// Reads a query string (WHATWG URL, application/x-www-form-urlencoded).
    init(query: String?, keys: [AuthenticationKey]) throws(GatewayError) {
        var seen: Set<String> = []
        let pairs = query.map { $0.split(separator: "&", omittingEmptySubsequences: true) } ?? []
        for pair in pairs {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decoded(parts[0]), Self.inURL.contains(name) else {
                throw Self.fault(
                    "",
                    "A parameter is not known here; what names a person or a call "
                        + "goes into the body of POST /audit/events/search."
                )
            }
            guard seen.insert(name).inserted else {
                throw Self.fault("/" + name, "The parameter is given twice.")
            }
            guard parts.count == 2, let value = Self.decoded(parts[1]) else {
                throw Self.fault("/" + name, "The value cannot be read.")
            }
            try take(name, value, keys)
        }
        try readTimes()
    }

    /// Reads a body.
    ///
    /// - Parameters:
    ///   - bytes: The body.
    ///   - known: The members that may stand there.
    ///   - client: Who calls; a body that names another tenant is refused.
    ///   - keys: The tenant's keys for pseudonyms, one for each epoch.
    /// - Throws: `GatewayError` that names the member and what is accepted.
    init(
        body bytes: [UInt8],
        known: Set<String>,
        client: Client,
        keys: [AuthenticationKey]
    ) throws(GatewayError) {
        guard bytes.count <= Limits.auditQuestionBytesMax else { throw GatewayError(.tooLarge) }
        let document: JSONDocument
        do throws(JSONError) {
            document = try JSONDocument(parsing: bytes)
        } catch {
            throw GatewayError(
                .malformedBody,
                issues: [.init(offset: error.offset, sentence: error.sentence)]
            )
        }
        guard document.root.kind == .object else {
            throw Self.fault("", "The body is one JSON object.")
        }
        try TenantClaim.check(document.root, for: client)
        for (name, value) in document.root.members {
            let name = name.stringValue ?? ""
            // A claim that passed is the caller's own tenant, and says nothing new.
            if ["tenant", "tenantId", "tenant_id"].contains(name) { continue }
            guard known.contains(name) else {
                // A member that is known elsewhere says nothing of anybody.
                let pointer = Self.inBody.contains(name) ? "/" + name : ""
                throw Self.fault(pointer, "A member of the body is not known here.")
            }
            try take(name, value, keys)
        }
        try readTimes()
        // The reason is kept as it stands, and is not erased with the patient.
        guard let patient, let reason, patient.isNamed(in: reason) else { return }
        throw Self.fault("/reason", "It names the patient; it is kept, so leave that out.")
    }

    // MARK: Members

    private mutating func take(
        _ name: String,
        _ value: JSONValue,
        _ keys: [AuthenticationKey]
    ) throws(GatewayError) {
        switch value.kind {
        case .string:
            try take(name, value.stringValue ?? "", keys)
        case .number where name == "limit":
            try take(name, value.numberText ?? "", keys)
        case .true where name == "identified" || name == "weekend":
            if name == "identified" { isIdentified = true } else { more[name] = "true" }
        case .false where name == "identified" || name == "weekend":
            return
        case .object, .array, .number, .true, .false, .null:
            throw Self.fault("/" + name, "The value has not the form that is accepted.")
        }
    }

    private mutating func take(
        _ name: String,
        _ text: String,
        _ keys: [AuthenticationKey]
    ) throws(GatewayError) {
        if name == "cursor" {
            cursor = text
            return
        }
        if name == "reason" {
            guard ReadNote.isReason(text) else {
                throw Self.fault(
                    "/reason",
                    "A reason is one line with a letter in it, 3 characters or more and at most "
                        + "\(Limits.auditReasonBytesMax) bytes."
                )
            }
            reason = text
            return
        }
        if name == "found" || name == "title" {
            more[name] = text
            return
        }
        guard !text.isEmpty, text.utf8.count <= Limits.auditFilterBytesMax,
            text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
        else {
            throw Self.fault(
                "/" + name,
                "The value is empty, too long or holds control characters."
            )
        }
        switch name {
        case "client": filter.client = text
        case "service": filter.service = text
        case "code": filter.reasonCode = text
        case "model":
            let isDigest = Hexadecimal.bytes(text)?.count == 32
            filter.model = isDigest ? .digest(text.lowercased()) : .profile(text)
        case "kind": filter.kind = try Self.choice(name, text)
        case "outcome": filter.outcome = try Self.choice(name, text)
        case "arm": filter.arm = try Self.choice(name, text)
        case "from", "to": times[name] = text
        case "limit": filter.limit = try Self.limit(text)
        case "card": filter.cardID = try Self.identifier(name, text)
        case "event": filter.eventID = try Self.identifier(name, text)
        case "causedBy": filter.causedBy = try Self.identifier(name, text)
        case "hookInstance": filter.hookInstance = try Self.identifier(name, text)
        case "traceId":
            guard let bytes = Hexadecimal.bytes(text), bytes.count == 16 else {
                throw Self.fault("/traceId", "Accepted: 32 hexadecimal digits.")
            }
            filter.traceID = bytes
        case "patient":
            // A text that names nobody would be a question about nobody, with a true-looking answer.
            guard let patient = PatientName(text) else {
                throw Self.fault("/patient", "Accepted: " + PatientName.accepted + ".")
            }
            self.patient = patient
            patient.ask(&filter, epoch: nil) { reference in
                keys.map { $0.authenticate(reference) }
            }
        case "user":
            // As with a patient: who names nobody is told so.
            guard let candidates = UserReference.candidates(text) else {
                throw Self.fault("/user", "Accepted: " + UserReference.accepted + ".")
            }
            filter.userPseudonyms = Self.pseudonyms(text, candidates, keys)
        default: more[name] = text
        }
    }

    /// The keyed pseudonyms of references; before them the text itself where it looks like one, which
    /// an id may as well.
    private static func pseudonyms(
        _ text: String,
        _ references: [String],
        _ keys: [AuthenticationKey]
    ) -> [[UInt8]] {
        let given = Hexadecimal.bytes(text).flatMap { $0.count == 32 ? $0 : nil }
        return (given.map { [$0] } ?? [])
            + references.flatMap { reference in keys.map { $0.authenticate(reference) } }
    }

    /// Reads the times once everything is there; of a date the whole day is meant.
    private mutating func readTimes() throws(GatewayError) {
        let zone = more["zone"]
        if let zone, Instant(rfc3339: "2000-01-02T00:00:00" + zone) == nil {
            throw Self.fault("/zone", "Accepted: Z or an offset such as +02:00.")
        }
        filter.from = try moment("from", zone)
        filter.to = try moment("to", zone)
        guard let from = filter.from, let end = filter.to, from >= end else { return }
        throw Self.fault("/to", "It lies before the beginning, so nothing can be between.")
    }

    /// The patient whom what is kept is about, under the pseudonym that may be written down; `nil`
    /// when none was named.
    ///
    /// Whoever changes something says which patient is meant, and one whom nobody knows is none.
    func patientOfWords() throws(GatewayError) -> [UInt8]? {
        guard let patient else { return nil }
        guard !patient.isAmbiguous else {
            throw Self.fault(
                "/patient",
                "64 hexadecimal digits may be an id or a pseudonym: say Patient/ID or "
                    + "pseudonym:DIGITS."
            )
        }
        guard let named = filter.named else {
            throw Self.fault(
                "/patient",
                "It is no pseudonym of the trail; accepted: one that is, or Patient/ID."
            )
        }
        return named.pseudonym
    }

    private static func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String,
        _ text: String
    ) throws(GatewayError) -> Choice where Choice.RawValue == String {
        guard let choice = Choice(rawValue: text) else {
            let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw fault("/" + name, "Accepted: \(known).")
        }
        return choice
    }

    private func moment(
        _ name: String,
        _ zone: String?
    ) throws(GatewayError) -> Instant? {
        guard let text = times[name] else { return nil }
        do throws(AskedMoment.Fault) {
            return try AskedMoment.read(text, zone: zone, isEnd: name == "to")
        } catch {
            switch error {
            case .zoneMissing:
                throw Self.fault(
                    "/" + name,
                    "A date is a day somewhere: give the zone too, such as +02:00, or a time."
                )
            case .malformed:
                throw Self.fault(
                    "/" + name,
                    "Accepted: a time with its offset, as RFC 3339 has it, or a date with zone."
                )
            }
        }
    }

    private static func limit(_ text: String) throws(GatewayError) -> Int {
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let limit = Int(text),
            (1...Limits.auditListRowsMax).contains(limit)
        else {
            throw fault("/limit", "Accepted: a whole number from 1 to \(Limits.auditListRowsMax).")
        }
        return limit
    }

    static func identifier(_ name: String, _ text: String) throws(GatewayError) -> UUIDBytes {
        guard let id = UUIDBytes(text: text) else {
            throw fault("/" + name, "Accepted: a UUID.")
        }
        return id
    }

    static func fault(_ pointer: String, _ sentence: String) -> GatewayError {
        GatewayError(.auditQuestion, issues: [.init(pointer: pointer, sentence: sentence)])
    }

    /// Notes the epoch of the newest key, under which the row of the read names the patient, and
    /// whether the trail has as a pseudonym what was given as one.
    mutating func note(epoch: Int?, isGivenKnown: Bool) {
        guard !filter.patientPseudonyms.isEmpty else { return }
        filter.patientEpoch = epoch
        filter.isGivenKnown = isGivenKnown
    }

    /// Percent-decoded text; `nil` when it is not well-formed.
    ///
    /// A `+` is a blank in a form alone (WHATWG URL, application/x-www-form-urlencoded).
    static func decoded(_ text: Substring, isForm: Bool = true) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+") where isForm: bytes.append(0x20)
            case UInt8(ascii: "%"):
                let digits = String(decoding: rest.prefix(2), as: UTF8.self)
                guard let value = Hexadecimal.bytes(digits), value.count == 1 else { return nil }
                bytes += value
                rest = rest.dropFirst(2)
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
