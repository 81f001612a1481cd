import Basics
import Gateway
import JSON
import Mapping

/// What two versions of a profile make of the same patients.
///
///     12 of 44 patients change: 3 card, 3 score, 12 value
///       temperature  value 12
///     export/Observation.ndjson:17  patient 123
///       score        6              7
///       temperature  38.4 Cel       38.5 Cel
struct DiffReport {
    private let sides: ProfileSides
    private let moment: EvaluationMoment
    private(set) var patientCount = 0
    /// How many patients change in any way.
    private(set) var changedCount = 0
    private var changes: [PatientChange] = []
    private var kinds: [PatientChange.Kind: Int] = [:]
    private var byName: [String: [PatientChange.Kind: Int]] = [:]
    /// Changes of the score and of the card, by what they were and became.
    private var transitions = CodeCounter()
    private var files: DataFiles?
    private var problems: [DataProblem] = []
    private var problemCount = 0

    init(_ sides: ProfileSides, moment: EvaluationMoment) {
        self.sides = sides
        self.moment = moment
    }

    /// Compares what both versions make of a patient.
    mutating func add(_ record: PatientRecord) {
        patientCount += 1
        let now = moment.moment(for: record)
        let old = Self.trial(sides.old, record, now)
        let new = Self.trial(sides.new, record, now)
        guard let old, let new, let change = PatientChange(record, old: old, new: new) else {
            return
        }
        changedCount += 1
        for kind in Set(change.items.map(\.kind)) { kinds[kind, default: 0] += 1 }
        for item in change.items {
            byName[item.name, default: [:]][item.kind, default: 0] += 1
            if item.kind == .score {
                transitions.add("score: " + item.old + " -> " + item.new)
            }
        }
        guard changes.count < Limits.listedChangesMax else { return }
        changes.append(change)
    }

    /// Takes in what is known at the end, and puts the patients into the order of the data.
    mutating func finish(_ source: PatientSource) {
        files = source.files
        problems = source.problems
        problemCount = source.problemCount
        changes.sort { $0.place < $1.place }
    }

    private static func trial(
        _ project: ProfileProject,
        _ record: PatientRecord,
        _ now: Instant
    ) -> ProfileTrial? {
        guard let mapping = project.mapping else { return nil }
        return ProfileTrial(
            mapping: mapping,
            loaded: project.loaded,
            services: project.services,
            data: record.data,
            at: now
        )
    }

    /// The report for a reader.
    func text(limit: Int) -> String {
        var lines = [summary]
        for (side, project) in [("the old version", sides.old), ("the new version", sides.new)]
        where project.loaded == nil {
            lines.append("\(side) has no model that fits, so scores and cards are not compared")
        }
        var table = TextTable()
        for (name, counts) in byName.sorted(by: { $0.key < $1.key }) {
            let parts = PatientChange.Kind.allCases.compactMap { kind in
                counts[kind].map { "\(kind.rawValue) \($0)" }
            }
            table.append([name, parts.joined(separator: ", ")])
        }
        lines += table.lines(indent: "  ")
        var moves = TextTable()
        for (text, count) in transitions.ranked.prefix(12) { moves.append([String(count), text]) }
        lines += moves.lines(indent: "  ")
        for change in changes.prefix(limit) {
            lines += ["", place(change) + "  patient " + change.patientID.printable]
            var table = TextTable()
            for item in change.items {
                let label =
                    item.kind.rawValue == item.name
                    ? item.name : item.name + " " + item.kind.rawValue
                table.append([label, item.old.printable, "->", item.new.printable])
            }
            lines += table.lines(indent: "  ")
        }
        if changedCount > limit {
            lines += ["", "and \(changedCount - limit) more patients (--limit N lists more)"]
        }
        if problemCount > 0 { lines.append("\(problemCount) files or lines could not be read:") }
        for problem in problems {
            let path = files?.text(of: problem.place) ?? ""
            lines.append("  " + path + ": " + problem.sentence)
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private var summary: String {
        let parts = PatientChange.Kind.allCases.compactMap { kind in
            kinds[kind].map { "\(kind.rawValue) \($0)" }
        }
        return "\(changedCount) of \(patientCount) patients change, " + moment.sentence
            + (parts.isEmpty ? "" : ": " + parts.joined(separator: ", "))
    }

    private func place(_ change: PatientChange) -> String {
        files?.text(of: change.place) ?? ""
    }

    /// The report as JSON.
    var json: String {
        var writer = JSONWriter(reservingBytes: 1 << 16)
        writer.beginObject()
        writer.member("format", "limen-diff/1")
        writer.member("at", moment.sentence)
        writer.member("patients", patientCount)
        writer.member("changed", changedCount)
        writer.member("unreadable", problemCount)
        writer.name("kinds")
        write(kinds, to: &writer)
        writer.name("byName")
        writer.beginObject()
        for (name, counts) in byName.sorted(by: { $0.key < $1.key }) {
            writer.name(name)
            write(counts, to: &writer)
        }
        writer.endObject()
        writer.name("changes")
        writer.beginArray()
        for change in changes {
            writer.beginObject()
            writer.member("place", place(change))
            writer.member("patient", change.patientID)
            writer.name("items")
            writer.beginArray()
            for item in change.items {
                writer.beginObject()
                writer.member("kind", item.kind.rawValue)
                writer.member("name", item.name)
                writer.member("old", item.old)
                writer.member("new", item.new)
                writer.endObject()
            }
            writer.endArray()
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return writer.text + "\n"
    }

    private func write(_ counts: [PatientChange.Kind: Int], to writer: inout JSONWriter) {
        writer.beginObject()
        for kind in PatientChange.Kind.allCases {
            if let count = counts[kind] { writer.member(kind.rawValue, count) }
        }
        writer.endObject()
    }
}
