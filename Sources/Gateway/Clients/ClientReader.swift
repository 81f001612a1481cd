import Basics
import CDSHooks
import Crypto
import JSON

/// Reads a client document and notes everything that is wrong with it.
struct ClientReader {
    /// The file of the document, such as `Hooks/clients/ward-ehr.json`.
    let file: String
    /// The files of the configuration, for key sets and certificates beside the document.
    let files: [String: [UInt8]]
    /// The dialects that a document may name.
    let dialects: [String: ResponseDialect]
    let faults: ClientFaults

    static let members = [
        "format", "id", "tenant", "active", "roles", "scopes", "apiKey", "apiKeys", "jwt",
        "certificate", "services", "hooks", "mayReplay", "corsOrigins", "fhirServers", "dialect",
        "deadline", "rate", "feedbackWithin",
    ]
    static let identifierForm = "letters, digits and hyphens, at most 64"

    init(file: String, files: [String: [UInt8]], dialects: [String: ResponseDialect]) {
        self.file = file
        self.files = files
        self.dialects = dialects
        faults = ClientFaults(file: file, code: .client)
    }

    /// The client of a document; `nil` when anything is wrong with it.
    func client(_ document: JSONDocument) -> Client? {
        let root = ClientNode(json: document.root, path: "", faults: faults)
        guard root.isObject(of: Self.members) else { return nil }
        _ = root.requiredText("format", accepted: "\"\(Client.format)\"") { $0 == Client.format }
        let id = root.requiredText("id", accepted: Self.identifierForm, where: Self.isIdentifier)
        // The row of a caller that is not known belongs to the system, and to no client.
        let tenant = root.requiredText(
            "tenant",
            accepted: Self.identifierForm + ", and not the reserved \(HookGateway.systemTenant)"
        ) { Self.isIdentifier($0) && $0 != HookGateway.systemTenant }
        let roles = root.choices("roles", ClientRole.self) ?? [.clinicianSystem]
        let apiKeys = apiKeys(root)
        let token = token(root)
        let certificate = certificate(root)
        if ["apiKey", "apiKeys", "jwt", "certificate"].allSatisfy({ root.json[$0] == nil }) {
            root.fault(
                "nothing says how the client is known",
                accepted: "apiKey, apiKeys, jwt or certificate"
            )
        }
        let rates = rates(root)
        let client = Client(
            id: id ?? "",
            tenant: tenant ?? "",
            isActive: root.flag("active") ?? true,
            roles: roles,
            scopes: scopes(root, roles),
            apiKeys: apiKeys,
            token: token,
            certificate: certificate,
            services: root.texts("services", accepted: "ids of services", isEmptyAllowed: true),
            hooks: root.texts("hooks", accepted: "names of hooks", isEmptyAllowed: true),
            mayReplay: root.flag("mayReplay") ?? false,
            corsOrigins: root.texts(
                "corsOrigins",
                accepted: "origins as browsers send them, in lower case, without a path and the "
                    + "port of the scheme: https://ehr.example",
                isEmptyAllowed: true,
                where: Self.isOrigin
            ) ?? [],
            fhirServers: fhirServers(root),
            dialect: DialectReader(dialects: dialects, faults: faults).dialect(of: root),
            deadlineMicroseconds: deadline(root),
            rate: rates.client,
            addressRate: rates.address,
            feedbackSeconds: root.seconds("feedbackWithin", in: 60...315_360_000),
            file: file,
            digest: Hexadecimal.text(Digest.sha256(document.bytes))
        )
        return faults.findings.isEmpty ? client : nil
    }

    // MARK: What it may do

    private func scopes(_ root: ClientNode, _ roles: [ClientRole]) -> Set<ClientScope> {
        let allowed = roles.reduce(into: Set<ClientScope>()) { $0.formUnion($1.scopes) }
        guard let named = root.choices("scopes", ClientScope.self) else { return allowed }
        let beyond = named.filter { !allowed.contains($0) }
        if !beyond.isEmpty {
            root.fault(
                at: "scopes",
                "a scope is named that no role of the client has",
                accepted: allowed.map(\.rawValue).sorted().joined(separator: ", ")
            )
        }
        return allowed.intersection(named)
    }

    private func rates(
        _ root: ClientNode
    ) -> (client: RateAllowance?, address: RateAllowance?) {
        guard let rate = root.child("rate"), rate.isObject(of: ["client", "address"]) else {
            return (nil, nil)
        }
        return (allowance(rate, "client"), allowance(rate, "address"))
    }

    private func allowance(_ rate: ClientNode, _ name: String) -> RateAllowance? {
        guard let node = rate.child(name), node.isObject(of: ["perSecond", "burst"]) else {
            return nil
        }
        let range = 1...Limits.ratePerSecondMax
        guard node.json["perSecond"] != nil else {
            node.fault(
                at: "perSecond",
                "the member is missing",
                accepted: "requests a second, a whole number from 1"
            )
            return nil
        }
        guard let perSecond = node.integer("perSecond", in: range) else { return nil }
        let burst = node.integer("burst", in: range) ?? perSecond
        return RateAllowance(perSecond: perSecond, burst: burst)
    }

    /// Reads an ISO 8601 duration of seconds with a fraction, such as `PT0.4S`.
    private func deadline(_ root: ClientNode) -> Int? {
        let accepted = "0.001 to 60 seconds, such as PT0.4S"
        var microseconds: Int?
        _ = root.text("deadline", accepted: accepted) { text in
            guard text.hasPrefix("PT"), text.hasSuffix("S"),
                let seconds = DecimalNumber(text: String(text.dropFirst(2).dropLast()))
            else { return false }
            microseconds = seconds.multiplied(by: DecimalNumber(1_000_000))?.integerValue
            return microseconds.map { (1_000...60_000_000).contains($0) } ?? false
        }
        return microseconds
    }

    /// The path of a file beside the document.
    func beside(_ name: String) -> String {
        let folder = file.lastIndex(of: "/").map { file[...$0] } ?? ""
        return folder + name
    }
}
