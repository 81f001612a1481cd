import Testing

@testable import CDSHooks

@Suite("Prefetch templates")
struct PrefetchTemplateTests {
    static let facts = HookService.ProfileFacts(
        queries: [
            .init(
                resource: "Observation",
                codes: ["http://loinc.org|82810-3"],
                windowSeconds: 300 * 86_400,
                feeds: ["pregnant"],
                isRequired: false
            ),
            .init(
                resource: "Observation",
                codes: ["http://loinc.org|8867-4", "urn:x y|a&b"],
                windowSeconds: 43_200,
                feeds: ["pulse"],
                isRequired: true
            ),
        ],
        inputNames: ["pulse"]
    )

    @Test("are generated for each window, the freshest first")
    func generated() {
        let templates = PrefetchTemplate.generated(for: Self.facts)
        #expect(templates.map(\.key) == ["patient", "observations", "observationsP300D"])
        #expect(templates.map(\.isRequired) == [true, true, false])
        #expect(templates[0].text == "Patient/{{context.patientId}}")
        #expect(
            templates[1].text
                == "Observation?patient={{context.patientId}}"
                + "&code=http://loinc.org%7C8867-4,urn:x%20y%7Ca%26b&_sort=-date&_count=500"
        )
        for template in templates {
            #expect(template.fault(contextNames: ["userId", "patientId", "encounterId"]) == nil)
        }
    }

    @Test(
        "written by hand keep to CDS Hooks 2.0",
        arguments: [
            ("Patient/{{context.patientId}}", true),
            ("Observation?patient={{context.patientId}}&date=ge2020-01-01", true),
            ("{{context.userId}}", false),
            ("Practitioner/{{userPractitionerId}}", true),
            ("Observation?patient={{context.patientId}}&code:in=http://v", true),
            ("Observation?patient={{context.patientId}}&code:not=x", false),
            ("Observation?patient={{context.patientId", false),
            ("Observation?patient={{context.draftOrders}}", false),
            ("Observation?date=ge{{today() - 90 days}}", false),
            ("Observation?subject.name=x", false),
            ("Observation?_include=Observation:subject", false),
            ("Observation?patient", false),
            ("observation?patient=1", false),
            ("Observation?patient={{context.patientId}}&x=a b", false),
        ]
    )
    func handWritten(_ text: String, _ isAllowed: Bool) {
        let names = HookDefinition.named("patient-view").tokenNames
        let template = PrefetchTemplate(key: "k", text: text, feeds: [])
        #expect((template.fault(contextNames: names) == nil) == isAllowed)
    }

    @Test(
        "for clients of 3.0-ballot keep to simple FHIRPath",
        arguments: [
            ("Observation?patient={{context.patientId}}&date=ge{{today() - 90 days}}", true),
            ("Observation?date=ge{{today()}}", true),
            ("Observation?date=le{{ today() + 1 month }}", true),
            ("Observation?patient={{%patient.id}}", true),
            ("Encounter/{{%patient.contact.organization.resolve().id}}", true),
            ("Condition?code={{%patient.extension.value.ofType(Coding).code}}", true),
            ("Practitioner/{{userPractitionerId|%patient.id}}", true),
            ("Observation?patient={{%later.id}}", false),
            ("Observation?patient={{%patient.id", false),
            ("Observation?patient={{context.draftOrders}}", false),
            ("Observation?date=ge{{now()}}", false),
            ("Observation?date=ge{{today() - x days}}", false),
            ("Observation?date=ge{{today() - 90 fortnights}}", false),
            ("Observation?date=ge{{today() 90 days}}", false),
            ("Observation?code={{%patient.name.where(use='official').family}}", false),
            ("Observation?code={{%patient.name[0].family}}", false),
            ("Observation?code={{%patient..id}}", false),
            ("Observation?code={{%patient.ofType()}}", false),
            ("Observation?code={{%patient.resolve(x)}}", false),
            ("Observation?code={{}}", false),
            ("Observation?code={{|}}", false),
            ("Observation?x=a b", false),
            ("Observation?code:not={{today()}}", false),
            ("observation/{{context.patientId}}", false),
        ]
    )
    func paths(_ text: String, _ isAllowed: Bool) {
        let fault = PrefetchTemplate.pathFault(
            text,
            contextNames: ["userId", "patientId"],
            earlierKeys: ["patient"]
        )
        #expect((fault == nil) == isAllowed, "\(fault ?? "")")
    }
}
