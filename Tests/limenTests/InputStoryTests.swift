import Basics
import Gateway
import JSON
import Mapping
import Testing

@testable import limen

@Suite("How old a value may be, as map explain tells it")
struct InputStoryTests {
    @Test(
        "says the window of the input, and those of alternatives that have their own",
        arguments: [
            ("", ["", ""], "PT12H"), (#""within":"PT4H","#, ["", ""], "PT4H"),
            ("", ["", #","within":"P7D""#], "PT12H, P7D for alternative 1"),
            (
                #""within":"PT4H","#, [#","within":"PT1H""#, #","within":"P7D""#],
                "PT1H for alternative 0, P7D for alternative 1"
            ),
            ("", [#","within":"PT1H""#], "PT1H"),
        ]
    )
    func window(_ input: String, _ alternatives: [String], _ expected: String) throws {
        let from = alternatives.map { #"{"code":["s|a"],"path":"value.ofType(Quantity)"\#($0)}"# }
        let document = try JSONDocument(
            parsing: #"{"format":"limen-profile/1","url":"u","version":"1","status":"draft","#
                + #""model":"m","defaults":{"within":"PT12H"},"inputs":[{"name":"a","#
                + #""type":"quantity","unit":"mg/dL",\#(input)"from":["#
                + from.joined(separator: ",") + "]}]}"
        )
        let report = try Profile(parsing: document, conceptMaps: [:]).map(
            patient: nil,
            resources: [],
            patientID: "p",
            now: Instant(microseconds: 0)
        )
        let story = InputStory(
            report.inputs[0],
            in: report,
            profile: document.root,
            resources: ResourceFacts(PatientData(patientID: "p"))
        )
        #expect(story.window == expected)
    }
}
