import Basics
import FHIRPath
import JSON

/// What must hold for any text given to FHIRPath.
public enum FHIRPathProbe {
    /// Reads an expression and evaluates it; whether it could be read.
    ///
    /// Evaluation gives a collection or an error whose place lies in the text, within the limits
    /// of the language; a second evaluation gives as many results. `watch` runs each evaluation, and may time it.
    @discardableResult
    public static func run(
        _ bytes: [UInt8],
        watch: (() -> Void) -> Void = { $0() }
    ) -> Bool {
        let text = String(decoding: bytes, as: UTF8.self)
        let expression: FHIRPathExpression
        do {
            expression = try FHIRPathExpression(parsing: text)
        } catch {
            precondition(error.offset <= text.utf8.count, "a fault behind the end")
            return false
        }
        for focus in subjects {
            let environment = FHIRPathEnvironment(
                focus: [.element(focus)],
                variables: ["a": [.integer(1)]],
                now: Instant(microseconds: 1_777_888_800_000_000)
            )
            let count = Self.count(expression, environment, text, watch)
            precondition(
                count == Self.count(expression, environment, text, watch),
                "a second evaluation differs"
            )
        }
        return true
    }

    /// How many results there are; `nil` when the evaluation ends with an error.
    private static func count(
        _ expression: FHIRPathExpression,
        _ environment: FHIRPathEnvironment,
        _ text: String,
        _ watch: (() -> Void) -> Void
    ) -> Int? {
        var count: Int?
        watch {
            do throws(FHIRPathError) {
                count = try expression.evaluate(in: environment).count
            } catch {
                precondition(error.offset <= text.utf8.count, "a fault behind the end")
            }
        }
        return count
    }

    /// A resource with the shapes that expressions meet: lists, choices, primitives with
    /// extensions, quantities, references, partial dates.
    private static let subjects: [JSONValue] = {
        let texts = [
            #"""
            {"resourceType":"Patient","id":"p","birthDate":"1974-12","active":true,
             "_birthDate":{"extension":[{"url":"u","valueDateTime":"1974-12-25T14:35:45-05:00"}]},
             "name":[{"use":"official","family":"A","given":["B","C"]},{"given":["D"]}],
             "contact":[{"relationship":[{"coding":[{"system":"s","code":"c"}]}]}],
             "multipleBirthInteger":2}
            """#,
            #"""
            {"resourceType":"Bundle","entry":[{"fullUrl":"urn:uuid:1","resource":
             {"resourceType":"Observation","id":"o","status":"final",
              "code":{"coding":[{"system":"http://loinc.org","code":"8310-5"}],"text":"t"},
              "subject":{"reference":"Patient/p"},"effectiveDateTime":"2026-05-04T10:00:00+02:00",
              "valueQuantity":{"value":98.60,"unit":"F","system":"http://unitsofmeasure.org",
               "code":"[degF]"},
              "component":[{"valueString":"x"},{"valueInteger":3}]}}]}
            """#,
        ]
        return texts.compactMap { try? JSONDocument(parsing: $0).root }
    }()
}
