/// The member names of `limen-profile/1`, object by object; beside them `note` stands anywhere.
///
/// The reader takes its names from here, and a test holds `Profiles/schema` against them.
package enum ProfileFormat {
    /// The profile itself.
    package static let profile = [
        "format", "url", "version", "status", "title", "description", "model", "applies", "quorum",
        "variables", "systemAliases", "earlier", "defaults", "facts", "inputs",
    ]
    /// `defaults`.
    package static let defaults = ["resource", "status", "within", "future", "select", "prefer"]
    /// One of `applies`.
    package static let applies = ["when", "unless", "requires", "else", "unknown"]
    /// One of `quorum`.
    package static let quorum = ["of", "atLeast", "span", "else"]
    /// One of `inputs`.
    package static let input =
        fact + [
            "unit", "round", "plausible", "values", "unitAliases", "molarMass", "convert",
            "missing", "absent", "worst", "normal",
        ]
    /// One of `facts`: a yes or no.
    package static let fact = [
        "name", "type", "from", "within", "before", "future", "select", "prefer", "onTie",
        "tieWithin",
    ]
    /// One of `from`.
    package static let from = [
        "code", "notCode", "component", "resource", "where", "path", "since", "until", "constant",
        "conceptMap",
        "textSystem", "status", "verification", "profile", "unit", "unitAliases", "molarMass",
        "convert", "above",
        "plausible", "within", "time", "standIn",
    ]
    /// `earlier`.
    package static let earlier = ["back", "set", "of"]
    /// `missing`.
    package static let missing = ["policy", "value", "source"]
    /// `absent`.
    package static let absent = ["value", "reason"]
    /// `molarMass`.
    package static let molarMass = ["grams", "source"]
    /// One of `convert`.
    package static let convert = ["from", "factor", "offset", "source"]
}
