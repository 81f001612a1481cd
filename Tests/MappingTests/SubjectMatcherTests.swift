import Testing

@testable import Mapping

@Suite("Whom a resource is about")
struct SubjectMatcherTests {
    private let matcher = SubjectMatcher(
        patientID: "p1",
        fullURLs: ["urn:uuid:a", "https://ehr.example/fhir/Patient/p1"]
    )

    private func text(_ matcher: SubjectMatcher, _ reference: String) -> String {
        switch matcher.judge(text: Array(reference.utf8)[...]) {
        case .same: "same"
        case .other: "other"
        case .finding(let finding): "\(finding)"
        }
    }

    @Test(
        "A reference is judged",
        arguments: [
            ("Patient/p1", "same"), ("https://x.example/Patient/p1", "subjectUnresolved"),
            ("https://ehr.example/fhir/Patient/p1", "same"),
            ("https://ehr.example/fhir/Patient/p1/_history/3", "same"),
            ("http://ehr.example/fhir/Patient/p1", "subjectUnresolved"),
            ("../Patient/p1", "subjectUnresolved"), ("x/y/Patient/p1", "subjectUnresolved"),
            ("Patient/p1/_history/2", "same"), ("urn:uuid:a", "same"), ("urn:uuid:p1", "same"),
            ("Patient/p2", "other"), ("Patient/p11", "other"), ("Patient/P1", "other"),
            ("https://x.example/Patient/p2", "other"), ("urn:uuid:b", "other"),
            ("Group/p1", "subjectNotPatient"), ("patient/p1", "subjectNotPatient"),
            ("Patient/", "subjectUnresolved"), ("p1", "subjectUnresolved"),
            ("#p1", "subjectUnresolved"),
        ]
    )
    func judges(reference: String, answer: String) {
        #expect(text(matcher, reference) == answer)
    }

    @Test("Where no server is known, the id of an absolute reference decides")
    func anyServer() {
        for urls in [[], ["urn:uuid:a"]] {
            let matcher = SubjectMatcher(patientID: "p1", fullURLs: urls)
            #expect(text(matcher, "https://x.example/Patient/p1") == "same")
            #expect(text(matcher, "../Patient/p1") == "subjectUnresolved")
        }
    }

    @Test("Without full URLs a urn cannot be tied to anybody")
    func urnWithoutFullURLs() {
        let matcher = SubjectMatcher(patientID: "p1", fullURLs: [])
        #expect(text(matcher, "urn:uuid:b") == "subjectUnresolved")
    }
}
