import CDSHooks
import JSON

/// Holds a discovery document against the requirements about it.
struct ConformDiscovery {
    /// One service on offer.
    struct Service: Sendable {
        let id: String
        let hook: String
        let templates: [(key: String, text: String)]
    }

    var ledger: ConformLedger
    private(set) var services: [Service] = []

    private static let place = "GET /cds-services"

    init(ledger: ConformLedger) { self.ledger = ledger }

    mutating func check(_ root: JSONValue) {
        guard root.kind == .object, let list = root["services"], list.kind == .array else {
            return ledger.fault([6], at: Self.place, "there is no array of services")
        }
        ledger.see([3, 6])
        ledger = ConformEmptiness.check(root, ledger, Self.place)
        for (position, service) in list.elements.enumerated() {
            checkService(service, "/services/\(position)")
        }
        for id in Set(services.map(\.id)) {
            let hooks = services.filter { $0.id == id }.map(\.hook)
            guard hooks.count > 1 else { continue }
            ledger.check(
                Set(hooks).count == hooks.count,
                [210, 211],
                at: Self.place,
                "one id stands twice for one hook"
            )
        }
    }

    private mutating func checkService(_ service: JSONValue, _ place: String) {
        guard service.kind == .object else {
            return ledger.fault([6], at: Self.place + " " + place, "a service is no object")
        }
        let hook = text(service, "hook", place, [7])
        text(service, "title", place, [8])
        text(service, "description", place, [9])
        let id = text(service, "id", place, [10])
        if let id, id.contains(where: { "/?# ".contains($0) }) {
            ledger.fault([10], at: Self.place + " " + place + "/id", "it is no path segment")
        }
        if service["usageRequirements"] != nil { text(service, "usageRequirements", place, [12]) }
        if let value = service["extension"] {
            let isObject = value.kind == .object
            check(isObject, [214], place + "/extension", "the value is no object")
            for (name, _) in value.members {
                let isOwn = name.stringValue?.contains(".") ?? false
                check(isOwn, [215], place + "/extension", "a name is not of a domain")
            }
        }
        let templates = templates(service["prefetch"], hook ?? "", place + "/prefetch")
        guard let id, let hook else { return }
        services.append(Service(id: id, hook: hook, templates: templates))
    }

    private mutating func templates(
        _ prefetch: JSONValue?,
        _ hook: String,
        _ place: String
    ) -> [(key: String, text: String)] {
        guard let prefetch else { return [] }
        check(prefetch.kind == .object, [11, 29, 36], place, "the value is no object")
        var templates: [(key: String, text: String)] = []
        for (name, value) in prefetch.members {
            let key = name.stringValue ?? ""
            let here = place + "/" + (FHIRIdentifier.isID(key) ? key : "?")
            check(!key.isEmpty, [36], here, "a template has no key")
            guard let text = value.stringValue else {
                ledger.fault([29], at: Self.place + " " + here, "a template is no text")
                continue
            }
            templates.append((key, text))
            checkTokens(text, hook, here)
            checkQuery(text, here)
        }
        return templates
    }

    // MARK: Templates

    private static let userTokens = [
        "userPractitionerId", "userPractitionerRoleId", "userPatientId", "userRelatedPersonId",
    ]

    private mutating func checkTokens(_ template: String, _ hook: String, _ place: String) {
        var rest = template[...]
        var outside = ""
        while let open = rest.firstRange(of: "{{") {
            outside += rest[..<open.lowerBound]
            guard let close = rest[open.upperBound...].firstRange(of: "}}") else {
                ledger.fault([55], at: Self.place + " " + place, "a token is not closed")
                return
            }
            let token = rest[open.upperBound..<close.lowerBound].filter { $0 != " " }
            ledger.see([35, 55])
            checkToken(String(token), hook, place)
            rest = rest[close.upperBound...]
        }
        outside += rest
        let isStray = outside.contains { "{}".contains($0) }
        if isStray {
            ledger.fault([55], at: Self.place + " " + place, "braces stand outside of a token")
        }
    }

    private mutating func checkToken(_ token: String, _ hook: String, _ place: String) {
        if Self.userTokens.contains(token) { return ledger.see([56]) }
        let isContext = token.hasPrefix("context.")
        check(isContext, [56, 59], place, "a token is neither of the context nor a user id")
        guard isContext else { return }
        let name = String(token.dropFirst("context.".count))
        let isRoot = !name.isEmpty && !name.contains { ".[]()%|".contains($0) }
        let definition = HookDefinition.named(hook)
        let isKnown =
            !HookDefinition.isWellKnown(hook) || definition.tokenNames.contains(name)
        check(isRoot && isKnown, [57], place, "a token is no root-level field with one value")
    }

    private mutating func checkQuery(_ template: String, _ place: String) {
        let type = template.prefix { $0 != "/" && $0 != "?" }
        var fault: String?
        if !FHIRIdentifier.isTypeName(type), !template.hasPrefix("{{") {
            fault = "it begins with no resource type"
        }
        if template.contains("$") { fault = "it calls an operation" }
        if let query = template.firstIndex(of: "?") {
            for pair in template[template.index(after: query)...].split(separator: "&") {
                let name = pair.prefix { $0 != "=" }
                if name.hasPrefix("_revinclude") || name.hasPrefix("_has") {
                    fault = "it uses _revinclude or _has"
                } else if name == "_include" {
                    ledger.remark([58], "_include is used, which not every client can do")
                } else if name.contains(".") {
                    fault = "it uses a chained parameter"
                } else if name.contains(":"), !name.hasSuffix(":in") {
                    fault = "it uses a modifier other than :in"
                }
            }
        }
        check(fault == nil, [58], place, fault ?? "")
    }

    // MARK: Values

    private mutating func check(
        _ holds: Bool,
        _ ids: [Int],
        _ place: String,
        _ sentence: String
    ) {
        ledger.check(holds, ids, at: Self.place + " " + place, sentence)
    }

    @discardableResult
    private mutating func text(
        _ object: JSONValue,
        _ name: String,
        _ place: String,
        _ ids: [Int]
    ) -> String? {
        let text = object[name]?.stringValue
        let isThere = text?.utf8.contains { $0 > 0x20 } ?? false
        check(isThere, ids, place + "/" + name, "there is no text")
        return isThere ? text : nil
    }
}
