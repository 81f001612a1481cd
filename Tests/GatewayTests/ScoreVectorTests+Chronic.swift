import ClinicalEngine
import Mapping
import Support
import Testing

@testable import Gateway

extension ScoreVectorTests {
    @Test(
        "of the chronic scores give the result, its outputs and the card",
        arguments: ScoreVectorTable.chronic
    )
    func chronic(_ table: ScoreVectorTable) throws {
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
            let differences = try Self.differences(trial, table, row)
            #expect(differences.isEmpty, "\(row["id"]): \(differences)")
            guard differences.isEmpty else { continue }
            if row.isUnverified { tally.unverified += 1 } else { tally.verified += 1 }
        }
        // The rows of MELD say of themselves that not all coefficients were verified.
        let isUnverified = table.file == "meld_vectors.csv"
        #expect(tally.verified == (isUnverified ? 0 : table.count))
        #expect(tally.unverified == (isUnverified ? table.count : 0))
    }

    /// What a row gives otherwise than it should, in words.
    private static func differences(
        _ trial: ProfileTrial,
        _ table: ScoreVectorTable,
        _ row: ScoreVectorTable.Row
    ) throws -> [String] {
        var differences: [String] = []
        let evaluation = try #require(trial.evaluation)
        let wanted = try #require(Double(row[table.result]))
        if !(abs((evaluation.value ?? .nan) - wanted) <= table.tolerance) {
            differences.append("\(evaluation.value as Any) instead of \(wanted)")
        }
        for input in trial.report.inputs where input.value == nil {
            differences.append("\(input.name) is missing")
        }
        // An earlier stay is too old for what is read of the current one, and nothing else is.
        for rejection in trial.report.rejections where rejection.reason != .stale {
            differences.append("\(rejection.resource) \(rejection.reason)")
        }
        for (part, column) in table.parts {
            let points = evaluation.contributions.first { $0.name == part }?.points
            if points == nil || points != Double(row[column]) {
                differences.append("\(part): \(points as Any), not \(row[column])")
            }
        }
        for (name, column) in outputs[table.profile] ?? [:] {
            let value = evaluation.outputs.first { $0.name == name }?.value
            let isEqual =
                switch value {
                case .number(let number): number == Double(row[column])
                case .text(let text): text == row[column]
                case .boolean, .missing, nil: false
                }
            if !isEqual { differences.append("\(name): \(value as Any), not \(row[column])") }
        }
        if trial.cards.map(\.name) != [table.card(row)] {
            differences.append("cards \(trial.cards.map(\.name)), not \(table.card(row))")
        }
        return differences
    }

    /// The columns of the outputs beside the result, by profile and output.
    private static let outputs = [
        "egfr-ckd-epi-2021": ["rounded": "egfr_rounded", "stage": "kdigo_stage_from_exact"],
        "hospital": ["total2013": "total_2013"],
    ]
}
