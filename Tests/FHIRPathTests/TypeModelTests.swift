import Basics
import JSON
import Testing

@testable import FHIRPath

@Suite("what is known of FHIR types")
struct TypeModelTests {
    @Test(
        "no value of a choice hides another, and none is hidden by null",
        arguments: [
            (#""deceasedBoolean":null,"deceasedDateTime":"2025""#, "deceased", ["2025"]),
            (#""deceasedDateTime":null,"deceasedBoolean":true"#, "deceased", ["true"]),
            (#""deceasedBoolean":false,"deceasedDateTime":"2025""#, "deceased", ["false", "2025"]),
            (#""deceasedBoolean":null"#, "deceased", []),
            (#""deceasedBoolean":null"#, "deceased.exists()", ["false"]),
            (
                #""deceasedBoolean":null,"_deceasedDateTime":{"extension":[{"url":"u"}]}"#,
                "deceased.extension.url", ["u"]
            ),
            (#""deceasedOther":1,"deceasedBoolean":true"#, "deceased", ["true"]),
        ]
    )
    func choices(_ members: String, _ expression: String, _ expected: [String]) throws {
        let json = #"{"resourceType":"Patient",\#(members)}"#
        #expect(try evaluate(expression, on: json) == expected)
    }

    @Test(
        "an element of a resource has its R4 type",
        arguments: [
            ("Condition", #""recordedDate":"2020-01-02""#, "recordedDate", "dateTime"),
            ("Condition", #""onsetAge":{"value":4}"#, "onset", "Age"),
            ("Encounter", #""class":{"code":"IMP"}"#, "class", "Coding"),
            ("Encounter", #""length":{"value":4}"#, "length", "Duration"),
            ("Procedure", #""performedPeriod":{}"#, "performed", "Period"),
            ("MedicationRequest", #""authoredOn":"2020""#, "authoredOn", "dateTime"),
            ("MedicationRequest", #""medicationReference":{}"#, "medication", "Reference"),
            ("MedicationStatement", #""effectiveDateTime":"2020""#, "effective", "dateTime"),
            (
                "MedicationAdministration", #""dosage":{"dose":{"value":1}}"#, "dosage.dose",
                "Quantity"
            ),
            ("MedicationDispense", #""whenHandedOver":"2020""#, "whenHandedOver", "dateTime"),
            ("Medication", #""batch":{"lotNumber":"1"}"#, "batch.lotNumber", "string"),
            (
                "AllergyIntolerance", #""reaction":[{"severity":"mild"}]"#, "reaction.severity",
                "code"
            ),
            ("DiagnosticReport", #""issued":"2020-01-01T00:00:00Z""#, "issued", "instant"),
            ("ServiceRequest", #""quantityRange":{}"#, "quantity", "Range"),
            ("Immunization", #""occurrenceDateTime":"2020""#, "occurrence", "dateTime"),
            ("Immunization", #""expirationDate":"2020-01-01""#, "expirationDate", "date"),
            (
                "Practitioner", #""qualification":[{"period":{}}]"#, "qualification.period",
                "Period"
            ),
            ("PractitionerRole", #""practitioner":{}"#, "practitioner", "Reference"),
            ("Organization", #""contact":[{"name":{}}]"#, "contact.name", "HumanName"),
            ("Location", #""position":{"latitude":1.5}"#, "position.latitude", "decimal"),
            ("Device", #""manufactureDate":"2020""#, "manufactureDate", "dateTime"),
            (
                "Questionnaire", #""item":[{"item":[{"linkId":"1"}]}]"#, "item.item.linkId",
                "string"
            ),
            (
                "Questionnaire", #""item":[{"enableWhen":[{"answerCoding":{}}]}]"#,
                "item.enableWhen.answer", "Coding"
            ),
            (
                "QuestionnaireResponse", #""item":[{"answer":[{"valueDate":"2020"}]}]"#,
                "item.answer.value", "date"
            ),
            (
                "CarePlan", #""activity":[{"detail":{"scheduledTiming":{}}}]"#,
                "activity.detail.scheduled", "Timing"
            ),
            ("Goal", #""target":[{"dueDate":"2020"}]"#, "target.due", "date"),
            (
                "Specimen", #""collection":{"collectedDateTime":"2020"}"#, "collection.collected",
                "dateTime"
            ),
            (
                "DocumentReference", #""content":[{"attachment":{"url":"x"}}]"#,
                "content.attachment.url", "url"
            ),
            (
                "Appointment", #""participant":[{"status":"accepted"}]"#, "participant.status",
                "code"
            ),
            ("Task", #""input":[{"valueUrl":"x"}]"#, "input.value", "url"),
            (
                "NutritionOrder", #""oralDiet":{"nutrient":[{"amount":{}}]}"#,
                "oralDiet.nutrient.amount", "Quantity"
            ),
            ("DeviceRequest", #""codeCodeableConcept":{}"#, "code", "CodeableConcept"),
            ("RelatedPerson", #""patient":{}"#, "patient", "Reference"),
            ("Coverage", #""period":{}"#, "period", "Period"),
            ("List", #""entry":[{"item":{}}]"#, "entry.item", "Reference"),
            (
                "Parameters", #""parameter":[{"part":[{"valueId":"x"}]}]"#, "parameter.part.value",
                "id"
            ),
            ("OperationOutcome", #""issue":[{"code":"x"}]"#, "issue.code", "code"),
            (
                "ValueSet", #""compose":{"include":[{"concept":[{"code":"x"}]}]}"#,
                "compose.include.concept.code", "code"
            ),
            (
                "CodeSystem", #""concept":[{"property":[{"valueBoolean":true}]}]"#,
                "concept.property.value", "boolean"
            ),
            (
                "ConceptMap", #""group":[{"element":[{"target":[{"code":"x"}]}]}]"#,
                "group.element.target.code", "code"
            ),
            (
                "StructureDefinition", #""snapshot":{"element":[{"min":0}]}"#,
                "snapshot.element.min", "unsignedInt"
            ),
            (
                "Bundle", #""entry":[{"resource":{"resourceType":"Device"}}]"#, "entry.resource",
                "Device"
            ),
        ]
    )
    func types(resource: String, body: String, path: String, type: String) throws {
        let json = #"{"resourceType":"\#(resource)",\#(body)}"#
        #expect(try evaluate(path + ".type().name", on: json) == [type])
        #expect(try evaluate(path + " is FHIR." + type, on: json) == ["true"])
    }

    @Test("a choice is found without its type, and its path names it without")
    func choices() throws {
        let json = #"{"resourceType":"Condition","onsetString":"x","abatementBoolean":true}"#
        #expect(try evaluate("onset | abatement", on: json) == ["x", "true"])
        #expect(try evaluate("onset.ofType(string)", on: json) == ["x"])
        #expect(try evaluate("onset.ofType(Period)", on: json) == [])
    }

    @Test("an element whose type the versions differ in is checked for nothing")
    func varying() throws {
        let json = #"{"resourceType":"Encounter","class":[{"coding":[{"code":"IMP"}]}]}"#
        let text = "Encounter.class.coding.code"
        _ = try FHIRPathExpression(
            parsing: text,
            allowedVariables: nil,
            rootType: "Encounter"
        )
        #expect(try evaluate(text, on: json) == ["IMP"])
    }

    @Test("a resource type that nobody knows is evaluated by its JSON alone")
    func unknown() throws {
        let json = #"{"resourceType":"Whatever","a":{"b":[1,2]},"valueString":"x"}"#
        #expect(try evaluate("a.b", on: json) == ["1", "2"])
        #expect(try evaluate("value", on: json) == ["x"])
        #expect(try evaluate("Whatever.a.b.count()", on: json) == ["2"])
    }

    @Test(
        "a path that its type cannot have is refused before it is run",
        arguments: [
            ("Patient.nam", "Patient", 8), ("name.givn", "Patient", 5),
            ("Encounter.status", "Patient", 0), ("Observation.valueQuantity", "Observation", 12),
            ("name.where(use1 = 'x')", "Patient", 11), ("subject.refrence", "Condition", 8),
            ("contact.name.first().famly", "Patient", 21),
        ]
    )
    func refused(text: String, type: String, offset: Int) {
        #expect(throws: FHIRPathError(code: .unknownElement, offset: offset)) {
            try FHIRPathExpression(parsing: text, allowedVariables: nil, rootType: type)
        }
    }

    @Test(
        "a union of search paths may begin with other types, which then find nothing",
        arguments: [
            "Patient.birthDate | Person.birthDate | RelatedPerson.birthDate",
            "(Condition.code as CodeableConcept) | Patient.birthDate",
        ]
    )
    func foreign(text: String) throws {
        _ = try FHIRPathExpression(parsing: text, allowedVariables: nil, rootType: "Patient")
        let json = #"{"resourceType":"Patient","birthDate":"1974-12-25"}"#
        #expect(try evaluate(text, on: json) == ["1974-12-25"])
    }
}
