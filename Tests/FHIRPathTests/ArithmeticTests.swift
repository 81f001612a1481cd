import Testing

@testable import FHIRPath

@Suite("numbers and quantities at their limits")
struct ArithmeticTests {
    @Test(
        "what has more digits than there is room for is rounded, not lost",
        arguments: [
            ("((1/3) * (1/3)).round(20)", ["0.11111111111111111111"]),
            ("((1/3) + 123456789012).round(10)", ["123456789012.3333333333"]),
            ("(123456789012 - (1/3)).round(10)", ["123456789011.6666666667"]),
            ("((70/1.75/1.75) * (2/3)).round(10)", ["15.2380952381"]),
            ("0.9938.power(10).round(12)", ["0.939701508646"]),
            ("1.01.power(100).round(10)", ["2.7048138294"]),
            (
                "(142 * (1.4/0.9).power(-1.200) * 0.9938.power(60)).round(2)", ["57.54"]
            ),
            ("(-1/3 * (1/3)).round(4)", ["-0.1111"]),
            ("(99999999999999999999999999.5 * 99999999999999999999999999.5)", []),
            ("0.power(0.5)", ["0"]), ("(-1).power(1001)", ["-1"]),
            ("((1/3) * 1 'mg' * (1/3)) > 0.11 'mg'", ["true"]),
        ]
    )
    func digits(_ expression: String, _ expected: [String]) throws {
        #expect(try evaluate(expression) == expected)
    }

    @Test(
        "products and ratios with a unit that begins with a bar are units",
        arguments: [
            "70 'mL' * 80 '/min' = 5600 'mL/min'", "80 '/min' * 70 'mL' = 5600 'mL/min'",
            "5000 'mL/min' / 50 '/min' = 100 'mL'", "60 '/min' * 5 's' = 5",
            "1 '/s' / 1 '/min' = 60",
        ]
    )
    func bars(_ expression: String) throws {
        #expect(try evaluate(expression) == ["true"])
    }

    @Test(
        "a function whose result would have another unit is refused",
        arguments: [
            "(4 'm2').sqrt()", "(3 'm').power(2)", "(100 'mg').log(10)", "(1 'm').ln()",
            "(1 'm').exp()",
        ]
    )
    func units(_ expression: String) {
        #expect(fault(expression)?.code == .typeMismatch)
    }

    @Test("units with another zero have no sum")
    func zeros() throws {
        #expect(try evaluate("37 'Cel' + 1 'K'") == [])
        #expect(try evaluate("37 'Cel' + 1 'Cel'") == ["38 'Cel'"])
        #expect(try evaluate("1 'm' + 1 'cm'") == ["1.01 'm'"])
    }

    @Test(
        "an age in years is one of the calendar, as an element",
        arguments: [
            ("onset.ofType(Age) >= 65 years", ["true"]),
            ("onset.ofType(Age) < 840 months", ["false"]),
            ("recordedDate - onset.ofType(Age)", ["1950-01-31"]), ("onset > 65 'a'", ["true"]),
            ("70 'a' > 65 years", []),
        ]
    )
    func ages(_ expression: String, _ expected: [String]) throws {
        let condition =
            #"{"resourceType":"Condition","onsetAge":{"value":70,"unit":"years","#
            + #""system":"http://unitsofmeasure.org","code":"a"},"recordedDate":"2020-01-31"}"#
        #expect(try evaluate(expression, on: condition) == expected)
    }

    @Test(
        "an age as an element is counted in the calendar unit that is asked for",
        arguments: [
            ("a", "18", "onset.toQuantity('year')", ["18 years"]),
            ("a", "7.10", "onset.toQuantity('years')", ["7.10 years"]),
            ("a", "18", "onset.toQuantity('months')", ["216 months"]),
            ("mo", "24", "onset.toQuantity('year')", ["2 years"]),
            ("mo", "24", "onset.toQuantity('month')", ["24 months"]),
            ("mo", "18", "onset.toQuantity('year')", ["1.5 years"]),
            ("mo", "24", "onset.toQuantity('year') = 2 years", ["true"]),
            ("a", "2", "onset = 24 months", ["true"]), ("a", "2", "onset = 2 years", ["true"]),
            ("a", "2", "onset < 25 months", ["true"]), ("mo", "24", "onset > 2 years", ["false"]),
            ("mo", "24", "onset.comparable(2 years)", ["true"]),
            ("a", "2", "onset + 1 year", ["3 years"]), ("mo", "1", "onset + 1 year", ["13 months"]),
            ("wk", "2", "onset.toQuantity('days')", ["14 days"]),
            ("d", "21", "onset.toQuantity('week')", ["3 weeks"]),
            ("wk", "2", "onset = 14 days", ["true"]),
            ("d", "366", "onset.toQuantity('year')", []),
            ("a", "1", "onset.toQuantity('days')", []),
            ("mo", "24", "onset.toQuantity('a') = 2 'a'", ["true"]),
        ]
    )
    func agesInOtherUnits(
        _ code: String,
        _ value: String,
        _ expression: String,
        _ expected: [String]
    ) throws {
        let condition =
            #"{"resourceType":"Condition","onsetAge":{"value":\#(value),"#
            + #""system":"http://unitsofmeasure.org","code":"\#(code)"}}"#
        #expect(try evaluate(expression, on: condition) == expected)
    }

    @Test("an age limit of a reference range is counted in the years that are asked for")
    func ageOfReferenceRange() throws {
        let observation =
            #"{"resourceType":"Observation","referenceRange":[{"age":{"low":{"value":18,"#
            + #""unit":"years","system":"http://unitsofmeasure.org","code":"a"}}}]}"#
        let years = "referenceRange.age.low.toQuantity('year')"
        #expect(try evaluate(years, on: observation) == ["18 years"])
    }

    /// The digits that are expected are those of an exact computation with 60 digits.
    @Test(
        "a power that has no room has 28 significant digits, and every one of them is right",
        arguments: [
            ("1.01.power(100)", ["2.704813829421526093267194711"]),
            ("1.01.power(-100)", ["0.3697112123291192611799634685"]),
            ("0.9938.power(60)", ["0.6885564400203582484276512431"]),
            ("1.0000000000000000000000000001.power(1000)", ["1.000000000000000000000000100"]),
            ("1.1.power(870)", ["1027155243840725311623981149247427012"]),
            ("(-1.3).power(35)", ["-9727.860425177190141745760832"]),
            ("0.9.power(1000)", ["0." + String(repeating: "0", count: 45) + "174787125172265"]),
        ]
    )
    func digitsOfPowers(_ expression: String, _ expected: [String]) throws {
        #expect(try evaluate(expression) == expected)
    }

    @Test(
        "a power that has room is exact",
        arguments: [
            ("1.10.power(2)", ["1.2100"]),
            ("2.power(126)", ["85070591730234615865843651857942052864"]),
            ("2.power(127)", []), ("1.3.power(33)", ["5756.130429098929077956071497934208653"]),
            ("0.2.power(-40)", ["9094947017729282379150390625"]), ("0.power(0)", ["1"]),
            ("0.5.power(-100)", ["1267650600228229401496703205376"]), ("7.5.power(0)", ["1"]),
            ("0.power(-1)", []), ("(-2).power(3)", ["-8"]), ("(-2).power(-1)", ["-0.5"]),
            ("0.1.power(60) = 0.1.power(30) * 0.1.power(30)", ["true"]), ("0.1.power(62)", []),
        ]
    )
    func exactPowers(_ expression: String, _ expected: [String]) throws {
        #expect(try evaluate(expression) == expected)
    }

    @Test(
        "conversions take what the specification writes",
        arguments: [
            ("'abc'.substring(1, {})", ["bc"]), ("'+-5'.convertsToDecimal()", ["false"]),
            ("'01.5'.toDecimal()", ["1.5"]), ("'-007'.toDecimal()", ["-7"]),
            ("'0.50'.toDecimal()", ["0.50"]), ("'1.'.convertsToDecimal()", ["false"]),
            ("'4days'.toQuantity()", ["4 days"]), ("'5\\'mg\\''.toQuantity()", ["5 'mg'"]),
            ("'5\\t\\'mg\\''.toQuantity()", ["5 'mg'"]), ("'5 x'.convertsToQuantity()", ["false"]),
            ("(1 day).toQuantity('hours')", ["24 hours"]), ("(1 year).toQuantity('days')", []),
        ]
    )
    func conversions(_ expression: String, _ expected: [String]) throws {
        #expect(try evaluate(expression) == expected)
    }

    @Test("choice elements that few resources have are found by their stem")
    func stems() throws {
        let order =
            #"{"resourceType":"MedicationRequest","dosageInstruction":[{"timing":{"repeat":"#
            + #"{"boundsPeriod":{"start":"2020-01-01"}}}}]}"#
        let path = "dosageInstruction.timing.repeat.bounds.start"
        #expect(try evaluate(path, on: order) == ["2020-01-01"])
        let media = #"{"resourceType":"Media","createdDateTime":"2020-01-01"}"#
        #expect(try evaluate("created", on: media) == ["2020-01-01"])
        #expect(
            try evaluate("contact.repeatAll(organization)", on: #"{"resourceType":"Patient"}"#)
                == []
        )
    }
}
