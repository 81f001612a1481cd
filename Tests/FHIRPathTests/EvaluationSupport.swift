import Basics
import FHIR
import JSON

@testable import FHIRPath

/// The moment at which the tests evaluate: 2026-03-01T12:00:00Z.
let testNow = Instant(microseconds: 1_772_366_400_000_000)

/// The texts of the result; an object is written as `{}`.
func evaluate(
    _ expression: String,
    on json: String? = nil,
    variables: [String: String] = [:]
) throws -> [String] {
    var environment = FHIRPathEnvironment(focus: [], now: testNow)
    if let json { environment.focus = [.element(try JSONDocument(parsing: json).root)] }
    for (name, text) in variables {
        environment.variables[name] = [.element(try JSONDocument(parsing: text).root)]
    }
    let parsed = try FHIRPathExpression(parsing: expression)
    return try parsed.evaluate(in: environment).map { $0.text ?? "{}" }
}

/// The code and offset of the error that an expression ends in; `nil` when it ends well.
func fault(_ expression: String, on json: String? = nil) -> FHIRPathError? {
    do {
        _ = try evaluate(expression, on: json)
        return nil
    } catch {
        return error as? FHIRPathError
    }
}

let bloodPressure = """
    {"resourceType":"Observation","status":"final","subject":{"reference":"Patient/1"},
     "code":{"coding":[{"system":"http://loinc.org","code":"85354-9"}]},
     "effectiveDateTime":"2026-03-01T11:00:00Z",
     "component":[
      {"code":{"coding":[{"system":"http://loinc.org","code":"8480-6"}]},
       "valueQuantity":{"value":120.0,"unit":"mmHg","system":"http://unitsofmeasure.org",
        "code":"mm[Hg]"}},
      {"code":{"coding":[{"system":"http://loinc.org","code":"8462-4"}]},
       "valueQuantity":{"value":80,"comparator":"<","unit":"mmHg",
        "system":"http://unitsofmeasure.org","code":"mm[Hg]"}}]}
    """
