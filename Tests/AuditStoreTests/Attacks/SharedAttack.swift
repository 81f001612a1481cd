import Foundation
import Support

/// One case of the shared list of attacks on row security, and how it is put to our schema.
///
/// The list is written for a small reference schema. Names are translated word by word; what our
/// schema answers differently, on purpose, stands in `reasons` with the reason.
struct SharedAttack: Sendable {
    /// What must come of a case.
    enum Expectation: Sendable, Equatable {
        case rows([[String]])
        case text(String)
        case refused([String])
        case allowed
        case anyOf([String])
        case turnedAway
    }

    let id: String
    let role: String
    let statements: [String]
    let expectation: Expectation

    /// The cases of the file, in its order.
    static let all: [SharedAttack] = {
        guard let text = try? Shared.text("conformance/rls-attacks/attacks.jsonl") else {
            return []
        }
        return text.split(separator: "\n").compactMap { line in
            let value = try? JSONSerialization.jsonObject(with: Data(line.utf8))
            return (value as? [String: Any]).flatMap(SharedAttack.init)
        }
    }()

    private init?(_ value: [String: Any]) {
        guard let id = value["id"] as? String, let role = value["role"] as? String,
            let statements = value["sql"] as? [String],
            let expect = value["expect"] as? [String: Any],
            let expectation = Self.expectation(expect)
        else { return nil }
        self.id = id
        self.role = role
        self.statements = statements
        self.expectation = expectation
    }

    private static func expectation(_ value: [String: Any]) -> Expectation? {
        if let rows = value["rows"] as? [[String]] { return .rows(rows) }
        if let text = value["text"] as? String { return .text(text) }
        if let state = value["sqlstate"] as? String { return .refused([state]) }
        if let states = value["sqlstate"] as? [String] { return .refused(states) }
        if value["ok"] as? Bool == true { return .allowed }
        if let any = value["any_of"] as? [String] { return .anyOf(any) }
        if value["connect_error"] as? Bool == true { return .turnedAway }
        return nil
    }

    // MARK: Our schema

    /// What cannot be carried over word by word, and why.
    static let reasons: [String: String] = [
        "aud-agg": "the reference numbers its rows; here the number of an event is its status",
        "aud-c-kill": "asks for the session of the gateway's writer",
        "cat-bypass":
            "roles of this house are named limen_ and auditor_; limen_backup copies files",
        "cat-secdef":
            "a few functions run as the owner on purpose: the owner never logs in, is under "
            + "forced row security itself, and `limen doctor` holds the list; asked is that no "
            + "other owner has one, and that each pins its path",
        "cat-trigger": "triggers of this house are named refuse_",
        "cat-version": "about the server and not about the schema: the answer must be that of "
            + "`limen doctor`, which names an outdated server",
        "w-copy": "the right of the writer is given column by column, so a column is named",
        "w-oracle-dup": "the key of another tenant's row, taken from the trail",
        "w-conflict-nothing": "the key of a row that is there, taken from the trail",
    ]

    /// The login of our schema for a role of the reference.
    func login(stranger: String) -> String {
        switch role {
        case "SU": "postgres"
        case "stranger": stranger
        default: Self.translatedNames(role)
        }
    }

    /// The statements for our schema.
    ///
    /// - Parameters:
    ///   - month: The month of the partition that holds the rows.
    ///   - moments: When the event of each tenant was, as the database writes it.
    /// - Returns: The statements of one session.
    func statements(month: String, moments: [String: String]) -> [String] {
        switch id {
        case "cat-secdef":
            return [
                "SELECT count(*) FROM pg_proc WHERE pronamespace='audit'::regnamespace AND "
                    + "(prosecdef AND proowner <> 'limen_owner'::regrole OR proconfig IS NULL)"
            ]
        case "cat-bypass":
            return [
                "SELECT count(*) FROM pg_roles WHERE (rolbypassrls OR rolsuper) AND "
                    + "(rolname LIKE 'limen\\_%' OR rolname LIKE 'auditor\\_%')"
            ]
        case "cat-force":
            return [
                "SELECT count(*) FROM pg_class WHERE relnamespace='audit'::regnamespace AND "
                    + "relkind IN ('r','p') AND NOT relforcerowsecurity"
            ]
        case "cat-version": return statements
        default:
            return statements.map {
                Self.translatedInsert(
                    Self.translatedNames($0).replacing("202611", with: month),
                    moments
                )
            }
        }
    }

    /// Words of the reference schema, in the order in which they are replaced.
    private static let words: [(String, String)] = [
        ("audit.v_event", "audit.decision"), ("audit.tenant_grant", "audit.auditor_tenant"),
        ("role_name", "login"), ("audit.no_change", "audit.refuse_change"),
        ("app.tenant", "limen.tenant"), ("aud_t1", "auditor_anna"), ("aud_t2", "auditor_berta"),
        ("g_writer", "limen_writer"), ("g_owner", "limen_owner"),
        ("g_migrator", "limen_migrator"), ("g_retention", "limen_retention"),
        ("22222222-2222-2222-2222-222222222222", "berta"),
        ("11111111-1111-1111-1111-111111111111", "anna"), ("payload", "service"),
        ("max(seq)", "min(status) / 200"), ("(tenant,at,event_id)", "(tenant,started_at,event_id)"),
        ("ao\\_", "refuse\\_"), ("COPY audit.event FROM", "COPY audit.event (tenant) FROM"),
    ]

    private static func translatedNames(_ text: String) -> String {
        words.reduce(text) { $0.replacing($1.0, with: $1.1) }
    }

    /// `VALUES (tenant, day, id, number, text)` as a row of our trail.
    private static func translatedInsert(_ text: String, _ moments: [String: String]) -> String {
        let head = "INSERT INTO audit.event VALUES ("
        guard text.hasPrefix(head), let end = text.firstIndex(of: ")") else { return text }
        // gen_random_uuid() holds the first closing bracket when the key is a new one.
        let isNew = text.contains("gen_random_uuid()")
        let close =
            isNew ? text[text.index(after: end)...].firstIndex(of: ")") ?? end : end
        let fields = text[text.index(text.startIndex, offsetBy: head.count)..<close]
            .split(separator: ",")
        guard fields.count == 5 else { return text }
        let isBertas = fields[2].contains("000000000002")
        let id =
            isNew
            ? "gen_random_uuid()"
            : "'00000000-0000-\(isBertas ? 7001 : 7000)-8000-000000000000'"
        let moment = isNew ? "now()" : "'\(moments[isBertas ? "berta" : "anna"] ?? "now")'"
        let rest = text[text.index(after: close)...]
        return "INSERT INTO audit.event (tenant, started_at, event_id, kind, outcome, status, "
            + "service, card_ids, missing_inputs, flags, log_id, seq, leaf_hash) VALUES ("
            + "\(fields[0]), \(moment), \(id), 'start', 'done', 200, 'x', '{}', '{}', '{}', "
            + "gen_random_uuid(), 0, sha256(''))\(rest)"
    }
}
