import Basics
import Testing

@testable import CDSHooks

@Suite("A moment that somebody asks for")
struct AskedMomentTests {
    @Test(
        "is a time as it is written, the beginning of a day, or the end of one",
        arguments: [
            ("2026-05-04", "Z", false, "2026-05-04T00:00:00Z"),
            ("2026-05-04", "Z", true, "2026-05-05T00:00:00Z"),
            ("2026-05-04", "+02:00", false, "2026-05-03T22:00:00Z"),
            ("2026-05-04", "+02:00", true, "2026-05-04T22:00:00Z"),
            ("2026-12-31", "-05:30", true, "2027-01-01T05:30:00Z"),
            ("2028-02-28", "Z", true, "2028-02-29T00:00:00Z"),
            ("2026-05-04T10:00:00+02:00", nil, true, "2026-05-04T08:00:00Z"),
            ("2026-05-04T10:00:00+02:00", "-05:00", false, "2026-05-04T08:00:00Z"),
        ] as [(String, String?, Bool, String)]
    )
    func moments(text: String, zone: String?, isEnd: Bool, meant: String) throws {
        let moment = try AskedMoment.read(text, zone: zone, isEnd: isEnd)
        #expect(moment == Instant(rfc3339: meant))
    }

    @Test("is no date without a zone", arguments: [true, false])
    func zoneMissing(isEnd: Bool) {
        #expect(throws: AskedMoment.Fault.zoneMissing) {
            _ = try AskedMoment.read("2026-05-04", zone: nil, isEnd: isEnd)
        }
    }

    @Test(
        "is nothing else",
        arguments: [
            ("2026-02-30", "Z"), ("2026-05-04", "CET"), ("2026-05-04", " 02:00"),
            ("2026-05-04", ""), ("2026-05-04T00:00:00", "Z"), ("yesterday!", nil), ("", "Z"),
        ] as [(String, String?)]
    )
    func malformed(text: String, zone: String?) {
        #expect(throws: AskedMoment.Fault.malformed) {
            _ = try AskedMoment.read(text, zone: zone, isEnd: true)
        }
    }
}

@Suite("What somebody means who names a user")
struct UserReferenceTests {
    @Test("An id alone stands for itself and for a user of each type that a hook may name")
    func ids() throws {
        let texts = try #require(UserReference.candidates("abc.1"))
        #expect(texts.first == "abc.1")
        for type in ["Practitioner", "PractitionerRole", "Patient", "RelatedPerson"] {
            #expect(texts.contains(type + "/abc.1"))
        }
    }

    @Test(
        "A reference and an absolute URL stand for themselves alone",
        arguments: [
            "Practitioner/abc", "PractitionerRole/r-1", "https://ehr.example/fhir/Practitioner/1",
            "urn:uuid:018f0000-0000-7000-8000-000000000000",
        ]
    )
    func references(text: String) {
        #expect(UserReference.candidates(text) == [text])
    }

    @Test(
        "What can name nobody is refused",
        arguments: [
            "practitioner/abc", "Practitoner/abc", "Practitioner/", "/abc", "Practitioner/a b",
            "Practitioner/a/b", "a b", "", "Observation/1", "Practitioner|abc",
        ]
    )
    func refused(text: String) {
        #expect(UserReference.candidates(text) == nil)
    }
}
