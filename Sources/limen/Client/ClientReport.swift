import Basics
import CDSHooks
import Gateway
import JOSE
import JSON

/// How a registered client is known, and what speaks against it though it can be loaded.
struct ClientReport {
    let client: Client
    /// One sentence each.
    let remarks: [String]

    init(_ client: Client, now: Instant) {
        self.client = client
        var remarks: [String] = []
        if !client.isActive { remarks.append("it is not active and cannot call") }
        if !client.dialect.isConfirmed {
            remarks.append("the dialect \(client.dialect.name) is not confirmed by the client")
        }
        for key in client.apiKeys {
            guard let until = key.until else { continue }
            remarks.append(
                now >= until
                    ? "an API key is over since \(until.text)"
                    : "an API key is valid until \(until.text)"
            )
        }
        if let token = client.token { remarks += Self.remarks(token) }
        if let certificate = client.certificate, certificate.fingerprint == nil {
            remarks.append("any certificate with this subject or name is taken for the client's")
        }
        self.remarks = remarks
    }

    /// What there is to say of the keys of a client.
    private static func remarks(_ token: TokenRegistration) -> [String] {
        switch token.keys {
        case .address(let address):
            return ["its keys come from \(address), which is not asked here"]
        case .set(let keys):
            var remarks = keys.refused.map { key in
                "key \(key.keyID ?? "at position \(key.position)") is not used: "
                    + key.reason.rawValue
            }
            for (name, key) in keys.keys.sorted(by: { $0.key < $1.key })
            where !token.algorithms.contains(where: key.mayVerify) {
                remarks.append("key \(name) fits none of the registered algorithms")
            }
            for algorithm in token.algorithms.sorted()
            where !keys.keys.values.contains(where: { $0.mayVerify(algorithm) }) {
                remarks.append("no key fits the registered algorithm \(algorithm.rawValue)")
            }
            return remarks
        }
    }

    /// The ways in which the client is known.
    var ways: [String] {
        var ways: [String] = []
        if !client.apiKeys.isEmpty { ways.append("API key") }
        if let token = client.token { ways.append("tokens of " + token.issuer) }
        if client.certificate != nil { ways.append("certificate") }
        return ways
    }

    /// The report for people.
    var text: String {
        let roles = client.roles.map(\.rawValue).joined(separator: ", ")
        var text =
            "\(client.id): tenant \(client.tenant), \(roles), known by "
            + ways.joined(separator: " and ") + ", dialect \(client.dialect.name)\n"
        for remark in remarks { text += "  \(remark)\n" }
        return text.split(separator: "\n").map { TextStyle.safe(String($0)) + "\n" }.joined()
    }

    /// The reports for programs.
    static func json(_ reports: [ClientReport]) -> String {
        var writer = JSONWriter()
        writer.beginArray()
        for report in reports {
            writer.beginObject()
            writer.member("id", report.client.id)
            writer.member("tenant", report.client.tenant)
            writer.member("active", report.client.isActive)
            writer.member("dialect", report.client.dialect.name)
            writer.name("ways")
            writer.beginArray()
            for way in report.ways { writer.value(way) }
            writer.endArray()
            writer.name("remarks")
            writer.beginArray()
            for remark in report.remarks { writer.value(remark) }
            writer.endArray()
            writer.endObject()
        }
        writer.endArray()
        return writer.text + "\n"
    }
}
