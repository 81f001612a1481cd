package import JSON

import Basics

/// Checks an answer against the invariants of CDS Hooks before it leaves.
///
/// Checked is text, here when a document is loaded, and what varies of it in every answer
/// (`violations(in:)` of cards). The rules are those of CDS Hooks 2.0, "CDS Service response", and the invariants `cds-resp-1` to `-7` of 3.0.
package struct CDSResponseChecker: Sendable {
    /// A rule that an answer breaks.
    package enum Rule: String, Sendable, CaseIterable {
        case cardsMissing = "cards-missing"
        case wrongType = "wrong-type"
        case emptyValue = "empty-value"
        case missing = "missing"
        case summaryTooLong = "summary-too-long"
        case valueSet = "value-set"
        case notUUID = "not-uuid"
        case notAbsolute = "not-absolute-url"
        case selectionBehavior = "selection-behavior"
        case recommended = "recommended"
        case appContext = "app-context"
        case linkType = "link-type"
        case actionResource = "action-resource"
        case extensionObject = "extension-object"
        case duplicateUUID = "duplicate-uuid"
    }

    /// One breach and its place.
    package struct Violation: Equatable, Sendable {
        /// The rule.
        package let rule: Rule
        /// The place as a JSON Pointer.
        package let pointer: String
    }

    /// What was found.
    package private(set) var violations: [Violation] = []
    private var seenUUIDs: Set<String> = []

    /// Checks an answer.
    package static func violations(in document: JSONDocument) -> [Violation] {
        var checker = CDSResponseChecker()
        checker.check(document.root)
        return checker.violations
    }

    private mutating func check(_ root: JSONValue) {
        guard root.kind == .object else { return add(.wrongType, "") }
        checkNothingEmpty(root)
        checkExtension(root, "")
        guard let cards = root["cards"] else { return add(.cardsMissing, "/cards") }
        guard cards.kind == .array else { return add(.wrongType, "/cards") }
        for (position, card) in cards.elements.enumerated() {
            checkCard(card, "/cards/\(position)")
        }
        if let actions = root["systemActions"] {
            for (position, action) in elements(actions, "/systemActions").enumerated() {
                checkAction(action, "/systemActions/\(position)", needsDescription: false)
            }
        }
    }

    private mutating func checkCard(_ card: JSONValue, _ place: String) {
        guard card.kind == .object else { return add(.wrongType, place) }
        if let summary = requiredText(card, "summary", place),
            summary.utf16.count >= Limits.summaryUnitsEnd
        {
            add(.summaryTooLong, place + "/summary")
        }
        requiredCode(card, "indicator", ["info", "warning", "critical"], place)
        optionalText(card, "detail", place)
        checkExtension(card, place)
        if let uuid = optionalText(card, "uuid", place) {
            if UUIDBytes(text: uuid) == nil { add(.notUUID, place + "/uuid") }
            checkUnique(uuid, place + "/uuid")
        }
        checkSource(card["source"], place + "/source")
        checkSuggestions(card, place)
        if let reasons = card["overrideReasons"] {
            let here = place + "/overrideReasons"
            for (position, reason) in elements(reasons, here).enumerated() {
                checkCoding(reason, "\(here)/\(position)", needsDisplay: true)
            }
        }
        if let links = card["links"] {
            let here = place + "/links"
            for (position, link) in elements(links, here).enumerated() {
                checkLink(link, "\(here)/\(position)")
            }
        }
    }

    private mutating func checkSource(_ source: JSONValue?, _ place: String) {
        guard let source else { return add(.missing, place) }
        guard source.kind == .object else { return add(.wrongType, place) }
        checkExtension(source, place)
        requiredText(source, "label", place)
        checkURL(source, "url", place)
        checkURL(source, "icon", place)
        if let topic = source["topic"] {
            checkCoding(topic, place + "/topic", needsDisplay: false)
        }
    }

    private mutating func checkSuggestions(_ card: JSONValue, _ place: String) {
        let behavior = optionalText(card, "selectionBehavior", place)
        if let behavior, behavior != "at-most-one", behavior != "any" {
            add(.valueSet, place + "/selectionBehavior")
        }
        guard let suggestions = card["suggestions"] else { return }
        if behavior == nil { add(.selectionBehavior, place + "/selectionBehavior") }
        var recommendedCount = 0
        let here = place + "/suggestions"
        for (position, suggestion) in elements(suggestions, here).enumerated() {
            let one = "\(here)/\(position)"
            guard suggestion.kind == .object else {
                add(.wrongType, one)
                continue
            }
            requiredText(suggestion, "label", one)
            checkExtension(suggestion, one)
            if let uuid = optionalText(suggestion, "uuid", one) {
                checkUnique(uuid, one + "/uuid")
            }
            if let flag = suggestion["isRecommended"] {
                if flag.boolValue == nil { add(.wrongType, one + "/isRecommended") }
                if flag.boolValue == true { recommendedCount += 1 }
            }
            // 3.0-ballot; whether the client knows it is a matter of its dialect.
            if suggestion["actionSelectionBehavior"] != nil {
                requiredCode(
                    suggestion,
                    "actionSelectionBehavior",
                    ["all", "any", "at-most-one"],
                    one
                )
            }
            guard let actions = suggestion["actions"] else { continue }
            for (index, action) in elements(actions, one + "/actions").enumerated() {
                checkAction(action, "\(one)/actions/\(index)", needsDescription: true)
            }
        }
        // cds-resp-1: more than one suggestion may be recommended only where any may be chosen.
        if recommendedCount > 1, behavior != "any" { add(.recommended, here) }
    }

    private mutating func checkAction(
        _ action: JSONValue,
        _ place: String,
        needsDescription: Bool
    ) {
        guard action.kind == .object else { return add(.wrongType, place) }
        let type = requiredCode(action, "type", ["create", "update", "delete"], place)
        if needsDescription {
            requiredText(action, "description", place)
        } else {
            optionalText(action, "description", place)
        }
        checkExtension(action, place)
        let resource = action["resource"]
        let hasResource = resource?["resourceType"]?.kind == .string
        // A delete names its resource by resourceId, never by an id in the place of a resource.
        if let resource, resource.kind != .object { add(.wrongType, place + "/resource") }
        optionalText(action, "resourceId", place)
        if type == "create" || type == "update", !hasResource {
            add(.actionResource, place + "/resource")
        }
        if type == "delete", !hasResource, action["resourceId"]?.stringValue == nil {
            add(.actionResource, place + "/resourceId")
        }
    }

    private mutating func checkLink(_ link: JSONValue, _ place: String) {
        guard link.kind == .object else { return add(.wrongType, place) }
        requiredText(link, "label", place)
        if requiredText(link, "url", place) != nil { checkURL(link, "url", place) }
        checkExtension(link, place)
        let type = optionalText(link, "type", place)
        if type == nil { add(.linkType, place + "/type") }
        if let type, type != "absolute", type != "smart" { add(.valueSet, place + "/type") }
        if link["appContext"] != nil, type != "smart" { add(.appContext, place + "/appContext") }
        optionalText(link, "appContext", place)
        if let flag = link["autolaunchable"], flag.boolValue == nil {
            add(.wrongType, place + "/autolaunchable")
        }
    }

    private mutating func checkCoding(_ coding: JSONValue, _ place: String, needsDisplay: Bool) {
        guard coding.kind == .object else { return add(.wrongType, place) }
        requiredText(coding, "code", place)
        requiredText(coding, "system", place)
        if needsDisplay {
            requiredText(coding, "display", place)
        } else {
            optionalText(coding, "display", place)
        }
    }
}

extension CDSResponseChecker {
    /// No optional member may be null or empty (CDS Hooks 2.0, JSON rules).
    ///
    /// Resources and extensions follow rules of their own and are left out.
    private mutating func checkNothingEmpty(_ root: JSONValue) {
        var waiting = [root]
        while let value = waiting.popLast() {
            for (name, member) in value.members {
                if name.isString("resource") || name.isString("extension") { continue }
                if value.isSamePlace(as: root), name.isString("cards") {
                    waiting.append(contentsOf: member.elements)
                    continue
                }
                visit(member, &waiting)
            }
            for element in value.elements { visit(element, &waiting) }
        }
    }

    private mutating func visit(_ value: JSONValue, _ waiting: inout [JSONValue]) {
        switch value.kind {
        case .null:
            add(.emptyValue, value.pointer)
        case .string:
            if !value.rawBytes.contains(where: { $0 > 0x20 }) {
                add(.emptyValue, value.pointer)
            }
        case .array:
            if value.elements.first(where: { _ in true }) == nil {
                add(.emptyValue, value.pointer)
            }
            waiting.append(value)
        case .object:
            if value.members.first(where: { _ in true }) == nil {
                add(.emptyValue, value.pointer)
            }
            waiting.append(value)
        case .true, .false, .number:
            return
        }
    }

    private mutating func add(_ rule: Rule, _ pointer: String) {
        violations.append(Violation(rule: rule, pointer: pointer))
    }

    /// The value of `extension` is an object (CDS Hooks 2.0, extensions).
    private mutating func checkExtension(_ object: JSONValue, _ place: String) {
        guard let value = object["extension"], value.kind != .object else { return }
        add(.extensionObject, place + "/extension")
    }

    /// A uuid names one card or one suggestion; feedback could not tell two apart.
    private mutating func checkUnique(_ uuid: String, _ place: String) {
        if !seenUUIDs.insert(uuid.lowercased()).inserted { add(.duplicateUUID, place) }
    }

    private mutating func elements(_ array: JSONValue, _ place: String) -> [JSONValue] {
        if array.kind != .array { add(.wrongType, place) }
        return Array(array.elements)
    }

    @discardableResult
    private mutating func requiredText(
        _ object: JSONValue,
        _ name: String,
        _ place: String
    ) -> String? {
        guard object[name] != nil else {
            add(.missing, place + "/" + name)
            return nil
        }
        return optionalText(object, name, place)
    }

    @discardableResult
    private mutating func optionalText(
        _ object: JSONValue,
        _ name: String,
        _ place: String
    ) -> String? {
        guard let value = object[name] else { return nil }
        guard let text = value.stringValue else {
            add(.wrongType, place + "/" + name)
            return nil
        }
        return text
    }

    @discardableResult
    private mutating func requiredCode(
        _ object: JSONValue,
        _ name: String,
        _ codes: [String],
        _ place: String
    ) -> String? {
        guard let text = requiredText(object, name, place) else { return nil }
        if !codes.contains(text) { add(.valueSet, place + "/" + name) }
        return text
    }

    private mutating func checkURL(_ object: JSONValue, _ name: String, _ place: String) {
        guard let text = optionalText(object, name, place) else { return }
        let scheme = text.utf8.prefix { $0 != UInt8(ascii: ":") }
        let isScheme =
            scheme.count >= 2
            && scheme.allSatisfy { ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A) || $0 == 0x2B }
        let isAbsolute = isScheme && text.utf8.dropFirst(scheme.count).starts(with: "://".utf8)
        if !isAbsolute { add(.notAbsolute, place + "/" + name) }
    }
}
