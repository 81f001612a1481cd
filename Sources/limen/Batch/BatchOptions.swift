import Basics
import CDSHooks
import Crypto
import Gateway
import Posix

/// What the command line of a batch says.
struct BatchOptions {
    /// As of when the patients are evaluated.
    enum Moment: Equatable {
        /// The start of the job.
        case start
        /// Just behind the newest Observation of each patient.
        case newest
        case fixed(Instant)
    }

    /// Files, folders, or `-`.
    let words: [String]
    let profiles: [String]
    let files: BatchFiles
    let shard: BatchShard
    let moment: Moment
    let form: BatchRows.Form
    let isExplained: Bool
    let isResumed: Bool
    let reason: String
    let jobs: Int
    let checkpointPatients: Int

    /// Reads the command line.
    ///
    /// - Throws: `CommandError` with exit code 2.
    init(_ parsed: Arguments) throws(CommandError) {
        words = parsed.all("in") + parsed.words
        profiles = parsed.all("profile").flatMap { $0.split(separator: ",").map(String.init) }
        guard !words.isEmpty, !profiles.isEmpty else {
            throw CommandError(
                .usage,
                "say limen batch --profile NAME --in FILE... --reason TEXT [--out FILE]"
            )
        }
        guard Set(profiles).count == profiles.count else {
            throw CommandError(.usage, "a profile is named twice")
        }
        files = try BatchFiles(parsed)
        shard =
            try parsed.value("shard").map { text throws(CommandError) in
                try BatchShard(text)
            } ?? .whole
        moment = try Self.moment(parsed.value("at"))
        form = try Self.form(parsed.value("format"), files.output)
        isExplained = parsed.has("explain")
        isResumed = parsed.has("resume")
        reason = try Self.reason(parsed.value("reason"))
        jobs = try parsed.integer("jobs", default: ResourceUsage.coreCount, in: 1...64)
        checkpointPatients = try parsed.integer(
            "checkpoint",
            default: Limits.batchCheckpointPatients,
            in: 1...1_000_000
        )
    }

    private static func moment(_ text: String?) throws(CommandError) -> Moment {
        switch text {
        case nil, "now": return .start
        case "newest": return .newest
        case .some(let text):
            guard let moment = Instant(rfc3339: text) else {
                throw CommandError(
                    .usage,
                    "--at takes a time such as 2026-05-04T10:00:00Z, or newest, or now"
                )
            }
            return .fixed(moment)
        }
    }

    private static func form(
        _ text: String?,
        _ output: String?
    ) throws(CommandError) -> BatchRows.Form {
        guard let text else {
            let isLines = output.map { $0.hasSuffix(".ndjson") || $0.hasSuffix(".jsonl") }
            return isLines ?? false ? .ndjson : .csv
        }
        guard let form = BatchRows.Form(rawValue: text) else {
            throw CommandError(.usage, "--format is csv or ndjson")
        }
        return form
    }

    /// Why so many patients are looked at: it stands in every audit row.
    private static func reason(_ text: String?) throws(CommandError) -> String {
        let most = Limits.batchReasonBytesMax
        guard let text, !text.allSatisfy(\.isWhitespace), text.utf8.count <= most,
            !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        else {
            throw CommandError(
                .usage,
                "say why these patients are scored with --reason TEXT, one line of at most \(most) "
                    + "bytes; it stands in every audit row"
            )
        }
        return text
    }

    /// Loads the profiles with their models, each sound by itself.
    func loadProfiles() throws(CommandError) -> [LoadedProfile] {
        var files = try ProfileFiles()
        var loaded: [LoadedProfile] = []
        for word in profiles {
            let name = try files.name(word)
            let project = files.project(name)
            guard let profile = project.loaded, project.findings.isEmpty else {
                throw files.error(name, project.findings)
            }
            loaded.append(profile)
        }
        return loaded
    }

    /// What the run rests on, as a job of its own.
    func pins(
        _ profiles: [LoadedProfile],
        _ access: BatchAccess,
        inputs: [BatchPins.Input]
    ) throws(CommandError) -> BatchPins {
        let now = Clock.now()
        let moment: Instant? =
            switch moment {
            case .start: now
            case .newest: nil
            case .fixed(let moment): moment
            }
        return BatchPins(
            job: .version7(at: now),
            startedAt: now,
            moment: moment,
            tool: RunningService.version + " " + (try Self.programDigest()),
            tenant: access.tenant,
            reason: reason,
            client: "limen batch",
            shard: shard,
            form: form,
            isExplained: isExplained,
            errorsPath: files.errors,
            manifestPath: files.manifest,
            inputs: inputs,
            artifacts: BatchPins.artifacts(profiles)
        )
    }

    /// The hash of this program, for two builds of one version may compute differently.
    private static func programDigest() throws(CommandError) -> String {
        let digest = RunningDigest()
        do throws(SystemError) {
            let file = try RandomAccessFile.open(path: "/proc/self/exe")
            var offset = 0
            while true {
                let piece = try file.read(at: offset, count: 1 << 20)
                if piece.isEmpty { return Hexadecimal.text(digest.value) }
                digest.update(piece)
                offset += piece.count
            }
        } catch {
            throw CommandError(.internalError, "the program cannot be read: \(error.text)")
        }
    }
}
