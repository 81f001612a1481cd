import Basics
import CDSHooks
import Crypto
import Gateway
import JSON
import Posix

/// All that a batch rests on: whoever resumes one must have the same, to the byte.
struct BatchPins: Sendable {
    /// A file of the data.
    struct Input: Sendable, Equatable {
        let path: String
        let byteCount: Int
        /// `nil` when the file cannot be read.
        let digest: String?
    }

    static let format = "limen-batch/1"

    /// The job, which the keys of its audit rows are made of.
    var job: UUIDBytes
    /// When it was started.
    var startedAt: Instant
    /// The moment of evaluation; `nil` for just behind the newest Observation of each patient.
    var moment: Instant?
    /// The version and the hash of this program.
    let tool: String
    let tenant: String
    let reason: String
    let client: String
    let shard: BatchShard
    let form: BatchRows.Form
    let isExplained: Bool
    let errorsPath: String?
    let manifestPath: String?
    let inputs: [Input]
    /// Each artifact by name, such as `profile news2`, with its hash.
    let artifacts: [(name: String, digest: String)]

    /// The hashes of what makes results of a profile.
    static func artifacts(_ profiles: [LoadedProfile]) -> [(name: String, digest: String)] {
        var artifacts: [(name: String, digest: String)] = []
        for profile in profiles {
            artifacts.append(("profile " + profile.name, profile.profileDigest))
            artifacts.append(("model of " + profile.name, profile.modelDigest))
            for file in profile.conceptMapDigests + profile.structureDigests {
                artifacts.append((file.name + " of " + profile.name, file.digest))
            }
        }
        return artifacts
    }

    /// Writes the pins into an open object.
    func write(to writer: inout JSONWriter) {
        writer.member("format", Self.format)
        writer.member("job", job.text)
        writer.member("startedAt", startedAt.text)
        writer.member("evaluatedAt", moment?.text ?? "newest")
        writer.member("tool", tool)
        writer.member("tenant", tenant)
        writer.member("reason", reason)
        writer.member("client", client)
        writer.member("shard", shard.text)
        writer.member("outputFormat", form.rawValue)
        writer.member("explain", isExplained)
        writer.member("errors", ifPresent: errorsPath)
        writer.member("manifest", ifPresent: manifestPath)
        writer.name("inputs")
        writer.beginArray()
        for input in inputs {
            writer.beginObject()
            writer.member("path", input.path)
            writer.member("bytes", input.byteCount)
            writer.member("sha256", ifPresent: input.digest)
            writer.endObject()
        }
        writer.endArray()
        writer.name("artifacts")
        writer.beginObject()
        for artifact in artifacts { writer.member(artifact.name, artifact.digest) }
        writer.endObject()
    }

    /// As the header of the journal.
    var json: [UInt8] {
        var writer = JSONWriter(reservingBytes: 1_024)
        writer.beginObject()
        write(to: &writer)
        writer.endObject()
        return writer.bytes
    }

    /// Takes job, start and, when no other is asked for, the moment of a journal's header.
    ///
    /// - Throws: `CommandError` with exit code 3 when the header is none of ours.
    mutating func adopt(
        _ header: JSONValue,
        path: String,
        takesMoment: Bool
    ) throws(CommandError) {
        guard header["format"]?.isString(Self.format) ?? false,
            let job = header["job"]?.stringValue.flatMap({ UUIDBytes(text: $0) }),
            let startedAt = header["startedAt"]?.stringValue.flatMap({ Instant(rfc3339: $0) }),
            let moment = header["evaluatedAt"]?.stringValue
        else {
            throw CommandError(.badInput, "\(path) is no journal of a batch; remove it")
        }
        self.job = job
        self.startedAt = startedAt
        if takesMoment { self.moment = moment == "newest" ? nil : Instant(rfc3339: moment) }
    }

    /// What differs from a header, in words; none when the batch may go on.
    func differences(from header: JSONValue) -> [String] {
        var differences: [String] = []
        let own = json
        guard let document = try? JSONDocument(parsing: own) else { return ["the journal"] }
        let names = [
            ("evaluatedAt", "--at"), ("tool", "the program"), ("tenant", "--tenant"),
            ("reason", "--reason"), ("client", "the account"), ("shard", "--shard"),
            ("outputFormat", "--format"), ("errors", "--errors"), ("manifest", "--manifest"),
        ]
        for (name, words) in names
        where header[name]?.stringValue != document.root[name]?.stringValue {
            differences.append(words)
        }
        if header["explain"]?.boolValue != isExplained { differences.append("--explain") }
        differences += Self.differentInputs(header["inputs"], inputs)
        differences += Self.differentArtifacts(header["artifacts"], artifacts)
        return differences
    }

    private static func differentInputs(_ json: JSONValue?, _ inputs: [Input]) -> [String] {
        let before = (json?.elements.map { $0 } ?? []).map {
            Input(
                path: $0["path"]?.stringValue ?? "",
                byteCount: $0["bytes"]?.integerValue ?? 0,
                digest: $0["sha256"]?.stringValue
            )
        }
        guard before.map(\.path) == inputs.map(\.path) else { return ["the list of input files"] }
        return zip(before, inputs).filter { $0 != $1 }.map { "the input " + $1.path }
    }

    private static func differentArtifacts(
        _ json: JSONValue?,
        _ artifacts: [(name: String, digest: String)]
    ) -> [String] {
        var before: [String: String] = [:]
        for (name, digest) in json?.members.map({ $0 }) ?? [] {
            guard let name = name.stringValue else { continue }
            before[name] = digest.stringValue
        }
        let names = Set(before.keys).union(artifacts.map(\.name)).sorted()
        let now = Dictionary(artifacts.map { ($0.name, $0.digest) }) { first, _ in first }
        return names.filter { before[$0] != now[$0] }.map { "the " + $0 }
    }
}
