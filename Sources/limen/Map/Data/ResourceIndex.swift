import Basics
import Posix

/// From patients to the places of their resources, in bounded memory.
///
/// Divided by patient into parts. A part gathers 32 KB; from then on it goes to a temporary file
/// without a name, piece by piece. To be read, one part at a time is sorted in memory.
struct ResourceIndex {
    private var parts: [Part]
    private var spill: RandomAccessFile?
    private var spilledBytes = 0
    /// How many records it holds.
    private(set) var recordCount = 0

    private struct Part {
        var gathered: [UInt8] = []
        /// The pieces in the temporary file.
        var pieces: [(offset: Int, count: Int)] = []
    }

    init() {
        parts = Array(repeating: Part(), count: Limits.dataIndexParts)
    }

    /// Whether the temporary file is in use.
    var isSpilled: Bool { spill != nil }

    /// Adds a record.
    ///
    /// - Throws: `SystemError` when the temporary file cannot be written.
    mutating func add(_ record: IndexRecord) throws(SystemError) {
        // By the high bits, so that the parts one after the other are in the order of the hashes.
        let part = Int(record.patient.high.multipliedFullWidth(by: UInt64(parts.count)).high)
        record.write(to: &parts[part].gathered)
        recordCount += 1
        guard parts[part].gathered.count + IndexRecord.byteCount > Limits.dataIndexPartBytes else {
            return
        }
        let file: RandomAccessFile
        if let spill { file = spill } else { file = try RandomAccessFile.temporary() }
        spill = file
        try file.append(parts[part].gathered)
        parts[part].pieces.append((spilledBytes, parts[part].gathered.count))
        spilledBytes += parts[part].gathered.count
        parts[part].gathered.removeAll(keepingCapacity: true)
    }

    /// The parts by number.
    var partNumbers: Range<Int> { parts.indices }

    /// The records of a part, those of one patient together and in the order of the data.
    ///
    /// - Throws: `SystemError` when the temporary file cannot be read.
    func records(ofPart number: Int) throws(SystemError) -> [IndexRecord] {
        var records: [IndexRecord] = []
        let part = parts[number]
        for piece in part.pieces {
            guard let spill else { break }
            append(try spill.read(at: piece.offset, count: piece.count), to: &records)
        }
        append(part.gathered, to: &records)
        records.sort {
            ($0.patient, $0.place, $0.bytes.lowerBound)
                < ($1.patient, $1.place, $1.bytes.lowerBound)
        }
        return records
    }

    private func append(_ bytes: [UInt8], to records: inout [IndexRecord]) {
        var offset = 0
        while offset + IndexRecord.byteCount <= bytes.count {
            records.append(IndexRecord(bytes, at: offset))
            offset += IndexRecord.byteCount
        }
    }
}
