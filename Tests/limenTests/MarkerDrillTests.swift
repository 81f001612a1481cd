import Foundation
import Support
import Testing

/// Markers in every kind of request, and a search through every place they must not be.
@Suite(
    "limen drill markers",
    .enabled(if: BuiltProgram.isPresent, "no built program"),
    .enabled(if: ClusterPrograms.arePresent, "no PostgreSQL programs: install postgresql")
)
struct MarkerDrillTests {
    @Test("A short run finds no marker anywhere, and its control finds one in every place")
    func smoke() throws {
        let run = try BuiltProgram.run(
            ["drill", "markers", "--count", "60", "--seed", "7"],
            home: Shared.checkout
        )
        #expect(run.exitCode == 0, "\(run.output) \(run.error)")
        #expect(run.output.contains("files with one       none"))
        #expect(run.output.contains("places not searched  none"))
        #expect(run.output.contains("no marker left the sealed columns"))
    }
}
