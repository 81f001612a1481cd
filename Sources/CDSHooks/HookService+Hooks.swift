import JSON

/// The hooks of a document: which they are, and what their contexts hold.
extension HookService {
    /// Which of its hooks a document is read for.
    static func hook(
        _ wanted: String?,
        _ reader: HookDocumentReader,
        _ limen: HookDocumentReader
    ) throws(HookServiceError) -> String {
        let first = try reader.text("hook")
        var hooks = [first]
        for element in try limen.array("alsoOn") ?? [] {
            guard let hook = element.stringValue else {
                throw limen.error(.wrongType, "alsoOn", "an array of names of hooks is expected")
            }
            guard !hooks.contains(hook) else {
                throw limen.error(.duplicate, "alsoOn", "a hook is named twice")
            }
            hooks.append(hook)
        }
        let hook = wanted ?? first
        precondition(hooks.contains(hook), "a document is read for one of its own hooks")
        return hook
    }

    /// What a hook puts into the context, by the library or by the document.
    static func definition(
        of hook: String,
        _ reader: HookDocumentReader,
        _ limen: HookDocumentReader
    ) throws(HookServiceError) -> HookDefinition {
        let version = try reader.optionalText("hookVersion")
        let others = (try limen.array("alsoOn") ?? []).compactMap(\.stringValue)
        let hooks = [try reader.text("hook")] + others
        if hooks.allSatisfy(HookDefinition.isWellKnown) {
            guard version == nil else {
                throw reader.error(.valueSet, "hookVersion", "the library gives it for this hook")
            }
            guard limen.json["context"] == nil else {
                throw limen.error(.valueSet, "context", "the library defines it for this hook")
            }
        }
        guard !HookDefinition.isWellKnown(hook) else { return .named(hook) }
        guard HookDefinition.isReverseDomain(hook) else {
            throw reader.error(
                .identifier,
                "hook",
                "a hook that is not in the library has a reverse domain name"
            )
        }
        return try HookDefinition(reading: limen, name: hook, version: version)
    }
}
