import Testing

@testable import Mapping

@Suite("Findings and the closed list of reasons")
struct FindingTests {
    @Test("The list has its twenty reasons in the order of testing")
    func order() {
        #expect(
            RejectionReason.allCases.map(\.rawValue) == [
                "subject", "type", "code", "status", "profile", "absent", "value-type",
                "unit-missing", "unit-unknown", "unit-incompatible", "not-a-number", "comparator",
                "untranslated", "no-time", "future", "stale", "recent", "implausible",
                "duplicate", "superseded",
            ]
        )
        #expect(RejectionReason.subject.rank == 0)
        #expect(RejectionReason.superseded.rank == 19)
    }

    @Test("Each reason has a finding, and no two findings share a sentence")
    func complete() {
        let reasons = Set(Finding.allCases.map(\.reason))
        #expect(reasons == Set(RejectionReason.allCases))
        #expect(Set(Finding.allCases.map(\.sentence)).count == Finding.allCases.count)
    }
}
