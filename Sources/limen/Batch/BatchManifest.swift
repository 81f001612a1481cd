import Basics
import Gateway
import JSON
import Posix

/// What a batch was made from, what it counted and what it wrote.
struct BatchManifest {
    let pins: BatchPins
    let checkpoint: BatchCheckpoint
    let files: BatchFiles
    /// Files of the configuration that were replaced while the batch ran.
    var replaced: [String] = []
    /// How long this process took, in milliseconds.
    let milliseconds: Int64
    /// How many patients it did, which are fewer than all when it went on with a run.
    let patients: Int

    /// The manifest as JSON, indented.
    var bytes: [UInt8] {
        var writer = JSONWriter(reservingBytes: 4_096)
        writer.beginObject()
        pins.write(to: &writer)
        writer.name("counts")
        writer.beginObject()
        checkpoint.counts.write(to: &writer)
        for outcome in PatientEvaluation.Outcome.allCases {
            writer.member(outcome.rawValue, checkpoint.counts.count(outcome))
        }
        writer.endObject()
        Self.file("output", files.output, checkpoint.outputBytes, checkpoint.outputDigest, &writer)
        Self.file(
            "errorFile",
            files.errors,
            checkpoint.errorBytes,
            checkpoint.errorDigest,
            &writer
        )
        writer.name("replacedWhileRunning")
        writer.beginArray()
        for name in replaced { writer.value(name) }
        writer.endArray()
        writer.name("run")
        writer.beginObject()
        writer.member("finishedAt", Clock.now().text)
        writer.member("milliseconds", Int(milliseconds))
        writer.member("patients", patients)
        writer.member("patientsPerSecond", Int(rate))
        writer.member("residentBytesPeak", ResourceUsage.now().residentBytesPeak)
        writer.endObject()
        writer.endObject()
        return writer.bytes + [UInt8(ascii: "\n")]
    }

    private var rate: Double { Double(patients) * 1_000 / Double(max(1, milliseconds)) }

    private static func file(
        _ name: String,
        _ path: String?,
        _ byteCount: Int,
        _ digest: String,
        _ writer: inout JSONWriter
    ) {
        writer.name(name)
        writer.beginObject()
        writer.member("path", path ?? "-")
        writer.member("bytes", byteCount)
        writer.member("sha256", digest)
        writer.endObject()
    }

    /// What is said on standard error at the end.
    var summary: String {
        let counts = checkpoint.counts
        let outcomes = PatientEvaluation.Outcome.allCases.compactMap { outcome -> String? in
            let count = counts.count(outcome)
            return count == 0 ? nil : "\(count) \(outcome.rawValue)"
        }
        var text = "limen: \(counts.patients) patients: " + outcomes.joined(separator: ", ")
        if outcomes.isEmpty { text = "limen: no patients" }
        text += "; \(Int(rate)) a second, peak memory "
        text += "\(ResourceUsage.now().residentBytesPeak >> 20) MB\n"
        if counts.errors + counts.rejections > 0 {
            let faults = counts.faults.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
            text += "limen: \(counts.errors) errors, \(counts.rejections) records not used "
            text += "(\(faults.joined(separator: ", ")))"
            text += files.errors.map { "; see \($0)\n" } ?? "; --errors FILE names each place\n"
        }
        for name in replaced {
            text += "limen: \(name) was replaced while the run went on; all results are of the "
            text += "version that the manifest names\n"
        }
        return text
    }
}
