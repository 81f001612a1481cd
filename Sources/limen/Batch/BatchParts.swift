import Basics
import Posix

/// The patients of a batch in parts that are worked on together, in the order of their hashes.
struct BatchParts {
    /// Some patients, each with where its resources stand.
    struct Part: Sendable {
        var patients: [[IndexRecord]] = []
        var byteCount = 0

        /// The last patient of the part.
        var last: PatientHash? { patients.last?.first?.patient }
        /// How many resources it has.
        var resourceCount: Int { patients.reduce(0) { $0 + $1.count } }
    }

    private let index: ResourceIndex
    private let last: PatientHash?
    private var nextPart = 0
    private var records: [IndexRecord] = []
    private var position = 0

    init(index: ResourceIndex, last: PatientHash?) {
        self.index = index
        self.last = last
    }

    /// The next part; `nil` at the end.
    ///
    /// - Throws: `CommandError` when the index cannot be read.
    mutating func next() throws(CommandError) -> Part? {
        var part = Part()
        while part.patients.count < Limits.batchPartPatients,
            part.byteCount < Limits.batchPartBytes, let patient = try nextPatient()
        {
            part.patients.append(patient)
            part.byteCount += patient.reduce(0) { $0 + $1.bytes.count }
        }
        return part.patients.isEmpty ? nil : part
    }

    private mutating func nextPatient() throws(CommandError) -> [IndexRecord]? {
        while true {
            while position >= records.count {
                guard index.partNumbers.contains(nextPart) else { return nil }
                do throws(SystemError) {
                    records = try index.records(ofPart: nextPart)
                } catch {
                    throw CommandError(.unavailable, "the index cannot be read: \(error.text)")
                }
                position = 0
                nextPart += 1
            }
            let patient = records[position].patient
            let end =
                records[position...].firstIndex { $0.patient != patient } ?? records.endIndex
            let own = Array(records[position..<end])
            position = end
            if let last, patient <= last { continue }
            return own
        }
    }
}
