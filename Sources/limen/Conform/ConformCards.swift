import JSON

/// Holds an answer to a hook call against the requirements about cards.
struct ConformCards {
    var ledger: ConformLedger
    /// What the call was, for the place of a breach.
    let call: String
    /// The ids of the patient and the visit that the call named.
    let contextIDs: [String]
    private(set) var uuids: [String] = []

    init(ledger: ConformLedger, call: String, contextIDs: [String]) {
        self.ledger = ledger
        self.call = call
        self.contextIDs = contextIDs
    }

    mutating func check(_ root: JSONValue) {
        guard root.kind == .object else {
            return ledger.fault([1, 74], at: call, "the answer is no object")
        }
        checkNothingEmpty(root)
        checkExtension(root, "")
        guard let cards = root["cards"], cards.kind == .array else {
            return ledger.fault([74], at: call + " /cards", "there is no array of cards")
        }
        ledger.see([74])
        var count = 0
        for (position, card) in cards.elements.enumerated() {
            count += 1
            checkCard(card, "/cards/\(position)")
        }
        if count == 0 { ledger.see([77]) }
        if let actions = root["systemActions"] {
            let isArray = actions.kind == .array
            check(isArray, [75], "/systemActions", "the value is no array")
            if isArray { checkActions(actions, "/systemActions", needsDescription: false) }
        }
    }

    // MARK: Cards

    private mutating func checkCard(_ card: JSONValue, _ place: String) {
        guard card.kind == .object else {
            return ledger.fault([74], at: call + " " + place, "a card is no object")
        }
        ledger.see([81, 84, 94, 99, 104])
        checkExtension(card, place)
        if card["uuid"] != nil {
            let uuid = card["uuid"]?.stringValue
            check(
                uuid.map { !uuids.contains($0) } ?? false,
                [80],
                place + "/uuid",
                "no unique text"
            )
            ledger.see([82])
            if let uuid { uuids.append(uuid) }
        }
        let summary = text(card, "summary", place, [83])
        if let summary, summary.utf16.count >= 140 {
            ledger.fault([83], at: call + " " + place + "/summary", "140 characters or more")
        }
        if card["detail"] != nil { text(card, "detail", place, [85]) }
        if let indicator = text(card, "indicator", place, [87]) {
            let known = ["info", "warning", "critical"].contains(indicator)
            check(known, [88, 89], place + "/indicator", "a value of another list")
        }
        checkSource(card["source"], place + "/source")
        checkSuggestions(card, place)
        if let reasons = card["overrideReasons"] {
            guard isArray(reasons, [98], place + "/overrideReasons") else { return }
            for (position, reason) in reasons.elements.enumerated() {
                let here = place + "/overrideReasons/\(position)"
                checkCoding(reason, here, [98])
                text(reason, "display", here, [100, 136, 219])
            }
        }
        checkLinks(card["links"], place + "/links")
    }

    private mutating func checkSource(_ source: JSONValue?, _ place: String) {
        guard let source, source.kind == .object else {
            return ledger.fault([90], at: call + " " + place, "there is no source object")
        }
        ledger.see([90, 108, 113, 116])
        checkExtension(source, place)
        text(source, "label", place, [105])
        if let url = url(source, "url", place, [107]) {
            ledger.see([106])
            // A drill-down into this patient's data belongs into a link.
            let isPlain = !contextIDs.contains { url.hasSuffix("/" + $0) || url.contains("=" + $0) }
            check(isPlain, [109, 110], place + "/url", "it names the patient or the visit")
        }
        if source["icon"] != nil { url(source, "icon", place, [111]) }
        if let topic = source["topic"] {
            checkCoding(topic, place + "/topic", [115])
            ledger.see([220])
            if topic["display"] != nil { text(topic, "display", place + "/topic", [220]) }
        }
    }

    private mutating func checkLinks(_ links: JSONValue?, _ place: String) {
        guard let links, isArray(links, [103], place) else { return }
        for (position, link) in links.elements.enumerated() {
            let here = place + "/\(position)"
            guard link.kind == .object else {
                ledger.fault([103], at: call + " " + here, "a link is no object")
                continue
            }
            ledger.see([140, 145])
            checkExtension(link, here)
            text(link, "label", here, [138])
            url(link, "url", here, [139])
            let type = text(link, "type", here, [141])
            if let type {
                check(
                    type == "absolute" || type == "smart",
                    [142],
                    here + "/type",
                    "a value of another list"
                )
            }
            let hasContext = link["appContext"] != nil
            if hasContext {
                text(link, "appContext", here, [144])
                check(type == "smart", [146], here + "/appContext", "the link is not SMART")
            }
            if type == "absolute" {
                check(!hasContext, [147], here + "/appContext", "the link is absolute")
            }
        }
    }

    // MARK: Suggestions

    private mutating func checkSuggestions(_ card: JSONValue, _ place: String) {
        let behavior = card["selectionBehavior"]
        if let behavior {
            let value = behavior.stringValue
            check(value != nil, [96], place + "/selectionBehavior", "the value is no text")
            check(
                value == "at-most-one" || value == "any",
                [95],
                place + "/selectionBehavior",
                "a value of another list"
            )
        }
        guard let suggestions = card["suggestions"],
            isArray(suggestions, [92], place + "/suggestions")
        else { return }
        check(behavior != nil, [93, 96], place + "/selectionBehavior", "it is missing")
        var recommendedCount = 0
        for (position, suggestion) in suggestions.elements.enumerated() {
            let here = place + "/suggestions/\(position)"
            guard suggestion.kind == .object else {
                ledger.fault([92], at: call + " " + here, "a suggestion is no object")
                continue
            }
            ledger.see([118, 120, 123])
            checkExtension(suggestion, here)
            text(suggestion, "label", here, [117])
            if suggestion["uuid"] != nil { text(suggestion, "uuid", here, [119]) }
            if let flag = suggestion["isRecommended"] {
                check(flag.boolValue != nil, [121], here + "/isRecommended", "no truth value")
                if flag.boolValue == true { recommendedCount += 1 }
            }
            guard let actions = suggestion["actions"] else { continue }
            guard isArray(actions, [124], here + "/actions") else { continue }
            let count = actions.elements.reduce(0) { count, _ in count + 1 }
            let isForbidden = suggestion["actionSelectionBehavior"] != nil
            if count > 1 || isForbidden {
                check(!isForbidden, [125], here, "a choice among its actions is offered")
            }
            checkActions(actions, here + "/actions", needsDescription: true)
        }
        if recommendedCount > 1 {
            check(
                behavior?.isString("any") ?? false,
                [122],
                place + "/suggestions",
                "several are recommended where one may be taken"
            )
        }
    }

    private mutating func checkActions(
        _ actions: JSONValue,
        _ place: String,
        needsDescription: Bool
    ) {
        for (position, action) in actions.elements.enumerated() {
            let here = place + "/\(position)"
            guard action.kind == .object else {
                ledger.fault([124], at: call + " " + here, "an action is no object")
                continue
            }
            checkExtension(action, here)
            let type = text(action, "type", here, [127])
            if needsDescription || action["description"] != nil {
                text(action, "description", here, [128, 129])
            }
            let resource = action["resource"]
            let isResource = resource?["resourceType"]?.stringValue?.isEmpty == false
            switch type {
            case "create":
                check(isResource, [130, 131], here + "/resource", "there is no resource")
            case "update":
                check(isResource, [130], here + "/resource", "there is no resource")
                // The whole resource has an id and more than that.
                let memberCount = resource?.members.reduce(0) { count, _ in count + 1 } ?? 0
                check(
                    resource?["id"]?.stringValue != nil && memberCount > 2,
                    [132],
                    here + "/resource",
                    "the resource is not whole"
                )
            case "delete":
                let isText = resource != nil && resource?.kind != .object
                check(!isText, [133], here + "/resource", "an id stands in its place")
                check(action["resourceId"] != nil, [134], here + "/resourceId", "it is missing")
                if action["resourceId"] != nil { text(action, "resourceId", here, [135]) }
            case nil: continue
            default: ledger.fault([127], at: call + " " + here + "/type", "another value")
            }
        }
    }

    // MARK: Values

    private mutating func check(
        _ holds: Bool,
        _ ids: [Int],
        _ place: String,
        _ sentence: String
    ) {
        ledger.check(holds, ids, at: call + " " + place, sentence)
    }

    private mutating func isArray(_ value: JSONValue, _ ids: [Int], _ place: String) -> Bool {
        check(value.kind == .array, ids, place, "the value is no array")
        return value.kind == .array
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

    @discardableResult
    private mutating func url(
        _ object: JSONValue,
        _ name: String,
        _ place: String,
        _ ids: [Int]
    ) -> String? {
        guard object[name] != nil || name == "url" && ids == [139] else { return nil }
        let text = object[name]?.stringValue
        let scheme = text?.firstRange(of: "://").map { text?[..<$0.lowerBound] ?? "" } ?? ""
        let isAbsolute =
            scheme.utf8.count >= 2 && scheme.utf8.allSatisfy { $0 | 0x20 >= 0x61 || $0 < 0x3A }
        check(isAbsolute, ids, place + "/" + name, "the URL is not absolute")
        return isAbsolute ? text : nil
    }

    private mutating func checkCoding(_ coding: JSONValue, _ place: String, _ ids: [Int]) {
        check(coding.kind == .object, ids, place, "the value is no coding")
        guard coding.kind == .object else { return }
        text(coding, "code", place, [216, 218])
        text(coding, "system", place, [217])
    }

    private mutating func checkExtension(_ object: JSONValue, _ place: String) {
        guard let value = object["extension"] else { return }
        let here = place + "/extension"
        check(value.kind == .object, [214], here, "the value is no object")
        guard value.kind == .object else { return }
        for (name, _) in value.members {
            let isOwn = name.stringValue?.contains(".") ?? false
            check(isOwn, [215], here, "a name is not of a domain")
        }
    }

    /// Only cards may be empty; resources and extensions follow rules of their own.
    private mutating func checkNothingEmpty(_ root: JSONValue) {
        ledger.see([3])
        ledger = ConformEmptiness.check(root, ledger, call)
    }
}
