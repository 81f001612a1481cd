import Basics
import JSON
import Mapping
import Posix

/// All that a coverage run gathers: counts and codes, and nothing of a patient.
struct CoverageReport {
    let moment: EvaluationMoment
    let folders: [ProfileFolder]
    /// How many codes and units are listed.
    let topCount: Int
    private(set) var tallies: [CoverageTally]
    private(set) var survey: CodeSurvey
    /// What the golden cases exercise, when that was asked for.
    var exercises: [CaseExercise] = []
    private(set) var run: Run?

    /// What the data was, and what reading it took.
    struct Run {
        let files: DataFiles
        let resourceCount: Int
        let unattachedCount: Int
        let repeatedPatientCount: Int
        let problems: [DataProblem]
        let problemCount: Int
        let milliseconds: Int64
        let residentBytesPeak: Int

        /// Bytes of input for each second of the whole run.
        var megabytesPerSecond: Double {
            Double(files.byteCount) / 1_000 / Double(max(1, milliseconds))
        }
    }

    init(
        moment: EvaluationMoment,
        folders: [ProfileFolder],
        topCount: Int,
        keepsDisplays: Bool
    ) {
        self.moment = moment
        self.folders = folders
        self.topCount = topCount
        tallies = folders.map { CoverageTally($0.profile) }
        survey = CodeSurvey(folders.map(\.document.root), keepsDisplays: keepsDisplays)
    }

    /// How many files or lines could not be read.
    var problemCount: Int { run?.problemCount ?? 0 }

    /// Takes a patient in.
    mutating func add(_ record: PatientRecord) {
        let now = moment.moment(for: record)
        for index in tallies.indices { tallies[index].add(record, at: now) }
        survey.add(record)
    }

    /// Takes in what is known at the end.
    mutating func finish(_ source: PatientSource, milliseconds: Int64) {
        run = Run(
            files: source.files,
            resourceCount: source.resourceCount,
            unattachedCount: source.unattachedCount,
            repeatedPatientCount: source.repeatedPatientCount,
            problems: source.problems,
            problemCount: source.problemCount,
            milliseconds: milliseconds,
            residentBytesPeak: ResourceUsage.now().residentBytesPeak
        )
    }
}
