import Foundation
import HTTPMessages
import JSON
import Support
import Testing

/// Real-looking data and real messages: none may end in a 5xx or in silence.
@Suite(
    "Real data over HTTP",
    .enabled(if: LiveGateway.isPresent, LiveGateway.absence),
    .enabled(if: Shared.isPresent, "shared suites absent: set LIMEN_SHARED")
)
struct RealDataTests {
    @Test(
        "Every file of the sample data gives cards or a named reason",
        arguments: ["news2", "qsofa"]
    )
    func sampleData(service: String) throws {
        let folder = Shared.url("data").path
        let run = try LiveGateway.run(["hook", "fire", service, "--bundle", folder, "--json"])
        #expect(run.exitCode == 0 || LiveGateway.isWatched, "\(run.error)")
        let table = try JSONDocument(parsing: run.output).root
        var fileCount = 0
        for row in table.elements {
            fileCount += row["files"]?.integerValue ?? 0
            for (name, _) in row["outcomes"]?.members.map({ $0 }) ?? [] {
                let outcome = name.stringValue ?? ""
                // Under a sanitizer a call may miss its deadline.
                let isLate = LiveGateway.isWatched && outcome == "503 LIMEN-GATE-012"
                #expect(!outcome.hasPrefix("5") || isLate)
                // An answer without a card must name its reason.
                #expect(outcome != "no cards")
                #expect(!outcome.hasSuffix(" "), "an outcome has no reason code")
            }
        }
        #expect(fileCount >= 90)
    }

    @Test("Every message of the CDS Hooks cases is served or answered with a reason")
    func messages() throws {
        let folder = "conformance/cds-hooks-validator/cases"
        var count = 0
        for name in try Shared.names(inFolder: folder) where name.contains("-request-") {
            let bytes = try Shared.bytes(folder + "/" + name)
            for service in ["news2", "qsofa"] {
                let response = try LiveGateway.send("POST", "/cds-services/" + service, body: bytes)
                #expect(response.status < 500, "\(name)")
                let root = try JSONDocument(parsing: response.body).root
                if response.status == 200 {
                    #expect(root["cards"]?.kind == .array, "\(name)")
                } else {
                    #expect(root["resourceType"]?.stringValue == "OperationOutcome", "\(name)")
                    let issue = root["issue"]?.elements.first { _ in true }
                    #expect(issue?["details"] != nil, "\(name)")
                }
                count += 1
            }
        }
        #expect(count == 18)
    }
}
