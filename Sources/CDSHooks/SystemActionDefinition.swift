package import FHIRPath

import JSON

/// One action that a client carries out without the clinician's choice (CDS Hooks 2.0, system
/// actions): when it is asked for, and what it is.
///
///     { "name": "annotate", "when": "%result.score >= 7",
///       "action": { "type": "create", "description": "...", "resource": { ... } } }
package struct SystemActionDefinition: Sendable {
    /// The name, unique in its document.
    package let name: String
    /// The condition; without one it is always asked for.
    package let when: FHIRPathExpression?
    /// The action.
    package let action: ContextText

    /// Reads `limen.systemActions`.
    static func readAll(
        _ limen: HookDocumentReader,
        names: [String]
    ) throws(HookServiceError) -> [SystemActionDefinition] {
        var actions: [SystemActionDefinition] = []
        for (position, element) in (try limen.array("systemActions") ?? []).enumerated() {
            let path = limen.place("systemActions[\(position)]")
            let reader = HookDocumentReader(element, path: path)
            try reader.allow(["name", "when", "action"])
            let name = try reader.text("name")
            guard FHIRIdentifier.isID(name), !actions.contains(where: { $0.name == name }) else {
                throw reader.error(.duplicate, "name", "a name of its own is expected")
            }
            let action = try reader.object("action")
            // Inferno and the schema of 2.0 ask for a description here too.
            _ = try action.text("description")
            let text = try CardDefinition.contextText(action.json, action, names)
            try check(text, action, names)
            actions.append(
                SystemActionDefinition(
                    name: name,
                    when: try CardDefinition.condition(reader),
                    action: text
                )
            )
        }
        return actions
    }

    private static func check(
        _ text: ContextText,
        _ reader: HookDocumentReader,
        _ names: [String]
    ) throws(HookServiceError) {
        let action = text.filled(with: .sample(names)) ?? []
        let response = CDSResponse(cards: [], systemActions: [action])
        let document = try? JSONDocument(parsing: response.json(cards: Array("[]".utf8)))
        let violations =
            document.map { CDSResponseChecker.violations(in: $0) }
            ?? [.init(rule: .wrongType, pointer: "/systemActions/0")]
        guard let fault = violations.first else { return }
        throw HookServiceError(
            code: .invalidCard,
            path: reader.path,
            sentence: "the action breaks the rule \(fault.rule.rawValue) at \(fault.pointer)"
        )
    }
}

extension HookService {
    /// The actions whose condition holds, as JSON text, and how many more the call does not say
    /// enough for.
    ///
    /// - Throws: `CardError`.
    package func renderSystemActions(
        in environment: CardEnvironment,
        values: ContextValues
    ) throws(CardError) -> (actions: [[UInt8]], leftOutCount: Int) {
        var actions: [[UInt8]] = []
        var leftOutCount = 0
        for definition in systemActions {
            guard try holds(definition.when, of: definition.name, in: environment) else {
                continue
            }
            if let action = definition.action.filled(with: values) {
                actions.append(action)
            } else {
                leftOutCount += 1
            }
        }
        return (actions, leftOutCount)
    }
}
