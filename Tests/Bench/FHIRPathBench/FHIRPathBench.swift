import Basics
import FHIR
import FHIRPath
import JSON

/// Measures expressions of profiles and cards: nanoseconds for one evaluation, median of seven
/// rounds.
///
///     swift run -c release FHIRPathBench
@main
enum FHIRPathBench {
    static let now = Instant(microseconds: 1_772_366_400_000_000)

    static let observation = """
        {"resourceType":"Observation","id":"bp","status":"final",
         "category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category",
          "code":"vital-signs"}]}],
         "code":{"coding":[{"system":"http://loinc.org","code":"85354-9"}]},
         "subject":{"reference":"Patient/1"},"effectiveDateTime":"2026-03-01T11:00:00Z",
         "valueQuantity":{"value":36.6,"unit":"C","system":"http://unitsofmeasure.org","code":"Cel"},
         "component":[
          {"code":{"coding":[{"system":"http://loinc.org","code":"8480-6"}]},
           "valueQuantity":{"value":120,"unit":"mmHg","system":"http://unitsofmeasure.org",
            "code":"mm[Hg]"}},
          {"code":{"coding":[{"system":"http://loinc.org","code":"8462-4"}]},
           "valueQuantity":{"value":80,"unit":"mmHg","system":"http://unitsofmeasure.org",
            "code":"mm[Hg]"}}]}
        """

    static func main() throws {
        let observation = try JSONDocument(parsing: observation).root
        let patient = try JSONDocument(
            parsing: #"{"resourceType":"Patient","id":"1","birthDate":"1974-12-25"}"#
        ).root
        let result = try JSONDocument(parsing: #"{"status":"complete","score":7}"#).root
        let expressions: [(String, JSONValue)] = [
            ("value.ofType(Quantity)", observation),
            (
                "component.where(code.coding.exists(system='http://loinc.org' and code='8480-6'))"
                    + ".value.ofType(Quantity)", observation
            ),
            ("value.ofType(Quantity).value > 0", observation),
            ("value.ofType(Quantity) > 35 'Cel'", observation),
            ("birthDate <= today() - 16 years", patient),
            ("%result.score >= 7", result),
            ("status in ('final' | 'amended' | 'corrected')", observation),
        ]
        for (text, focus) in expressions {
            let expression = try FHIRPathExpression(parsing: text)
            let environment = FHIRPathEnvironment(
                focus: [.element(focus)],
                variables: ["result": [.element(result)]],
                now: now
            )
            report(text) { (try? expression.evaluate(in: environment).count) ?? -1 }
            report("  parse") {
                (try? FHIRPathExpression(parsing: text).variableNames.count) ?? -1
            }
        }
    }

    private static func report(_ name: String, _ work: () -> Int) {
        var figures: [Double] = []
        var sink = 0
        let count = 20_000
        for _ in 0..<7 {
            let clock = ContinuousClock()
            let start = clock.now
            for _ in 0..<count { sink &+= work() }
            let parts = (clock.now - start).components
            let nanoseconds = Double(parts.seconds) * 1e9 + Double(parts.attoseconds) / 1e9
            figures.append(nanoseconds / Double(count))
        }
        figures.sort()
        precondition(sink >= 0, "an expression failed")
        print("\(Int(figures[3])) ns  \(name)")
    }
}
