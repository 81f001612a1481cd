import Basics
import CDSHooks
import Gateway
import JSON
import Mapping
import Posix

/// What `limen map explain` says of one patient.
struct Explanation {
    private let name: String
    private let project: ProfileProject
    private let mapping: Profile
    private let patientID: String
    private let resourceCount: Int
    private let leftOut: Int
    /// Where entries stand that hold no resource that can be read, whomever they are about.
    private let unreadPlaces: [String]
    /// What the data say of not being all there is.
    private let gaps: [String]
    private let trial: ProfileTrial
    private let stories: [InputStory]
    private let factStories: [InputStory]
    private let isPart: Bool
    private let faults: [String]
    /// How long before the moment the newest Observation lies, when nobody chose the moment.
    private let newestAgeSeconds: Int?

    /// Maps and gathers.
    ///
    /// - Throws: `CommandError` that names what is wrong with the profile or the data.
    init(
        files: ProfileFiles,
        name: String,
        data: ClinicalData,
        request: Arguments
    ) throws(CommandError) {
        let project = files.project(name)
        guard let mapping = project.mapping else { throw files.error(name, project.findings) }
        self.name = name
        self.project = project
        self.mapping = mapping
        patientID = try data.patientID(asked: request.value("patient"))
        let (patient, leftOut) = try data.patient(patientID)
        self.leftOut = leftOut
        unreadPlaces = data.unreadPlaces
        gaps = data.gaps
        resourceCount = patient.resources.count + (patient.patient == nil ? 0 : 1)
        let trial = ProfileTrial(
            mapping: mapping,
            loaded: project.loaded,
            services: project.services,
            data: patient,
            at: try Self.moment(request.value("at"), data),
            sending: data.isWhole ? nil : Self.sending(data.document(of: patient), patientID)
        )
        self.trial = trial
        newestAgeSeconds =
            request.value("at") == nil
            ? data.newestMoment.map { Int(trial.moment.microseconds(since: $0) / 1_000_000) } : nil
        let resources = ResourceFacts(patient)
        let root = files.profileDocument(name)?.root
        let tell = { (input: MappingReport.Input) in
            InputStory(input, in: trial.report, profile: root, resources: resources)
        }
        let wanted = request.all("input")
        for input in wanted where !mapping.inputNames.contains(input) {
            let known = mapping.inputNames.joined(separator: ", ")
            throw CommandError(.usage, "\(name) has no input \(input); there are: \(known)")
        }
        isPart = !wanted.isEmpty
        stories = trial.report.inputs.filter { wanted.isEmpty || wanted.contains($0.name) }.map(
            tell
        )
        factStories = trial.report.facts.map(tell)
        faults = project.findings.map(files.text)
    }

    /// What `limen hook fire` would send of the same data, so that both are told the same of them.
    private static func sending(
        _ document: BundleRewriter,
        _ patientID: String
    ) -> ProfileTrial.Sending {
        { service in
            HookRequestBuilder(
                hook: service.hook.hook,
                hookInstance: UUIDBytes(high: 0, low: 0),
                templates: service.hook.prefetch.map {
                    HookRequestBuilder.Template(key: $0.key, template: $0.text)
                },
                rewriter: document,
                patientID: patientID,
                replayAt: nil,
                explains: false
            ).prefetch
        }
    }

    private static func moment(
        _ text: String?,
        _ data: ClinicalData
    ) throws(CommandError) -> Instant {
        guard let text else { return Clock.now() }
        if text == "newest" {
            guard let moment = data.newestMoment else {
                throw CommandError(.badInput, "\(data.label) holds no Observation with a time")
            }
            return moment
        }
        guard let moment = Instant(rfc3339: text) else {
            throw CommandError(.usage, "--at takes a time such as 2026-05-04T10:00:00Z, or newest")
        }
        return moment
    }

    /// Whether an input that is shown has no value.
    private var hasMissing: Bool { stories.contains { $0.input.value == nil } }

    /// How the command ends: an input without a value, a profile with faults, a refused request
    /// or a model that is not for this patient are findings, and so is an entry that cannot be
    /// read, or data that are known not to be all; no score may look like a good end.
    var exitCode: ExitCode {
        guard !hasMissing, unreadPlaces.isEmpty, gaps.isEmpty, faults.isEmpty,
            trial.cardFaults.isEmpty, !trial.report.hasSubjectMismatch,
            trial.report.applicability == .applies
        else { return .findings }
        return .ok
    }

    /// From this age on data are taken for samples of long ago, not for a chart of today.
    private static let oldSeconds = 7 * 86_400

    /// The text for a terminal.
    func page(style: TextStyle, showsAll: Bool) -> ExplainPage {
        var title = "\(name) \(mapping.version)  Patient/\(TextStyle.safe(patientID))"
        let moment = trial.moment.text
        let seconds = moment.contains(".") ? moment.prefix { $0 != "." } + "Z" : moment
        title += "  as of \(seconds)  \(resourceCount) resources"
        if leftOut > 0 { title += "  (\(leftOut) of other patients left out)" }
        var hint: String?
        if hasMissing, let age = newestAgeSeconds, age > Self.oldSeconds {
            let text = Age.text(seconds: age)
            hint = "the newest Observation is \(text) old; --at newest looks from its own time"
        }
        return ExplainPage(
            trial: trial,
            stories: stories,
            facts: factStories,
            title: title,
            hint: hint,
            unreadPlaces: unreadPlaces,
            gaps: gaps,
            faults: faults,
            isPart: isPart,
            showsAll: showsAll,
            style: style
        )
    }

    /// One JSON object: the mapping report with what the model and the services make of it.
    var json: String {
        var report = JSONWriter()
        trial.report.writeJSON(to: &report)
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("format", "limen-map-explain/1")
        writer.name("profile")
        writer.beginObject()
        writer.member("name", name)
        writer.member("url", mapping.url)
        writer.member("version", mapping.version)
        writer.endObject()
        writer.member("patient", patientID)
        writer.member("at", trial.moment.text)
        writer.member("resourceCount", resourceCount)
        writer.member("leftOutCount", leftOut + unreadPlaces.count)
        writer.name("unreadable")
        writer.beginArray()
        for place in unreadPlaces { writer.value(place) }
        writer.endArray()
        writer.name("incomplete")
        writer.beginArray()
        for gap in gaps { writer.value(gap) }
        writer.endArray()
        writer.rawMembers(Array(report.bytes.dropFirst().dropLast()))
        writer.name("stories")
        writer.beginArray()
        for story in stories { story.writeJSON(to: &writer, now: trial.moment) }
        writer.endArray()
        trial.writeDecision(to: &writer)
        writer.name("findings")
        writer.beginArray()
        for fault in faults { writer.value(fault) }
        writer.endArray()
        writer.endObject()
        return writer.text
    }
}
