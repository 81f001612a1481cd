import Basics
import FHIR
import JSON
import Posix

/// The patients of a set of files, each with all resources about them, wherever these stand.
///
/// Two passes. The first reads everything once and notes for each resource whom it is about and
/// where it stands; the second takes patient by patient and reads just those places again. So an
/// export with one file for each resource type works as well as a Bundle for each patient, and
/// the memory is bounded by the largest single JSON text, the largest patient and some 16 MB of
/// index, however large the input is. Patients come in no particular order.
///
/// One id within one folder is one patient: parts of a record that lie beside each other come
/// together, and the `example` of another folder stays another patient.
struct PatientSource {
    let files: DataFiles
    private var walk: ResourceWalk
    private var index = ResourceIndex()
    private let progress: ProgressLine
    /// How many resources there are.
    private(set) var resourceCount = 0
    /// How many resources name no patient and stand in no Bundle of one patient.
    private(set) var unattachedCount = 0
    /// How many Patients were given more than once.
    private(set) var repeatedPatientCount = 0

    /// The faults of the data that are kept with their place.
    var problems: [DataProblem] { walk.problems }
    /// How many faults there are.
    var problemCount: Int { walk.problemCount }
    /// Whether the index needed the temporary file.
    var isSpilled: Bool { index.isSpilled }

    /// Reads the data once and makes the index.
    ///
    /// - Parameters:
    ///   - words: files, folders, or `-`.
    ///   - showsProgress: whether progress is shown where standard error is no terminal too.
    /// - Throws: `CommandError` when a word names nothing or the index cannot be kept.
    init(_ words: [String], showsProgress: Bool) throws(CommandError) {
        files = try DataFiles(words)
        walk = ResourceWalk(files)
        progress = ProgressLine(totalBytes: 2 * files.byteCount, isAskedFor: showsProgress)
        var index = self.index
        self.index = ResourceIndex()
        let files = files
        var counts = (resources: 0, unattached: 0)
        try walk.forEachDocument(progress: progress) { (document) throws(CommandError) in
            counts.resources += document.elements.count
            for (element, key) in zip(document.elements, PatientKeys(document).keys) {
                guard let key else {
                    counts.unattached += 1
                    continue
                }
                let scope = files.files[element.place.file].scope
                do throws(SystemError) {
                    try index.add(
                        IndexRecord(
                            patient: PatientHash(scope: scope, key: key),
                            place: element.place,
                            bytes: element.bytes
                        )
                    )
                } catch {
                    throw CommandError(
                        .unavailable,
                        "the index cannot be kept in a temporary file: \(error.text)"
                    )
                }
            }
        }
        self.index = index
        resourceCount = counts.resources
        unattachedCount = counts.unattached
    }

    /// Calls the body with each patient.
    ///
    /// - Throws: what the body throws, and `CommandError` when the index cannot be read.
    mutating func forEachPatient(
        _ body: (PatientRecord) throws(CommandError) -> Void
    ) throws(CommandError) {
        var cache = OpenFiles(files)
        for part in index.partNumbers {
            let records: [IndexRecord]
            do throws(SystemError) {
                records = try index.records(ofPart: part)
            } catch {
                throw CommandError(.unavailable, "the index cannot be read: \(error.text)")
            }
            var start = 0
            while start < records.count {
                var end = start
                while end < records.count, records[end].patient == records[start].patient {
                    end += 1
                }
                if let record = patient(records[start..<end], &cache) { try body(record) }
                start = end
            }
        }
        progress.end()
    }

    private mutating func patient(
        _ records: ArraySlice<IndexRecord>,
        _ cache: inout OpenFiles
    ) -> PatientRecord? {
        var patient: DataResource?
        var patientPlace: DataPlace?
        var resources: [JSONValue] = []
        var places: [DataPlace] = []
        var urls: [String] = []
        var id: String?
        for record in records {
            progress.add(record.bytes.count)
            guard let resource = read(record, &cache) else { continue }
            guard !walk.retractions.cover(resource.container) else {
                walk.note(
                    record.place,
                    .deleted,
                    at: record.bytes.lowerBound,
                    DataFault.deletedElsewhere
                )
                continue
            }
            guard resource.type == "Patient" else {
                if id == nil, let text = resource.patientReference {
                    id = DataResource.id(ofReference: text)
                }
                resources.append(resource.json)
                places.append(record.place)
                continue
            }
            if patient != nil { repeatedPatientCount += 1 }
            patient = resource
            patientPlace = record.place
            if let url = resource.fullURL, !urls.contains(url) { urls.append(url) }
        }
        guard patient != nil || !resources.isEmpty else { return nil }
        return PatientRecord(
            id: patient?.patientID ?? id ?? "unnamed",
            patient: patient?.json,
            patientPlace: patientPlace,
            resources: resources,
            places: places,
            fullURLs: urls
        )
    }

    private mutating func read(_ record: IndexRecord, _ cache: inout OpenFiles) -> DataResource? {
        do {
            let bytes = try cache.read(record.place.file, record.bytes)
            let document = try JSONDocument(parsing: bytes)
            if let resource = DataResource(container: document.root) { return resource }
        } catch {
            // Both kinds of fault mean one thing here: what was read a moment ago is gone.
        }
        walk.note(
            record.place,
            .changed,
            at: record.bytes.lowerBound,
            "the file has changed while it was read"
        )
        return nil
    }
}
