import Foundation
import Support
import Testing

/// What the scripts around the measurements make of figures: verdicts, tables, charts.
@Suite("Reports of the measurements")
struct MeasurementReportTests {
    private static let python = "/usr/bin/python3"

    @Test(
        "the scripts judge, tabulate and draw figures that were made up as they should",
        .enabled(if: FileManager.default.isExecutableFile(atPath: python), "needs python3")
    )
    func scripts() throws {
        let process = Process()
        process.executableURL = URL(filePath: Self.python)
        process.arguments = ["-B", "-m", "unittest", "discover", "-s", "Tests/Peers"]
        process.currentDirectoryURL = Shared.checkout
        let pipe = Pipe()
        process.standardError = pipe
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(text)")
        let count = text.split(separator: "\n").first { $0.hasPrefix("Ran ") }?.split(
            separator: " "
        )
        // A run that finds no tests ends well too.
        #expect((count?.dropFirst().first.flatMap { Int($0) } ?? 0) >= 20, "\(text)")
    }
}
