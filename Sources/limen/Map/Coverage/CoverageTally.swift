import Basics
import JSON
import Mapping

/// What one profile makes of all patients, in counts alone.
struct CoverageTally {
    /// How a patient ends.
    enum Outcome: String, CaseIterable {
        case complete
        case incomplete
        case notApplicable = "not-applicable"
        case undecided
        /// Resources about another patient stand among the patient's: a request is refused.
        case mismatch
    }

    let profile: Profile
    /// The names of the inputs, then of the facts.
    private(set) var names: [String] = []
    private(set) var inputs: [InputTally] = []
    private(set) var inputCount = 0
    private(set) var patientCount = 0
    private(set) var outcomes: [Outcome: Int] = [:]
    /// The codes of rules that do not hold or cannot be decided.
    private(set) var codes = CodeCounter()
    /// Complete patients with an assumed or imputed value.
    private(set) var substitutedCount = 0
    private(set) var reasons: [RejectionReason: Int] = [:]
    /// Rejections by input and reason.
    private(set) var inputReasons: [String: [RejectionReason: Int]] = [:]
    private(set) var unaskedCount = 0
    /// Units that were not taken, as `input: reason: system|code`.
    private(set) var units = CodeCounter()

    init(_ profile: Profile) {
        self.profile = profile
    }

    /// Maps a patient and counts what comes of it.
    mutating func add(_ record: PatientRecord, at moment: Instant) {
        let report = profile.map(
            patient: record.patient,
            resources: record.resources,
            patientID: record.id,
            patientFullURLs: record.fullURLs,
            now: moment
        )
        let all = report.inputs + report.facts
        if names.isEmpty {
            names = all.map(\.name)
            inputs = Array(repeating: InputTally(), count: all.count)
            inputCount = report.inputs.count
        }
        patientCount += 1
        for (position, input) in all.enumerated() { inputs[position].add(input) }
        unaskedCount += report.unaskedCount
        count(report)
        for rejection in report.rejections {
            reasons[rejection.reason, default: 0] += 1
            inputReasons[rejection.input ?? "", default: [:]][rejection.reason, default: 0] += 1
        }
        countUnits(report, record)
    }

    private mutating func count(_ report: MappingReport) {
        guard !report.hasSubjectMismatch else {
            outcomes[.mismatch, default: 0] += 1
            return
        }
        switch report.applicability {
        case .notApplicable(let code, _):
            outcomes[.notApplicable, default: 0] += 1
            codes.add("not applicable: " + code)
        case .undecided(let code, _):
            outcomes[.undecided, default: 0] += 1
            codes.add("undecided: " + code)
        case .applies:
            let isComplete = report.inputs.allSatisfy { $0.value != nil || $0.isOptional }
            outcomes[isComplete ? .complete : .incomplete, default: 0] += 1
            let isSubstituted = report.inputs.contains {
                $0.flags.contains(.assumed) || $0.flags.contains(.imputed)
            }
            if isComplete, isSubstituted { substitutedCount += 1 }
        }
    }

    private static let unitReasons: [RejectionReason] = [
        .unitMissing, .unitUnknown, .unitIncompatible,
    ]

    private mutating func countUnits(_ report: MappingReport, _ record: PatientRecord) {
        let refused = report.rejections.filter { Self.unitReasons.contains($0.reason) }
        guard !refused.isEmpty else { return }
        let positions = Dictionary(
            record.resources.enumerated().map { (Self.label($1, at: $0), $0) },
            uniquingKeysWith: { first, _ in first }
        )
        for rejection in refused {
            let resource = positions[rejection.resource].map { record.resources[$0] }
            let unit = resource.flatMap { Self.unit(in: $0, path: rejection.path) } ?? "(none)"
            units.add(
                "\(rejection.input ?? "-"): \(rejection.reason.rawValue): " + unit.printable
            )
        }
    }

    private static func label(_ resource: JSONValue, at position: Int) -> String {
        let type = resource["resourceType"]?.stringValue ?? "Resource"
        return resource["id"]?.stringValue.map { type + "/" + $0 } ?? "\(type)[\(position)]"
    }

    /// The unit of the quantity at a path such as `component[0].valueQuantity.code`.
    private static func unit(in resource: JSONValue, path: String) -> String? {
        var value = resource
        for step in path.split(separator: ".") {
            let parts = step.split(separator: "[")
            guard let name = parts.first, let next = value[String(name)] else { break }
            value = next
            if parts.count > 1, let index = Int(parts[1].dropLast()) {
                let elements = Array(value.elements)
                guard elements.indices.contains(index) else { return nil }
                value = elements[index]
            }
        }
        if value.kind != .object, let last = path.lastIndex(of: ".") {
            return unit(in: resource, path: String(path[..<last]))
        }
        guard value.kind == .object else { return nil }
        if let code = value["code"]?.stringValue {
            return (value["system"]?.stringValue ?? "") + "|" + code
        }
        return value["unit"]?.stringValue.map { "text \"" + $0 + "\"" } ?? "(none)"
    }
}
