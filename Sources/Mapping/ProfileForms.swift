/// What a profile takes at a place, as a text for people: the loader and the lint say the same.
///
/// A member's name means different things in different objects, so the object counts too.
package enum ProfileForms {
    /// What is accepted at a path such as `inputs[3].missing.value`; `nil` for an unknown place.
    package static func accepted(at path: String) -> String? {
        let inFile = path.split(separator: "#", maxSplits: 1).last.map(String.init) ?? path
        guard !inFile.isEmpty else { return "one JSON object" }
        let steps = inFile.split(separator: ".", omittingEmptySubsequences: false).map { step in
            String(step.split(separator: "[").first ?? "")
        }
        let name = steps.last ?? ""
        let owner = steps.dropLast().last ?? ""
        return forms[owner + "." + name] ?? maps[owner] ?? common[name]
    }

    /// Objects whose member names are the profile's own.
    private static let maps = [
        "unitAliases": "a unit text of the site that is not empty, and the UCUM unit it means",
        "systemAliases": "another name of a code system, and its url",
        "variables": "a name and a FHIRPath expression",
    ]

    /// By the object and the member.
    private static let forms = [
        ".format": "\"limen-profile/1\"",
        ".url": "the canonical url of the profile, a text that is not empty",
        ".version": "the version of the profile as a text, such as \"1.0.0\"",
        ".status": "draft, active or retired",
        ".model": "the name of the model's file beside the profile, such as \"model.pmml\"",
        ".inputs": "a list of at least one input",
        ".facts": "a list of facts",
        ".applies": "a list of rules, each with when, unless or requires, and else",
        ".quorum": "a list of rules, each with of, else, and atLeast or span",
        ".defaults": "an object with within and the like",
        ".earlier": "an object with back, or with set \"previous\" and of",
        ".variables": "an object of names and FHIRPath expressions",
        ".systemAliases": "an object of other names of code systems and their urls",
        "defaults.status": "a list of statuses, each once, such as [ \"final\" ]",
        "from.status": "a list of statuses, each once; needed for types other than the default's",
        "from.verification": "a list of verification statuses, for conditions and allergies only",
        "from.code": "a list of system|code, such as [ \"http://loinc.org|8867-4\" ]; none for "
            + "Patient",
        "from.value": "a value of the input's type",
        "from.constant": "a value of the input's type",
        "from.unit": "a UCUM unit, together with above",
        "from.profile": "a list of canonical urls",
        "from.conceptMap": "the name of a file beside the profile that ends in .conceptmap.json",
        "from.textSystem": "the source system of texts in the ConceptMap, together with conceptMap",
        "from.since": "a FHIRPath expression that gives a time, without path and constant; the "
            + "input is a number, or above is given",
        "from.where": "a FHIRPath condition on the record",
        "from.until": "a FHIRPath expression that gives a time, together with since",
        "from.standIn": "true or false",
        "inputs.name": "the name of a field of the model, each once",
        "inputs.type": "quantity, integer, boolean or code",
        "facts.type": "boolean, or nothing",
        "inputs.unit": "a UCUM unit, for quantity only",
        "inputs.onTie": "a value of the input's type; not with mean, median, worst, count, exists",
        "inputs.absent": "value and reason, with select exists or count, and without missing",
        "missing.value": "a value of the input's type, with assume and impute only",
        "missing.source": "where the value comes from: needed with impute, allowed with assume",
        "missing.policy": "reject, partial, assume, impute or model",
        "absent.value": "false with select exists, 0 with select count",
        "absent.reason": "why no record means this, a text that is not empty",
        "molarMass.grams": "how many grams a mole has, a number above zero",
        "molarMass.source": "where the number comes from",
        "inputs.molarMass": "an object with grams and source, for a mass or an amount of substance",
        "from.molarMass": "an object with grams and source, for a mass or an amount of substance",
        "convert.from": "a UCUM unit, each once",
        "convert.factor": "a number other than 0",
        "convert.offset": "a number",
        "convert.source": "where the formula comes from",
        "quorum.of": "a list of names of inputs, each once",
        "quorum.atLeast":
            "a whole number from 1 to the number of names in of; it or span is needed",
        "quorum.span": "an ISO 8601 duration such as PT2H",
        "quorum.else": "a code that says why the model does not apply",
        "earlier.of": "a list of names of inputs, each once, together with set",
        "earlier.back": "an ISO 8601 duration such as PT6H",
        "earlier.set": "\"previous\", together with of and without back",
        "applies.when": "a FHIRPath condition on the Patient; one of when, unless and requires is "
            + "needed",
        "applies.unless": "the name of a fact; one of when, unless and requires is needed",
        "applies.requires": "the name of a fact; one of when, unless and requires is needed",
        "applies.else": "a code that says why the model does not apply",
        "applies.unknown": "a code for when the rule cannot be decided",
    ]

    /// By the member alone, where it means one thing in every object.
    private static let common = [
        "within": "an ISO 8601 duration such as PT12H or P30D, without years and months",
        "before": "an ISO 8601 duration shorter than within",
        "future": "an ISO 8601 duration such as PT5M",
        "tieWithin":
            "an ISO 8601 duration such as PT5M; not with mean, median, worst, count, exists",
        "select": "latest, first, max, min, mean, median, worst, count or exists, as fits the type",
        "prefer": "rule or newest",
        "onTie": "a value of the input's type",
        "worst": "high, low or outside, with select worst only; outside needs normal",
        "normal": "two numbers, the lower one first, with worst outside only",
        "component": "a list of system|code, for Observation only",
        "notCode": "a list of system|code",
        "plausible": "two numbers, the lower one first, for quantity and integer",
        "round": "a number above zero, for quantity and integer",
        "values": "a list of codes, each once, for inputs of type code only",
        "resource": "a resource type that profiles read, such as Observation or Condition",
        "from": "a list of at least one alternative",
        "path": "a FHIRPath expression, or a constant instead of one",
        "above": "a number, for boolean inputs, together with unit",
        "time": "required or optional",
        "missing": "an object with policy",
        "unitAliases": "an object of unit texts and the UCUM units that they mean",
        "convert": "a list of formulas, each with from, factor and source",
        "name": "a name that is not empty, each once",
        "note": "a text that is not empty",
    ]
}
