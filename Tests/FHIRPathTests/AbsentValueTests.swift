import Testing

@testable import FHIRPath

@Suite("values that are absent or cannot be compared")
struct AbsentValueTests {
    private static let absent =
        #"{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","#
        + #""valueCode":"unknown"}]}"#

    @Test(
        "a primitive with only a reason is neither true nor false, equal nor unequal",
        arguments: [
            ("deceased.not()", []), ("deceased and true", []), ("deceased or true", ["true"]),
            ("where(deceased).exists()", ["false"]), ("deceased implies false", []),
            ("iif(deceased, 'dead', 'not known to be')", ["not known to be"]),
            ("deceased.exists()", ["true"]), ("deceased.hasValue()", ["false"]),
            ("gender = 'male'", []), ("gender != 'male'", []), ("'male' = gender", []),
            ("birthDate != @2000-01-01", []), ("birthDate < @2000-01-01", []),
            ("gender ~ 'male'", ["false"]), ("gender = gender", ["true"]),
        ]
    )
    func reasons(_ expression: String, _ expected: [String]) throws {
        let patient =
            #"{"resourceType":"Patient","_deceasedBoolean":\#(Self.absent),"#
            + #""_gender":\#(Self.absent),"_birthDate":\#(Self.absent)}"#
        #expect(try evaluate(expression, on: patient) == expected)
    }

    @Test(
        "a quantity with a comparator, or without a value, has no definite equal",
        arguments: [
            #""value":5,"comparator":"<","#, #""comparator":"<","#, "",
        ],
        ["value = 4 'mg'", "value != 4 'mg'", "value > 4 'mg'"]
    )
    func quantities(_ members: String, _ expression: String) throws {
        let observation =
            #"{"resourceType":"Observation","valueQuantity":{\#(members)"#
            + #""system":"http://unitsofmeasure.org","code":"mg"}}"#
        #expect(try evaluate(expression, on: observation) == [])
    }

    @Test("a date that is none has no definite equal")
    func dates() throws {
        let patient = #"{"resourceType":"Patient","birthDate":"unknown"}"#
        #expect(try evaluate("birthDate = @2000-01-01", on: patient) == [])
        #expect(try evaluate("birthDate != @2000-01-01", on: patient) == [])
    }

    @Test(
        "dates of elements whose types are not known are compared as dates",
        arguments: [
            ("detected < recordedDate", ["false"]), ("detected > recordedDate", ["true"]),
            ("detected = other", ["true"]), ("date < detected", []), ("year < word", ["true"]),
        ]
    )
    func undeclared(_ expression: String, _ expected: [String]) throws {
        let event =
            #"{"resourceType":"AdverseEvent","detected":"2020-01-01T23:00:00-05:00","#
            + #""recordedDate":"2020-01-02T01:00:00Z","other":"2020-01-02T04:00:00Z","#
            + #""date":"2020-01","year":"1999","word":"2000"}"#
        #expect(try evaluate(expression, on: event) == expected)
    }

    @Test(
        "equivalent collections within an element have any order",
        arguments: [
            (#"["x","y"]"#, #"["Y","x"]"#, true), (#"["x","x"]"#, #"["x","y"]"#, false),
            (#"["x"]"#, #"["x","y"]"#, false),
        ]
    )
    func order(_ one: String, _ other: String, _ expected: Bool) throws {
        let patient =
            #"{"resourceType":"Patient","name":[{"family":"A","given":\#(one)},"#
            + #"{"family":"a","given":\#(other)}]}"#
        #expect(try evaluate("name[0] ~ name[1]", on: patient) == ["\(expected)"])
    }
}
