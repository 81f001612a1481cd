import Basics
import Crypto
import FHIR
import JSON
import Posix

/// The patients of a batch, each with all resources about them, in an order that never changes.
///
/// All input is one population: one id is one patient, wherever its parts stand. The first pass
/// reads everything once, hashes each file and notes where each resource stands; the second reads
/// patient by patient. The order is that of the SHA-256 of the ids, so it hangs neither on the
/// order of the lines nor on that of the files, and a shard is a range of it.
struct BatchSource {
    let files: DataFiles
    /// The files with their hashes.
    private(set) var inputs: [BatchPins.Input] = []
    /// The files as they were when they were hashed.
    private var stamps: [FileStamp?] = []
    private var index = ResourceIndex()
    /// How many resources there are, of all patients.
    private(set) var resourceCount = 0
    /// How many resources are about no patient: organisations, practitioners and the like.
    private(set) var unattachedCount = 0
    /// How many records of the index tell of what is not taken.
    private var unreadCount = 0
    /// What the input deletes.
    private(set) var retractions = Retractions()
    /// How many resources of patients of this shard are in the index.
    var indexedCount: Int { index.recordCount - unreadCount }

    /// Reads everything once.
    ///
    /// - Parameters:
    ///   - words: files, folders, or `-`.
    ///   - shard: whose patients are kept.
    ///   - report: is told every fault.
    /// - Throws: `CommandError` when a word names nothing or the index cannot be kept.
    init(
        _ words: [String],
        shard: BatchShard,
        report: @escaping (BatchFinding) -> Void
    ) throws(CommandError) {
        files = try DataFiles(words, keepsUnreadable: true)
        let files = files
        for position in files.files.indices { hash(position, report) }
        var walk = ResourceWalk(files) { problem in
            report(
                BatchFinding(
                    problem.fault,
                    file: files.files[problem.place.file].path,
                    line: problem.place.line,
                    offset: problem.offset,
                    path: problem.pointer,
                    sentence: problem.sentence
                )
            )
        }
        var index = ResourceIndex()
        var counts = (resources: 0, unattached: 0, unread: 0)
        let progress = ProgressLine(totalBytes: files.byteCount, isAskedFor: false)
        try walk.forEachDocument(progress: progress) { (document) throws(CommandError) in
            counts.resources += document.elements.count
            counts.unattached += try Self.add(document, files, shard, to: &index, report)
            counts.unread += try Self.addUnread(document, shard, to: &index)
        }
        progress.end()
        retractions = walk.retractions
        self.index = index
        resourceCount = counts.resources
        unattachedCount = counts.unattached
        unreadCount = counts.unread
    }

    /// Hashes a file; one that cannot be read has no hash, and the walk reports it.
    private mutating func hash(_ position: Int, _ report: (BatchFinding) -> Void) {
        let path = files.files[position].path
        let digest = RunningDigest()
        var byteCount = 0
        var isRead = true
        stamps.append(path == "-" ? nil : FileStamp(path: path))
        do throws(SystemError) {
            let file = try files.open(position)
            while true {
                let piece = try file.read(at: byteCount, count: Limits.dataPieceBytes)
                if piece.isEmpty { break }
                digest.update(piece)
                byteCount += piece.count
            }
            if byteCount == 0 {
                report(BatchFinding(.emptyFile, file: path, line: 1, offset: 0))
            }
        } catch {
            isRead = false
        }
        let text = isRead ? Hexadecimal.text(digest.value) : nil
        inputs.append(BatchPins.Input(path: path, byteCount: byteCount, digest: text))
    }

    /// The paths of files that are no longer what was hashed.
    var changedPaths: [String] {
        zip(files.files, stamps).compactMap { file, stamp in
            stamp == nil || FileStamp(path: file.path) == stamp ? nil : file.path
        }
    }

    /// Takes the resources of one JSON text into the index; answers how many are about nobody.
    private static func add(
        _ document: ResourceWalk.Document,
        _ files: DataFiles,
        _ shard: BatchShard,
        to index: inout ResourceIndex,
        _ report: @escaping (BatchFinding) -> Void
    ) throws(CommandError) -> Int {
        let keys = PatientKeys(document).keys
        // A Patient without an id goes by its line there, and cannot be named in a result.
        let nameless = Set(
            document.elements.filter { $0.resource.type == "Patient" }
                .filter { ($0.resource.patientID ?? "").isEmpty }.map { "line-\($0.place.line)" }
        )
        var unattached = 0
        var isBundleOfNobody = document.isCollection && !keys.contains { $0 != nil }
        for (element, key) in zip(document.elements, keys) {
            let finding = { (fault: DataFault) in
                report(
                    BatchFinding(
                        fault,
                        file: files.files[element.place.file].path,
                        line: element.place.line,
                        offset: element.bytes.lowerBound
                    )
                )
            }
            guard let key, !key.isEmpty else {
                unattached += 1
                guard isClinical(element.resource) else { continue }
                // One line for the Bundle, not one for each of its entries.
                if isBundleOfNobody {
                    finding(.noPatientInBundle)
                    isBundleOfNobody = false
                } else if !document.isCollection || keys.contains(where: { $0 != nil }) {
                    finding(.noSubject)
                }
                continue
            }
            guard !nameless.contains(key) else {
                if element.resource.type == "Patient" { finding(.noPatientID) }
                unattached += 1
                continue
            }
            let hash = PatientHash(stable: key)
            guard shard.holds(hash) else { continue }
            try add(
                IndexRecord(patient: hash, place: element.place, bytes: element.bytes),
                to: &index
            )
        }
        return unattached
    }

    /// Takes what is not taken, or not whole, to the patients that it names and to the one whose
    /// Bundle it stands in; answers how many records that makes.
    ///
    /// Among the resources of several patients, or of none, nobody can tell whose an entry is that
    /// names none.
    private static func addUnread(
        _ document: ResourceWalk.Document,
        _ shard: BatchShard,
        to index: inout ResourceIndex
    ) throws(CommandError) -> Int {
        guard !document.unread.isEmpty else { return 0 }
        let onlyKey = PatientKeys(document).onlyKey
        // A Patient without an id has no row; its line in the errors says so.
        let isNamed = document.elements.allSatisfy {
            $0.resource.type != "Patient" || !($0.resource.patientID ?? "").isEmpty
        }
        var count = 0
        for entry in document.unread {
            var keys = Set(entry.patients)
            if isNamed, let onlyKey { keys.insert(onlyKey) }
            for key in keys where !key.isEmpty {
                let hash = PatientHash(stable: key)
                guard shard.holds(hash) else { continue }
                let record = IndexRecord(
                    patient: hash,
                    place: entry.place,
                    bytes: entry.bytes,
                    fault: entry.fault
                )
                try add(record, to: &index)
                count += 1
            }
        }
        return count
    }

    private static func add(
        _ record: IndexRecord,
        to index: inout ResourceIndex
    ) throws(CommandError) {
        do throws(SystemError) {
            try index.add(record)
        } catch {
            throw CommandError(
                .unavailable,
                "the index cannot be kept in a temporary file: \(error.text)"
            )
        }
    }

    /// Whether a resource is of a kind that always is about somebody (FHIR R4, clinical modules).
    private static func isClinical(_ resource: DataResource) -> Bool {
        switch resource.type {
        case "Observation", "Condition", "MedicationRequest", "MedicationStatement",
            "MedicationAdministration", "MedicationDispense", "Procedure", "Encounter",
            "DiagnosticReport", "AllergyIntolerance", "Immunization", "CarePlan",
            "ServiceRequest":
            true
        default: false
        }
    }

    /// The patients in parts, from one behind a certain patient on.
    func parts(after last: PatientHash?) -> BatchParts {
        BatchParts(index: index, last: last)
    }
}

/// What tells that a file was written to or replaced, without reading it.
extension FileStamp {
    /// The stamp of the file at a path; `nil` when there is none.
    init?(path: String) {
        guard let stamp = try? FileStamp.read(path: path) else { return nil }
        self = stamp
    }
}
