import Basics
import ClinicalEngine
import Gateway
import JSON
import Mapping

/// What two versions of a model decide for the same patients.
///
///     5 of 44 patients change, as of 2026-05-04T10:00:00Z: outcome 1, band 2, score 5, card 5
///       A  news2    1.0.0  model 3f0c...  profile 91ab...
///       B  news2-b  1.1.0  model 77d2...  profile 91ab...
///     score: of 31 computed by both, 5 differ, by 1 on average and 2 at most
///     band
///       2  low -> medium
struct ModelComparison {
    /// A patient for whom something changes.
    private struct Change {
        let place: DataPlace
        let patientID: String
        let aspects: [(aspect: ModelDecision.Aspect, old: String, new: String)]
    }

    private let sides: ProfileSides
    private let moment: EvaluationMoment
    private let listsPatients: Bool
    private(set) var patientCount = 0
    /// How many patients get another decision.
    private(set) var changedCount = 0
    /// How many trials could not make their cards.
    private(set) var faultCount = 0
    private var counts: [ModelDecision.Aspect: Int] = [:]
    private var transitions: [ModelDecision.Aspect: CodeCounter] = [:]
    private var changes: [Change] = []
    private var faults: Set<String> = []
    private var bothComputedCount = 0
    private var unequalCount = 0
    private var differenceSum = 0.0
    private var differenceMax = 0.0
    private var files: DataFiles?
    private var problems: [DataProblem] = []
    private var problemCount = 0

    init(_ sides: ProfileSides, moment: EvaluationMoment, listsPatients: Bool) {
        self.sides = sides
        self.moment = moment
        self.listsPatients = listsPatients
    }

    /// Compares what both versions decide for a patient.
    mutating func add(_ record: PatientRecord) {
        patientCount += 1
        let now = moment.moment(for: record)
        guard let old = decision(sides.old, record, now),
            let new = decision(sides.new, record, now)
        else { return }
        if let one = old.number, let other = new.number {
            bothComputedCount += 1
            let difference = abs(one - other)
            if difference > 0 { unequalCount += 1 }
            differenceSum += difference
            differenceMax = max(differenceMax, difference)
        }
        var aspects: [(aspect: ModelDecision.Aspect, old: String, new: String)] = []
        for aspect in ModelDecision.Aspect.allCases where old[aspect] != new[aspect] {
            aspects.append((aspect, old[aspect], new[aspect]))
            counts[aspect, default: 0] += 1
            // Scores and summaries hold values of patients; how often which was which is a list
            // of patients in all but name.
            if aspect != .card, aspect != .score {
                transitions[aspect, default: CodeCounter()]
                    .add(old[aspect] + " -> " + new[aspect])
            }
        }
        guard !aspects.isEmpty else { return }
        changedCount += 1
        guard listsPatients, changes.count < Limits.listedChangesMax else { return }
        changes.append(Change(place: record.place, patientID: record.id, aspects: aspects))
    }

    /// Takes in what is known at the end, and puts the patients into the order of the data.
    mutating func finish(_ source: PatientSource) {
        files = source.files
        problems = source.problems
        problemCount = source.problemCount
        changes.sort { $0.place < $1.place }
    }

    private mutating func decision(
        _ project: ProfileProject,
        _ record: PatientRecord,
        _ now: Instant
    ) -> ModelDecision? {
        guard let mapping = project.mapping else { return nil }
        let trial = ProfileTrial(
            mapping: mapping,
            loaded: project.loaded,
            services: project.services,
            data: record.data,
            at: now
        )
        faultCount += trial.cardFaults.count
        faults.formUnion(trial.cardFaults)
        return ModelDecision(trial)
    }

    // MARK: For a reader

    /// The report for a reader; patients are named only when they were asked for.
    func text(limit: Int) -> String {
        let parts = ModelDecision.Aspect.allCases.compactMap { aspect in
            counts[aspect].map { "\(aspect.rawValue) \($0)" }
        }
        var lines = [
            "\(changedCount) of \(patientCount) patients change, " + moment.sentence
                + (parts.isEmpty ? "" : ": " + parts.joined(separator: ", "))
        ]
        var table = TextTable()
        for (letter, project) in [("A", sides.old), ("B", sides.new)] {
            guard let loaded = project.loaded else { continue }
            table.append([
                letter, loaded.model.name, loaded.model.about.version ?? "-",
                "model " + loaded.modelDigest.prefix(12),
                "profile " + loaded.profileDigest.prefix(12),
            ])
        }
        lines += table.lines(indent: "  ")
        lines.append(scoreLine)
        for aspect in ModelDecision.Aspect.allCases {
            guard let counter = transitions[aspect] else { continue }
            lines.append(aspect.rawValue)
            var table = TextTable()
            for (text, count) in counter.ranked.prefix(20) {
                table.append([String(count), text.printable(200)])
            }
            lines += table.lines(indent: "  ")
            if counter.distinctCount > 20 {
                lines.append("  and \(counter.distinctCount - 20) other changes")
            }
        }
        lines += listed(limit: limit)
        if faultCount > 0 {
            lines.append("\(faultCount) times the cards could not be made:")
            lines += faults.sorted().prefix(12).map { "  " + $0 }
        }
        if problemCount > 0 { lines.append("\(problemCount) files or lines could not be read:") }
        for problem in problems {
            lines.append("  " + (files?.text(of: problem.place) ?? "") + ": " + problem.sentence)
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private var scoreLine: String {
        guard bothComputedCount > 0 else { return "score: computed by both for no patient" }
        guard unequalCount > 0 else {
            return "score: the same for all \(bothComputedCount) patients computed by both"
        }
        let mean = (differenceSum / Double(unequalCount) * 1000).rounded() / 1000
        let most = (differenceMax * 1e6).rounded() / 1e6
        return "score: of \(bothComputedCount) computed by both, \(unequalCount) differ, by "
            + "\(ModelDecision.text(mean)) on average and \(ModelDecision.text(most)) at most"
    }

    private func listed(limit: Int) -> [String] {
        guard listsPatients else {
            return changedCount > 0 ? ["--list names the patients"] : []
        }
        var lines: [String] = []
        for change in changes.prefix(limit) {
            let place = files?.text(of: change.place) ?? ""
            lines += ["", place + "  patient " + change.patientID.printable]
            var table = TextTable()
            for item in change.aspects {
                table.append([item.aspect.rawValue, item.old.printable, "->", item.new.printable])
            }
            lines += table.lines(indent: "  ")
        }
        if changedCount > limit {
            lines += ["", "and \(changedCount - limit) more patients (--limit N lists more)"]
        }
        return lines
    }

    // MARK: For a program

    /// The report as JSON (`limen-model-comparison/1`).
    var json: String {
        var writer = JSONWriter(reservingBytes: 1 << 14)
        writer.beginObject()
        writer.member("format", "limen-model-comparison/1")
        writer.member("at", moment.sentence)
        for (letter, project) in [("a", sides.old), ("b", sides.new)] {
            guard let loaded = project.loaded else { continue }
            writer.name(letter)
            writer.beginObject()
            writer.member("name", loaded.model.name)
            writer.member("version", ifPresent: loaded.model.about.version)
            writer.member("modelSHA256", loaded.modelDigest)
            writer.member("profileSHA256", loaded.profileDigest)
            writer.endObject()
        }
        writer.member("patients", patientCount)
        writer.member("changed", changedCount)
        writer.member("unreadable", problemCount)
        writer.member("cardFaults", faultCount)
        writer.name("score")
        writer.beginObject()
        writer.member("computedByBoth", bothComputedCount)
        writer.member("differ", unequalCount)
        writer.name("meanDifference")
        writer.value(unequalCount > 0 ? differenceSum / Double(unequalCount) : 0)
        writer.name("greatestDifference")
        writer.value(differenceMax)
        writer.endObject()
        writer.name("aspects")
        writer.beginObject()
        for aspect in ModelDecision.Aspect.allCases {
            writer.name(aspect.rawValue)
            writer.beginObject()
            writer.member("changed", counts[aspect] ?? 0)
            if let counter = transitions[aspect] {
                writer.name("transitions")
                writer.beginObject()
                for (text, count) in counter.ranked { writer.member(text, count) }
                writer.endObject()
            }
            writer.endObject()
        }
        writer.endObject()
        if listsPatients { writeList(to: &writer) }
        writer.endObject()
        return writer.text + "\n"
    }

    private func writeList(to writer: inout JSONWriter) {
        writer.name("changes")
        writer.beginArray()
        for change in changes {
            writer.beginObject()
            writer.member("place", files?.text(of: change.place) ?? "")
            writer.member("patient", change.patientID)
            for item in change.aspects {
                writer.name(item.aspect.rawValue)
                writer.beginObject()
                writer.member("a", item.old)
                writer.member("b", item.new)
                writer.endObject()
            }
            writer.endObject()
        }
        writer.endArray()
    }
}
