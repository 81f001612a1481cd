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
    /// The keys of the resources of a Bundle by `fullUrl`, for `getReferenceKey()`.
    package var referenceKeys: [String: String] = [:]
    /// The key of a resource that has no id, such as its `fullUrl`, for `getResourceKey()`.
    package var resourceKey: String?
    /// Whether `join()` on nothing gives `''`, as the cases of SQL on FHIR have it, and not nothing,
    /// as FHIRPath 2.0, section 5.6 has it.
    package var joinsNothingToText = false

    /// An element of a known type as the input collection, in place of `focus`.
    package var typedFocus: TypedFocus?

    /// An element with what is known of it from the place where it stands.
    package struct TypedFocus: Sendable {
        let json: JSONValue
        let shadow: JSONValue?
        let type: String

        /// Takes an element.
        ///
        /// - Parameters:
        ///   - json: the value; of a primitive without one, the `_name` object.
        ///   - shadow: the `_name` object beside the value of a primitive.
        ///   - type: the FHIR type, such as `dateTime` or `Observation.component`.
        package init(json: JSONValue, shadow: JSONValue?, type: String) {
            self.json = json
            self.shadow = shadow
            self.type = type
        }
    }

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
