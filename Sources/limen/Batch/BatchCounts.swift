import Gateway
import JSON

/// What a batch has counted so far, kept in each checkpoint.
struct BatchCounts: Sendable, Equatable {
    /// Patients of whom there is a result or a reason for none.
    var patients = 0
    /// Resources of these patients.
    var resources = 0
    /// Patients of whom there is no Patient.
    var withoutPatient = 0
    /// Patients that are given more than once with equal content.
    var repeatedPatients = 0
    /// Faults of files, lines and patients.
    var errors = 0
    /// Records that an input asks for and could not use because of a fault in them.
    var rejections = 0
    /// Results by profile and outcome, as `news2 computed`.
    var outcomes: [String: Int] = [:]
    /// Lines of the error file by code.
    var faults: [String: Int] = [:]

    /// Counts a result.
    mutating func add(_ outcome: PatientEvaluation.Outcome, of profile: String) {
        outcomes[profile + " " + outcome.rawValue, default: 0] += 1
    }

    /// Counts a line of the error file.
    mutating func add(fault code: String) {
        if DataFault(rawValue: code) == nil { rejections += 1 } else { errors += 1 }
        faults[code, default: 0] += 1
    }

    /// Adds what another part has counted.
    mutating func add(_ other: BatchCounts) {
        patients += other.patients
        resources += other.resources
        withoutPatient += other.withoutPatient
        repeatedPatients += other.repeatedPatients
        errors += other.errors
        rejections += other.rejections
        outcomes.merge(other.outcomes, uniquingKeysWith: +)
        faults.merge(other.faults, uniquingKeysWith: +)
    }

    /// How many results ended so, of one profile or of all.
    func count(_ outcome: PatientEvaluation.Outcome, of profile: String? = nil) -> Int {
        outcomes.reduce(0) { sum, entry in
            let isAsked =
                profile.map { entry.key == $0 + " " + outcome.rawValue }
                ?? entry.key.hasSuffix(" " + outcome.rawValue)
            return isAsked ? sum + entry.value : sum
        }
    }

    /// Writes the counts into an open object.
    func write(to writer: inout JSONWriter) {
        for (name, path) in Self.numbers { writer.member(name, self[keyPath: path]) }
        for (name, table) in [("outcomes", outcomes), ("faults", faults)] {
            writer.name(name)
            writer.beginObject()
            for (key, count) in table.sorted(by: { $0.key < $1.key }) { writer.member(key, count) }
            writer.endObject()
        }
    }

    init() {}

    /// Reads counts; `nil` when one is missing.
    init?(_ json: JSONValue) {
        for (name, path) in Self.numbers {
            guard let count = json[name]?.integerValue else { return nil }
            self[keyPath: path] = count
        }
        outcomes = Self.table(json["outcomes"])
        faults = Self.table(json["faults"])
    }

    private static func table(_ json: JSONValue?) -> [String: Int] {
        var table: [String: Int] = [:]
        guard let json else { return table }
        for (name, value) in json.members {
            guard let name = name.stringValue else { continue }
            table[name] = value.integerValue
        }
        return table
    }

    private static var numbers: [(String, WritableKeyPath<BatchCounts, Int>)] {
        [
            ("patients", \.patients), ("resources", \.resources),
            ("withoutPatient", \.withoutPatient), ("repeatedPatients", \.repeatedPatients),
            ("errors", \.errors), ("rejections", \.rejections),
        ]
    }
}
