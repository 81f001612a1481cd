import ClinicalEngine
import Mapping
import Support
import Testing

@testable import Gateway

/// Rows of the reference tables as FHIR resources, through profile, model and cards.
@Suite(
    "The reference vectors of the scores",
    .enabled(if: Shared.isPresent, "shared suites absent: set LIMEN_SHARED")
)
struct ScoreVectorTests {
    @Test(
        "of the acute scores give the result, its parts and the card",
        arguments: ScoreVectorTable.acute
    )
    func acute(_ table: ScoreVectorTable) throws {
        let tally = try Self.run(table)
        #expect(tally == Tally(verified: table.count, unverified: 0))
    }

    /// How many rows were right.
    struct Tally: Equatable {
        var verified = 0
        /// Of the rows that say of themselves that their expectation was not verified.
        var unverified = 0
    }

    /// Runs every row of a table; what differs is an issue with the id of the row.
    static func run(_ table: ScoreVectorTable) throws -> Tally {
        let project = ProfileProject(
            name: table.profile,
            files: try GatewayFixture.files(),
            now: GatewayFixture.now
        )
        #expect(project.findings.isEmpty, "\(project.findings.map(\.text))")
        let mapping = try #require(project.mapping)
        var tally = Tally()
        for row in try table.rows() {
            let trial = ProfileTrial(
                mapping: mapping,
                loaded: project.loaded,
                services: project.services,
                data: PatientData(bundle: try table.bundle(row), patientID: "p1"),
                at: GatewayFixture.now
            )
            guard isRight(trial, table, row) else { continue }
            if row.isUnverified { tally.unverified += 1 } else { tally.verified += 1 }
        }
        return tally
    }

    private static func isRight(
        _ trial: ProfileTrial,
        _ table: ScoreVectorTable,
        _ row: ScoreVectorTable.Row
    ) -> Bool {
        let wanted = table.expected.map { $0(row) } ?? Double(row[table.result])
        let value = trial.evaluation?.value
        let isClose = zip(value, wanted).map { abs($0 - $1) <= table.tolerance } ?? false
        #expect(isClose, "\(row["id"]): \(value as Any) instead of \(wanted as Any)")
        // A trend is read from records of two times, of which each is out of the other's window.
        let refused = trial.report.rejections.filter { ![.stale, .recent].contains($0.reason) }
        #expect(refused.isEmpty, "\(row["id"]): \(refused)")
        var isRight = isClose && refused.isEmpty
        for (part, column) in table.parts {
            let points = trial.evaluation?.contributions.first { $0.name == part }?.points
            let isEqual = points != nil && points == Double(row[column])
            #expect(isEqual, "\(row["id"]) \(part): \(points as Any), not \(row[column])")
            isRight = isRight && isEqual
        }
        let cards = trial.cards.map(\.name)
        #expect(cards == [table.card(row)], "\(row["id"])")
        return isRight && cards == [table.card(row)]
    }

    /// Both values, when both are there.
    private static func zip(_ left: Double?, _ right: Double?) -> (Double, Double)? {
        guard let left, let right else { return nil }
        return (left, right)
    }
}
