import Basics
import JSON
import Testing

@testable import Mapping

@Suite("The encounter in context, and records that a rule is for")
struct EncounterInContextTests {
    private static let patient = #"{"resourceType":"Patient","id":"p","birthDate":"1960-02-03"}"#

    private static let length = """
        {"name":"x","type":"quantity","unit":"d","within":"P30D","from":[
        {"resource":"Encounter","status":["finished"],"where":"$this in %stays",
        "since":"period.start","until":"period.end"}]}
        """

    /// The same of whatever stay there is.
    private static let anyLength = length.replacing(#""where":"$this in %stays","#, with: "")

    private static let variables = """
        "variables":{"all":"%resources.ofType(Encounter)",
        "stays":"iif(%encounterId.exists(), %all.where(id = %encounterId), %all)"},
        "applies":[{"when":"%stays.exists()","else":"none"}],
        """

    private static func stay(_ id: String, days: Int, _ more: String = "") throws -> String {
        let (start, end) = (try Probe.ago(days * 1_440 + 60), try Probe.ago(60))
        return Probe.resource(
            "Encounter",
            id,
            #""status":"finished","period":{"start":"\#(start)","end":"\#(end)"}\#(more)"#
        )
    }

    private static func map(
        _ profile: Profile,
        _ resources: [String],
        encounterID: String?
    ) throws -> MappingReport {
        profile.map(
            patient: try JSONDocument(parsing: patient).root,
            resources: try resources.map { try JSONDocument(parsing: $0).root },
            patientID: "p",
            encounterID: encounterID,
            now: try moment(Probe.now)
        )
    }

    @Test("decides which record is read, and the others are no doubt about it")
    func chooses() throws {
        let profile = try Probe.profile(Self.length, more: Self.variables)
        // What is wrong with the other one does not matter either.
        let broken = try Self.stay("b", days: 2).replacing("\"start\"", with: "\"begun\"")
        for other in [try Self.stay("b", days: 2), broken] {
            let report = try Self.map(
                profile,
                [try Self.stay("a", days: 5), other],
                encounterID: "a"
            )
            #expect(report.inputs[0].value?.text == "5 d")
            #expect(report.inputs[0].source?.resource == "Encounter/a")
            #expect(report.rejections.map(\.sentence) == [Finding.notMeant.sentence])
            #expect(report.rejections.map(\.resource) == ["Encounter/b"])
            #expect(report.rejections.map(\.accepted).allSatisfy { $0.contains("%stays") })
        }
        let unsent = try Self.map(profile, [broken], encounterID: "a")
        #expect(unsent.inputs[0].value == nil)
        #expect(
            unsent.applicability == .notApplicable(code: "none", rule: "%stays.exists()")
        )
    }

    @Test("is empty where the request names none")
    func isEmpty() throws {
        let profile = try Probe.profile(Self.length, more: Self.variables)
        let report = try Self.map(profile, [try Self.stay("a", days: 5)], encounterID: nil)
        #expect(report.applicability == .applies)
        #expect(report.inputs[0].value?.text == "5 d")
    }

    @Test("An answer of where that is neither yes nor no leaves the record unread")
    func undecided() throws {
        let input = Self.length.replacing("$this in %stays", with: "type.exists() or {}")
        let profile = try Probe.profile(input)
        let report = try Self.map(profile, [try Self.stay("a", days: 5)], encounterID: nil)
        #expect(report.inputs[0].value == nil)
        #expect(report.inputs[0].missingReason == .valueType)
    }

    @Test(
        "%resources holds no more than what every rule would take",
        arguments: [
            ("", true),
            (#","modifierExtension":[{"url":"u","valueBoolean":true}]"#, false),
            (#","implicitRules":"u""#, false),
        ]
    )
    func filters(more: String, isSeen: Bool) throws {
        let profile = try Probe.profile(Self.length, more: Self.variables)
        let report = try Self.map(
            profile,
            [try Self.stay("a", days: 5, more)],
            encounterID: nil
        )
        #expect((report.applicability == .applies) == isSeen)
    }

    @Test("%resources holds only what is about the patient, and what is about nobody")
    func filtersSubjects() throws {
        let rule = #""applies":[{"when":"%resources.exists()","else":"none"}],"#
        let profile = try Probe.profile(Self.anyLength, more: rule)
        func isSeen(_ resource: String) throws -> Bool {
            try Self.map(profile, [resource], encounterID: nil).applicability == .applies
        }
        let stay = try Self.stay("a", days: 5)
        #expect(try isSeen(stay))
        #expect(try isSeen(#"{"resourceType":"Organization","id":"o"}"#))
        for subject in [
            #"{"display":"x"}"#, ##"{"reference":"#p"}"##, #"{"reference":"Group/1"}"#,
            #"{"reference":"patient/p"}"#, #"{"reference":"urn:uuid:1"}"#,
        ] {
            let other = stay.replacing(#"{"reference":"Patient/p"}"#, with: subject)
            #expect(try !isSeen(other), "\(subject)")
        }
        #expect(try !isSeen(stay.replacing("\"subject\"", with: "\"_subject\"")))
    }

    @Test("Of several versions %resources holds the newest")
    func filtersVersions() throws {
        let rule = """
            "applies":[{"when":"%resources.ofType(Encounter).where(status = 'finished').exists()",
            "else":"none"}],
            """
        let profile = try Probe.profile(Self.anyLength, more: rule)
        let first = try Self.stay("a", days: 5, #","meta":{"versionId":"1"}"#)
        let second = first.replacing(#""versionId":"1""#, with: #""versionId":"2""#)
            .replacing("finished", with: "entered-in-error")
        #expect(try Self.map(profile, [first], encounterID: nil).applicability == .applies)
        #expect(try Self.map(profile, [first, second], encounterID: nil).applicability != .applies)
    }
}
