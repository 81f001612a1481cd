import ClinicalEngine
import Foundation
import Support
import Testing

@testable import PMML

/// Exports of scikit-learn pipelines with what scikit-learn predicts; see `Tests/Peers`.
@Suite("Exports of scikit-learn")
struct ExportTests {
    private static let folder = Shared.checkout.appendingPathComponent("Tests/Cases/pmml")

    /// The names of the kept exports.
    static var names: [String] {
        let files = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
        return (files ?? []).filter { $0.hasSuffix(".pmml") }.map { String($0.dropLast(5)) }
            .sorted()
    }

    private static func bytes(_ file: String) throws -> [UInt8] {
        Array(try Data(contentsOf: folder.appendingPathComponent(file)))
    }

    /// The header and the rows of a table in which nothing is quoted.
    private static func table(_ file: String) throws -> (header: [String], rows: [[String]]) {
        let text = String(decoding: try bytes(file), as: UTF8.self)
        var lines = text.components(separatedBy: "\r\n").map { $0.components(separatedBy: ",") }
        #expect(lines.removeLast() == [""])
        let header = lines.removeFirst()
        return (header, lines)
    }

    private static func inputs(
        _ row: [String],
        _ header: [String],
        _ model: ClinicalModel
    ) -> [InputValue] {
        model.fields.map { field in
            guard let column = header.firstIndex(of: field.name), !row[column].isEmpty else {
                return .missing
            }
            guard field.kind == .continuous else { return .category(row[column]) }
            return Double(row[column]).map { .number($0) } ?? .category(row[column])
        }
    }

    /// What an evaluation holds under the name of a column.
    private static func result(
        _ name: String,
        _ evaluation: Evaluation,
        _ model: ClinicalModel
    ) -> String {
        if name == model.target {
            return evaluation.category ?? evaluation.value.map { String($0) } ?? ""
        }
        switch evaluation.outputs.first(where: { $0.name == name })?.value {
        case .number(let number): return String(number)
        case .text(let text): return text
        case .boolean(let isTrue): return String(isTrue)
        case .missing, nil: return ""
        }
    }

    private static func agree(_ expected: String, _ actual: String) -> Bool {
        if expected == actual { return true }
        guard let left = Double(expected), let right = Double(actual) else { return false }
        return abs(left - right) <= 1e-9 * max(1, abs(left))
    }

    @Test("are there")
    func present() {
        #expect(Self.names.count >= 30)
    }

    @Test("predict what scikit-learn predicts, within 1e-9", arguments: names)
    func predictions(name: String) throws {
        let model = try PMMLDocument.compile(try Self.bytes(name + ".pmml"))
        let inputs = try Self.table(name + ".inputs.csv")
        let expected = try Self.table(name + ".expected.csv")
        try #require(inputs.rows.count == expected.rows.count)
        #expect(expected.header.first == model.target)
        var scratch = model.makeScratch()
        for (position, row) in inputs.rows.enumerated() {
            let evaluation = model.evaluate(Self.inputs(row, inputs.header, model), &scratch)
            for (column, field) in expected.header.enumerated() {
                let actual = Self.result(field, evaluation, model)
                #expect(
                    Self.agree(expected.rows[position][column], actual),
                    "\(name) row \(position + 1) \(field): \(actual)"
                )
            }
            // No prediction is a refusal that names a field, never a silent blank.
            if expected.rows[position][0].isEmpty {
                #expect(evaluation.refusal?.field != nil, "\(name) row \(position + 1)")
            }
        }
    }

    @Test(
        "refuse each row from which every input is taken, or say what they did without",
        arguments: names
    )
    func nothing(name: String) throws {
        let model = try PMMLDocument.compile(try Self.bytes(name + ".pmml"))
        let evaluation = model.evaluate(
            [InputValue](repeating: .missing, count: model.fields.count)
        )
        if evaluation.status == .complete {
            #expect(!evaluation.imputed.isEmpty, "\(name) answers without saying on what ground")
        } else {
            #expect(evaluation.refusal != nil || !evaluation.missing.isEmpty)
        }
    }
}
