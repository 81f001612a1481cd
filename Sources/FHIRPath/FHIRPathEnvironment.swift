package import Basics
package import JSON

/// What an evaluation may see.
package struct FHIRPathEnvironment: Sendable {
    /// The input collection, `$this` at the start.
    package var focus: [FHIRPathValue]
    /// The values of `%name` variables; `%context`, `%resource` and `%rootResource` default to
    /// the focus.
    package var variables: [String: [FHIRPathValue]]
    /// The moment that `now()` and `today()` give.
    package var now: Instant
    /// The Bundle in which `resolve()` looks; without it, the focus when that is a Bundle.
    package var bundle: JSONValue?

    /// Makes an environment.
    package init(
        focus: [FHIRPathValue],
        variables: [String: [FHIRPathValue]] = [:],
        now: Instant,
        bundle: JSONValue? = nil
    ) {
        self.focus = focus
        self.variables = variables
        self.now = now
        self.bundle = bundle
    }
}
