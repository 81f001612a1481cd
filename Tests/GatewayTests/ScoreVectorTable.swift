import JSON
import Support
import Testing

/// One table of reference vectors, and how a row of it becomes resources and expectations.
struct ScoreVectorTable: Sendable, CustomTestStringConvertible {
    /// The file under `models-reference`.
    let file: String
    /// The folder of `Profiles/`, and the service.
    let profile: String
    /// How many rows the file has.
    let count: Int
    /// The column of the result.
    var result = "total"
    /// The column of the points of each part, by the name of the part in the model.
    var parts: [String: String] = [:]
    /// How far the result may lie from the column, for results that are no sums.
    var tolerance = 0.0
    /// The card that the row must give.
    var card: @Sendable (Row) -> String
    /// The result, when no column holds it as it is.
    var expected: (@Sendable (Row) -> Double?)?
    /// The date of birth; the moment of evaluation is 2026-05-04T10:00:00Z.
    var birthDate: @Sendable (Row) -> String = { _ in "1960-01-01" }
    /// More members of the Patient as JSON text, such as `,"gender":"male"`.
    var patient: @Sendable (Row) -> String = { _ in "" }
    /// The resources beside the Patient.
    let resources: @Sendable (Row) -> [String]

    var testDescription: String { file }

    /// A row by the names of its columns.
    struct Row: Sendable {
        let cells: [String: String]

        subscript(_ column: String) -> String { cells[column] ?? "" }

        /// Whether the row says of itself that its expectation was not verified.
        var isUnverified: Bool { self["basis"].contains("unverified") }
    }

    /// The rows of the file; a cell in quotes may hold commas.
    func rows() throws -> [Row] {
        let lines = try Shared.lines("models-reference/" + file).map(Self.cells)
        return lines.dropFirst().map { line in
            Row(cells: Dictionary(zip(lines[0], line), uniquingKeysWith: { first, _ in first }))
        }
    }

    private static func cells(_ line: String) -> [String] {
        var cells = [""]
        var isQuoted = false
        for character in line {
            switch character {
            case "\"": isQuoted.toggle()
            case "," where !isQuoted: cells.append("")
            default: cells[cells.count - 1].append(character)
            }
        }
        return cells
    }

    /// The Bundle of a row.
    func bundle(_ row: Row) throws -> JSONValue {
        let entries = resources(row).map { #",{"resource":\#($0)}"# }.joined()
        let text =
            #"{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"#
            + #""resourceType":"Patient","id":"p1","birthDate":"\#(birthDate(row))"\#(patient(row))}}"#
            + entries + "]}"
        return try JSONDocument(parsing: text).root
    }

    // MARK: Resources

    /// An Observation with a quantity under a LOINC code.
    static func quantity(_ id: String, _ loinc: String, _ value: String, _ unit: String) -> String {
        HookBody.quantity(id, loinc: loinc, value, unit)
    }

    /// An Observation with a boolean under a code of this project.
    static func flag(_ id: String, _ code: String, _ value: String) -> String {
        HookBody.coded(
            id,
            system: "http://limen.example/codes",
            code,
            value: #","valueBoolean":\#(value)"#
        )
    }

    /// An infusion that goes on.
    static func infusion(_ id: String, rxNorm: String, _ rate: String) -> String {
        #"{"resourceType":"MedicationAdministration","id":"\#(id)","status":"in-progress","#
            + #""medicationCodeableConcept":{"coding":[{"system":"#
            + #""http://www.nlm.nih.gov/research/umls/rxnorm","code":"\#(rxNorm)"}]},"#
            + #""subject":{"reference":"Patient/p1"},"#
            + #""effectivePeriod":{"start":"2026-05-04T06:00:00Z"},"dosage":{"rateQuantity":{"#
            + #""value":\#(rate),"system":"http://unitsofmeasure.org","code":"ug/kg/min"}}}"#
    }
}
