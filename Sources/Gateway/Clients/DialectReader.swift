import CDSHooks
import JSON

/// Reads a dialect: a name, or a document that starts from one and states where it differs.
///
///     { "base": "standard-2.0", "selectionBehavior": [ "any" ], "actionsMax": 1,
///       "topic": "alphanumeric" }
struct DialectReader {
    /// The dialects that may be named.
    let dialects: [String: ResponseDialect]
    let faults: ClientFaults

    /// The format of a document of `Hooks/dialects/`.
    static let format = "limen-dialect/1"

    static let members = [
        "base", "uuid", "indicators", "summaryMax", "detail", "detailMax", "cardsMax",
        "suggestions", "selectionBehavior", "isRecommended", "actionsMax", "actions",
        "resourceId", "actionSelectionBehavior", "links", "linkPrefixes", "autolaunchable",
        "overrideReasons", "topic", "systemActions", "prefetchFHIRPath", "prefetchInclude",
    ]

    /// The three versions of the specification, which every configuration knows.
    static var standards: [String: ResponseDialect] {
        var dialects: [String: ResponseDialect] = [:]
        for version in ResponseDialect.Version.allCases {
            let dialect = ResponseDialect(standard: version)
            dialects[dialect.name] = dialect
        }
        return dialects
    }

    /// The dialect of a client document.
    func dialect(of client: ClientNode) -> ResponseDialect {
        guard let node = client.child("dialect") else { return .standard }
        if node.json.kind == .string { return named(node) ?? .standard }
        guard node.isObject(of: Self.members) else { return .standard }
        return changed(node)
    }

    /// The dialect of a document of `Hooks/dialects/`.
    func dialect(_ document: JSONDocument) -> ResponseDialect? {
        let root = ClientNode(json: document.root, path: "", faults: faults)
        guard
            root.isObject(
                of: ["format", "name", "confirmed", "development", "sources"] + Self.members
            )
        else { return nil }
        _ = root.requiredText("format", accepted: "\"\(Self.format)\"") { $0 == Self.format }
        let name = root.requiredText("name", accepted: "letters, digits, hyphens and dots") {
            FHIRIdentifier.isID($0) && dialects[$0] == nil
        }
        let sources = root.texts("sources", accepted: "where the restrictions are written")
        if sources == nil, root.json["sources"] == nil {
            root.fault(
                at: "sources",
                "the member is missing",
                accepted: "where the restrictions are written"
            )
        }
        var dialect = changed(root)
        dialect.name = name ?? ""
        dialect.isConfirmed = root.flag("confirmed") ?? false
        dialect.isDevelopmentOnly = root.flag("development") ?? false
        return faults.findings.isEmpty ? dialect : nil
    }

    private var names: String { dialects.keys.sorted().joined(separator: ", ") }

    private func named(_ node: ClientNode) -> ResponseDialect? {
        node.text(accepted: names) { dialects[$0] != nil }.flatMap { dialects[$0] }
    }

    private func changed(_ node: ClientNode) -> ResponseDialect {
        guard let base = node.child("base") else {
            node.fault(at: "base", "the member is missing", accepted: names)
            return .standard
        }
        guard var dialect = named(base) else { return .standard }
        let least = dialect
        dialect.showsIDs = node.flag("uuid") ?? least.showsIDs
        dialect.indicators = node.choices("indicators", Card.Indicator.self) ?? least.indicators
        dialect.summaryUnitsMax =
            node.integer("summaryMax", in: 40...ResponseDialect.specifiedSummaryUnitsMax)
            ?? least.summaryUnitsMax
        dialect.detail =
            node.choice("detail", ResponseDialect.DetailStyle.self) ?? least.detail
        dialect.detailUnitsMax =
            node.integer("detailMax", in: 200...1_000_000) ?? least.detailUnitsMax
        dialect.cardsMax = node.integer("cardsMax", in: 1...100) ?? least.cardsMax
        readSuggestions(node, &dialect)
        readLinks(node, &dialect)
        dialect.showsOverrideReasons =
            node.flag("overrideReasons") ?? least.showsOverrideReasons
        dialect.topic = node.choice("topic", ResponseDialect.TopicStyle.self) ?? least.topic
        dialect.allowsSystemActions = node.flag("systemActions") ?? least.allowsSystemActions
        dialect.hasPrefetchFHIRPath = node.flag("prefetchFHIRPath") ?? least.hasPrefetchFHIRPath
        dialect.hasPrefetchInclude = node.flag("prefetchInclude") ?? least.hasPrefetchInclude
        checkVersion(node, dialect)
        return dialect
    }

    /// A client of 1.0 cannot have agreed to what came later.
    private func checkVersion(_ node: ClientNode, _ dialect: ResponseDialect) {
        guard dialect.version == .first else { return }
        let later = [
            ("systemActions", dialect.allowsSystemActions),
            ("actionSelectionBehavior", dialect.hasActionSelection),
            ("autolaunchable", dialect.hasAutolaunch),
            ("prefetchFHIRPath", dialect.hasPrefetchFHIRPath),
        ]
        for (name, isOn) in later where isOn {
            node.fault(
                at: name,
                "CDS Hooks 1.0 has no such thing",
                accepted: "false, or the base standard-2.0 or standard-3.0-ballot"
            )
        }
    }

    private func readSuggestions(_ node: ClientNode, _ dialect: inout ResponseDialect) {
        dialect.showsSuggestions = node.flag("suggestions") ?? dialect.showsSuggestions
        dialect.selectionBehaviors =
            node.choices("selectionBehavior", ResponseDialect.SelectionBehavior.self)
            ?? dialect.selectionBehaviors
        dialect.showsRecommendations = node.flag("isRecommended") ?? dialect.showsRecommendations
        dialect.actionsMax = node.integer("actionsMax", in: 1...100) ?? dialect.actionsMax
        dialect.actions =
            node.choices("actions", ResponseDialect.ActionType.self, isEmptyAllowed: true)
            ?? dialect.actions
        dialect.hasResourceID = node.flag("resourceId") ?? dialect.hasResourceID
        dialect.hasActionSelection =
            node.flag("actionSelectionBehavior") ?? dialect.hasActionSelection
    }

    private func readLinks(_ node: ClientNode, _ dialect: inout ResponseDialect) {
        dialect.links =
            node.choices("links", ResponseDialect.LinkType.self, isEmptyAllowed: true)
            ?? dialect.links
        dialect.linkPrefixes =
            node.texts(
                "linkPrefixes",
                accepted: "starts of addresses such as https://apps.example/"
            )
            ?? dialect.linkPrefixes
        dialect.hasAutolaunch = node.flag("autolaunchable") ?? dialect.hasAutolaunch
    }
}
