package import Basics
import FHIRPath
package import JSON

/// What the expressions of a hook document see: one JSON object whose members are the variables,
/// and the Markdown that `%explain` stands for.
///
///     { "result": { "status": "complete", "score": 7, ... }, "inputs": { "missing": [] },
///       "service": { "id": "news2" } }
package struct CardEnvironment {
    /// The environment for FHIRPath.
    let fhirPath: FHIRPathEnvironment
    /// Writes a member of `%explain`, which no expression can read: it is made only when the card
    /// that is shown asks for it.
    let markup: (CardMarkup.Name) -> String

    /// Makes an environment from the object.
    package init(
        _ document: JSONDocument,
        now: Instant,
        markup: @escaping (CardMarkup.Name) -> String
    ) {
        var variables: [String: [FHIRPathValue]] = [:]
        for (name, value) in document.root.members {
            guard let name = name.stringValue else { continue }
            variables[name] = [.element(value)]
        }
        fhirPath = FHIRPathEnvironment(focus: [], variables: variables, now: now)
        self.markup = markup
    }
}
