import Basics
import JSON
import Testing

@testable import FHIR

@Suite("observations")
struct ObservationTests {
    static func observation(_ members: String) throws -> Observation {
        let text = #"{"resourceType":"Observation","status":"final","code":{"text":"x"}"#
        let root = try JSONDocument(parsing: text + (members.isEmpty ? "" : ",") + members + "}")
        return try #require(Observation(root.root))
    }

    @Test("other resources are none")
    func otherResources() throws {
        #expect(Observation(try JSONDocument(parsing: #"{"resourceType":"Patient"}"#).root) == nil)
        #expect(Observation(try JSONDocument(parsing: "[]").root) == nil)
        #expect(Observation(try JSONDocument(parsing: #"{"resourceType":1}"#).root) == nil)
    }

    @Test("a quantity keeps its digits, unit and comparator")
    func quantity() throws {
        let observation = try Self.observation(
            #""valueQuantity":{"value":7.10,"comparator":"<","unit":"mg","code":"mg","#
                + #""system":"http://unitsofmeasure.org"}"#
        )
        guard case .quantity(let quantity) = try observation.readValue() else {
            Issue.record("no quantity")
            return
        }
        #expect(quantity.valueText == "7.10")
        #expect(quantity.value == DecimalNumber(text: "7.1"))
        #expect(try quantity.readComparator() == .less)
        #expect(quantity.isUCUM)
        #expect(quantity.code == "mg")
    }

    @Test(
        "a value is read in every type of STU3, R4 and R5",
        arguments: [
            (#""valueString":"x""#, "string"), (#""valueBoolean":false"#, "boolean"),
            (#""valueInteger":3"#, "integer"), (#""valueCodeableConcept":{}"#, "codeableConcept"),
            (#""valueRange":{}"#, "range"), (#""valueRatio":{}"#, "ratio"),
            (#""valueSampledData":{}"#, "sampledData"), (#""valueTime":"10:00:00""#, "time"),
            (#""valueDateTime":"2024-01""#, "dateTime"), (#""valuePeriod":{}"#, "period"),
            (#""valueAttachment":{}"#, "attachment"), (#""valueReference":{}"#, "reference"),
        ]
    )
    func values(member: String, name: String) throws {
        let value = try #require(try Self.observation(member).readValue())
        #expect("\(value)".hasPrefix(name))
    }

    @Test(
        "a malformed element is a typed error with its path, never a value",
        arguments: [
            (
                #""valueQuantity":{"value":"98.6"}"#, FHIRError.Code.wrongShape,
                "valueQuantity.value"
            ),
            (#""valueQuantity":"5 mg""#, .wrongShape, "valueQuantity"),
            (
                #""valueQuantity":{"value":1,"comparator":"~"}"#, .unknownCode,
                "valueQuantity.comparator"
            ),
            (#""valueQuantity":{"value":1,"code":7}"#, .wrongShape, "valueQuantity.code"),
            (#""valueQuantity":{"value":1},"valueString":"x""#, .ambiguousChoice, "value[x]"),
            (#""valueMoney":{"value":1}"#, .unexpectedType, "valueMoney"),
            (#""valueInteger":1.5"#, .wrongShape, "valueInteger"),
            (#""valueBoolean":"true""#, .wrongShape, "valueBoolean"),
            (#""category":{"coding":[]}"#, .wrongShape, "category"),
            (#""category":[{"coding":{}}]"#, .wrongShape, "category[0].coding"),
            (#""category":[[]]"#, .wrongShape, "category[0]"),
            (#""subject":"Patient/1""#, .wrongShape, "subject"),
            (#""subject":{"reference":1}"#, .wrongShape, "subject.reference"),
            (#""issued":"2024-01-01T10:00:00""#, .zoneMissing, "issued"),
            (#""effectiveDateTime":"yesterday""#, .invalidDateTime, "effectiveDateTime"),
            (#""effectiveInstant":"2024""#, .invalidDateTime, "effectiveInstant"),
            (#""effectiveAge":{}"#, .unexpectedType, "effectiveAge"),
            (#""effectivePeriod":{"start":2024}"#, .wrongShape, "effectivePeriod.start"),
            (#""effectiveTiming":{"event":"2024"}"#, .wrongShape, "effectiveTiming.event"),
            (#""component":{}"#, .wrongShape, "component"),
            (#""component":[{}]"#, .required, "component[0].code"),
            (
                #""component":[{"code":{},"valueQuantity":{"value":"1"}}]"#, .wrongShape,
                "component[0].valueQuantity.value"
            ),
        ]
    )
    func malformed(members: String, code: FHIRError.Code, path: String) throws {
        let observation = try Self.observation(members)
        #expect(throws: FHIRError(code: code, path: path)) { try observation.check() }
    }

    @Test(
        "status and code are required",
        arguments: [
            (#"{"resourceType":"Observation","code":{}}"#, FHIRError.Code.required, "status"),
            (#"{"resourceType":"Observation","status":"final"}"#, .required, "code"),
            (#"{"resourceType":"Observation","status":"done","code":{}}"#, .unknownCode, "status"),
            (#"{"resourceType":"Observation","status":1,"code":{}}"#, .wrongShape, "status"),
            (#"{"resourceType":"Observation","status":"final","code":"x"}"#, .wrongShape, "code"),
        ]
    )
    func required(json: String, code: FHIRError.Code, path: String) throws {
        let observation = try #require(Observation(try JSONDocument(parsing: json).root))
        #expect(throws: FHIRError(code: code, path: path)) { try observation.check() }
    }

    @Test("properties of malformed elements answer nil")
    func nilProperties() throws {
        let observation = try Self.observation(
            #""category":{"coding":[]},"subject":"x","issued":5,"component":"x","method":[]"#
        )
        #expect(observation.categories.isEmpty)
        #expect(observation.subject == nil)
        #expect(observation.issued == nil)
        #expect(observation.components.isEmpty)
        #expect(observation.method == nil)
    }

    @Test(
        "the moment of a value is its instant, the end of its period or the last event",
        arguments: [
            (#""effectiveDateTime":"2024-01-01T10:00:00Z""#, "2024-01-01T10:00:00Z"),
            (#""effectiveInstant":"2024-01-01T10:00:00.000Z""#, "2024-01-01T10:00:00.000Z"),
            (#""effectivePeriod":{"start":"2024-01-01","end":"2024-01-03"}"#, "2024-01-03"),
            (#""effectivePeriod":{"start":"2024-01-01"}"#, "2024-01-01"),
            (
                #""effectiveTiming":{"event":["2024-01-02","2024-01-09","2024-01-05"]}"#,
                "2024-01-09"
            ),
        ]
    )
    func moments(member: String, moment: String) throws {
        #expect(try Self.observation(member).readEffective()?.moment?.text == moment)
    }

    @Test("STU3 names for members and encounter are understood")
    func formerNames() throws {
        let observation = try Self.observation(
            #""context":{"reference":"Encounter/1"},"related":[{"type":"has-member","#
                + #""target":{"reference":"Observation/2"}},{"type":"derived-from","#
                + #""target":{"reference":"Observation/3"}}],"#
                + #""hasMember":[{"reference":"Observation/4"}]"#
        )
        #expect(observation.encounter?.text == "Encounter/1")
        #expect(observation.members.compactMap(\.text) == ["Observation/4", "Observation/2"])
        #expect(observation.derivedFrom.compactMap(\.text) == ["Observation/3"])
    }

    @Test(
        "a coding matches by system and code, byte for byte",
        arguments: [
            ("http://loinc.org|8480-6", true), ("http://loinc.org|8480-60", false),
            ("http://loinc.org|8480", false), ("http://LOINC.org|8480-6", false),
            ("|8480-6", false), ("|local", true), ("http://loinc.org|local", false),
        ]
    )
    func tokens(text: String, isMatch: Bool) throws {
        let concept = try #require(
            CodeableConcept(
                try JSONDocument(
                    parsing: #"{"coding":[{"system":"http:\/\/loinc.org","code":"8480-6"},"#
                        + #"{"code":"local"},{"system":"x"},5]}"#
                ).root
            )
        )
        let token = try #require(CodeToken(text))
        #expect(concept.contains(token) == isMatch)
        #expect(token.text == text)
    }

    @Test("a token needs a bar and a code", arguments: ["8480-6", "http://loinc.org|", "", "|"])
    func noTokens(text: String) {
        #expect(CodeToken(text) == nil)
    }
}
