import Audit
import Gateway
import Testing

@Suite("Who is meant by the name of a patient")
struct PatientNameTests {
    private static let digits = String(repeating: "0a", count: 32)

    private func asked(_ text: String) throws -> AuditFilter {
        var filter = AuditFilter()
        try #require(PatientName(text)).ask(&filter, epoch: 2) { [Array($0.utf8), [2]] }
        return filter
    }

    @Test("An id is asked for by its keyed pseudonyms, with its type or without")
    func ids() throws {
        for text in ["p1", "Patient/p1"] {
            let filter = try asked(text)
            #expect(filter.patientPseudonyms == [Array("Patient/p1".utf8), [2]])
            #expect(filter.patientGiven == nil)
            #expect(filter.named?.pseudonym == [2])
            #expect(filter.named?.epoch == 2)
        }
    }

    @Test("64 hexadecimal digits are a pseudonym and an id: both are asked for")
    func digitsAlone() throws {
        let given = [UInt8](repeating: 10, count: 32)
        var filter = try asked(Self.digits)
        #expect(
            filter.patientPseudonyms == [given, Array("Patient/\(Self.digits)".utf8), [2]]
        )
        #expect(filter.named?.pseudonym == [2])
        filter.isGivenKnown = true
        #expect(filter.named?.pseudonym == given)
        #expect(filter.named?.epoch == nil)
        #expect(PatientName(Self.digits)?.isAmbiguous == true)
    }

    @Test("Who says which gets that alone")
    func said() throws {
        #expect(try asked("Patient/" + Self.digits).patientGiven == nil)
        let filter = try asked("pseudonym:" + Self.digits)
        #expect(filter.patientPseudonyms == [[UInt8](repeating: 10, count: 32)])
        #expect(filter.named == nil, "nobody knows yet that it is one")
        #expect(PatientName("Patient/" + Self.digits)?.isAmbiguous == false)
        #expect(PatientName("pseudonym:" + Self.digits)?.isAmbiguous == false)
    }

    @Test(
        "A text that names nobody is nobody's name",
        arguments: ["", "a/b/c", "a b", "Patient/", "pseudonym:", "pseudonym:0a", "é"]
    )
    func nobody(text: String) {
        #expect(PatientName(text) == nil)
    }

    @Test(
        "A reason names a patient whose id it holds; a short id where it stands alone",
        arguments: [
            ("limen-example", "complaint of LIMEN-example", true),
            ("Patient/limen-example", "for limen-example.", true),
            ("limen-example", "a complaint", false), ("17", "complaint 2026-17", false),
            ("17", "about 17.", true), ("p1", "step1", false), ("p1", "of p1, again", true),
        ]
    )
    func reasons(patient: String, reason: String, isNamed: Bool) {
        #expect(PatientName(patient)?.isNamed(in: reason) == isNamed)
    }
}
