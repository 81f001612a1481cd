import Gateway
import JSON
import Mapping

/// What the golden cases of a profile exercise, and above all what they do not.
///
/// A rule counts as exercised when it gave a value, a row of a ConceptMap when it translated one,
/// a reason when a rejection or a missing input had it.
struct CaseExercise {
    private let name: String
    private var caseCount = 0
    private var rules: [String] = []
    private var rows: [String] = []
    private var usedRules: Set<String> = []
    private var usedRows: Set<String> = []
    private var usedReasons: Set<RejectionReason> = []

    /// Runs the cases of a profile.
    ///
    /// - Throws: `CommandError` when a file of cases cannot be read.
    init(_ folder: ProfileFolder) throws(CommandError) {
        name = folder.name
        listRules(folder)
        let known = ProfileFolder.knownName(folder.path, folder.files)
        let suite = GoldenSuite(
            profile: known,
            files: Dictionary(
                uniqueKeysWithValues: folder.files.map {
                    ("Profiles/" + known + "/" + $0, $1)
                }
            )
        )
        if let finding = suite.findings.first { throw CommandError(.badInput, finding.text) }
        for golden in suite.cases {
            let report = folder.profile.map(
                patient: golden.data.patient,
                resources: golden.data.resources,
                patientID: golden.data.patientID,
                patientFullURLs: golden.data.patientFullURLs,
                encounterID: golden.data.encounterID,
                now: golden.moment
            )
            caseCount += 1
            take(report, folder)
        }
    }

    private mutating func listRules(_ folder: ProfileFolder) {
        var files: [String] = []
        for kind in ["inputs", "facts"] {
            for input in folder.document.root[kind]?.elements.map({ $0 }) ?? [] {
                let inputName = input["name"]?.stringValue ?? ""
                for (position, rule) in (input["from"]?.elements.map { $0 } ?? []).enumerated() {
                    rules.append("\(inputName) rule \(position)")
                    guard let file = rule["conceptMap"]?.stringValue else { continue }
                    if !files.contains(file) { files.append(file) }
                }
            }
        }
        for file in files {
            for group in folder.conceptMaps[file]?.root["group"]?.elements.map({ $0 }) ?? [] {
                let system = group["source"]?.stringValue ?? ""
                for element in group["element"]?.elements.map({ $0 }) ?? [] {
                    let code = element["code"]?.stringValue ?? ""
                    rows.append(Self.row(file, system + "|" + code))
                }
            }
        }
    }

    private static func row(_ file: String, _ token: String) -> String { file + " " + token }

    private mutating func take(_ report: MappingReport, _ folder: ProfileFolder) {
        for input in report.inputs + report.facts {
            if let reason = input.missingReason { usedReasons.insert(reason) }
            guard let rule = input.rule else { continue }
            usedRules.insert("\(input.name) rule \(rule)")
            guard let conversion = input.conversion,
                let json = Self.rule(rule, of: input.name, in: folder.document.root),
                let file = json["conceptMap"]?.stringValue
            else { continue }
            let system = json["textSystem"]?.stringValue ?? ""
            let token =
                conversion.originalUnit == "text"
                ? system + "|" + conversion.originalText : conversion.originalUnit
            usedRows.insert(Self.row(file, token))
        }
        usedReasons.formUnion(report.rejections.map(\.reason))
        if report.unaskedCount > 0 { usedReasons.insert(.code) }
    }

    private static func rule(_ index: Int, of name: String, in root: JSONValue) -> JSONValue? {
        for kind in ["inputs", "facts"] {
            for input in root[kind]?.elements.map({ $0 }) ?? []
            where input["name"]?.isString(name) ?? false {
                let rules = input["from"]?.elements.map { $0 } ?? []
                return rules.indices.contains(index) ? rules[index] : nil
            }
        }
        return nil
    }

    private var unusedReasons: [String] {
        RejectionReason.allCases.filter { !usedReasons.contains($0) }.map(\.rawValue)
    }

    /// The lines for a reader.
    var lines: [String] {
        var lines = ["\(name)  \(caseCount) golden cases"]
        let groups = [
            ("rules", rules, rules.filter { !usedRules.contains($0) }),
            ("ConceptMap rows", rows, rows.filter { !usedRows.contains($0) }),
            ("reasons", RejectionReason.allCases.map(\.rawValue), unusedReasons),
        ]
        for (title, all, unused) in groups {
            lines.append("  \(all.count - unused.count) of \(all.count) \(title) exercised")
            lines += unused.map { "    never: " + $0.printable }
        }
        return lines
    }

    /// Writes what is not exercised as JSON.
    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("profile", name)
        writer.member("cases", caseCount)
        let groups = [
            ("rules", rules.count, rules.filter { !usedRules.contains($0) }),
            ("rows", rows.count, rows.filter { !usedRows.contains($0) }),
            ("reasons", RejectionReason.allCases.count, unusedReasons),
        ]
        for (title, count, unused) in groups {
            writer.name(title)
            writer.beginObject()
            writer.member("all", count)
            writer.name("never")
            writer.beginArray()
            for text in unused { writer.value(text) }
            writer.endArray()
            writer.endObject()
        }
        writer.endObject()
    }
}
