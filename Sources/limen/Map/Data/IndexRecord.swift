import Crypto

/// Where one resource of one patient stands: what the index keeps of it, in 40 bytes.
///
/// The patient is a hash, so the index holds nothing of the data.
struct IndexRecord: Sendable {
    /// The patient, as a keyed hash of scope and id.
    let patient: PatientHash
    let place: DataPlace
    /// The range in the file.
    let bytes: Range<Int>
    /// Why nothing is taken of what stands there; `nil` of a resource.
    let fault: DataFault?

    /// Whether what stands there is no resource that is taken.
    var isUnread: Bool { fault != nil }

    /// How many bytes a record takes.
    static let byteCount = 40
    /// The faults that are told apart, by their number beside the count of bytes; 0 is none.
    private static let faults: [DataFault] = [.notResource, .notWhole, .history, .deleted]
    /// Where that number stands.
    private static let faultShift: UInt64 = 60

    func write(to bytes: inout [UInt8]) {
        for word in [patient.high, patient.low, UInt64(self.bytes.lowerBound)] {
            Self.append(word, to: &bytes)
        }
        Self.append(UInt64(place.file) << 32 | UInt64(place.line), to: &bytes)
        let number = fault.map { UInt64((Self.faults.firstIndex(of: $0) ?? 0) + 1) } ?? 0
        Self.append(UInt64(self.bytes.count) | number << Self.faultShift, to: &bytes)
    }

    init(patient: PatientHash, place: DataPlace, bytes: Range<Int>, fault: DataFault? = nil) {
        self.patient = patient
        self.place = place
        self.bytes = bytes
        self.fault = fault
    }

    /// Reads the record at a place of a part.
    init(_ bytes: [UInt8], at offset: Int) {
        patient = PatientHash(
            high: Self.word(bytes, offset),
            low: Self.word(bytes, offset + 8)
        )
        let start = Int(Self.word(bytes, offset + 16))
        let place = Self.word(bytes, offset + 24)
        self.place = DataPlace(file: Int(place >> 32), line: Int(place & 0xFFFF_FFFF))
        let count = Self.word(bytes, offset + 32)
        let number = Int(count >> Self.faultShift)
        fault = number == 0 ? nil : Self.faults[number - 1]
        self.bytes = start..<start + Int(count & (1 << Self.faultShift - 1))
    }

    private static func append(_ word: UInt64, to bytes: inout [UInt8]) {
        for shift in stride(from: 0, to: 64, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
        }
    }

    private static func word(_ bytes: [UInt8], _ offset: Int) -> UInt64 {
        var word: UInt64 = 0
        for index in (0..<8).reversed() { word = word << 8 | UInt64(bytes[offset + index]) }
        return word
    }
}

/// A patient as a hash of 128 bits, so that two of a million are never taken for one.
struct PatientHash: Sendable, Hashable, Comparable {
    let high: UInt64
    let low: UInt64

    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    init(scope: Int, key: String) {
        var first = Hasher()
        first.combine(scope)
        first.combine(key)
        var second = Hasher()
        second.combine(key)
        second.combine(~scope)
        high = UInt64(bitPattern: Int64(first.finalize()))
        low = UInt64(bitPattern: Int64(second.finalize()))
    }

    /// The hash that is the same in every run and on every machine: of SHA-256 the first half.
    init(stable key: String) {
        let words = Digest.sha256(key).prefix(16)
        high = words.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        low = words.dropFirst(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    static func < (left: PatientHash, right: PatientHash) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }
}
