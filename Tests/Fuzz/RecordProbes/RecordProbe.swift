import Basics
import FHIR
import JSON
import Mapping

/// What must hold for any data of a patient: a Bundle, or a list of resources, as the mapping and
/// the reader of medicines are given them.
public enum RecordProbe {
    private static let now = Instant(microseconds: 1_777_888_800_000_000)
    private static let patientID = "p1"

    /// A profile with each type of input, and each way to choose among values.
    private static let profile: Profile? = {
        guard let document = try? JSONDocument(parsing: profileText) else { return nil }
        return try? Profile(parsing: document, conceptMaps: [:])
    }()

    /// Whether the profile of the probe can be read: without it nothing is shown.
    public static var isReady: Bool { profile != nil }

    /// Maps some data; whether an input was found.
    @discardableResult
    public static func run(_ bytes: [UInt8]) -> Bool {
        guard let profile, let document = try? JSONDocument(parsing: bytes) else { return false }
        let resources = resources(of: document.root)
        let patient = resources.first { $0["resourceType"]?.isString("Patient") == true }
        let report = profile.map(
            patient: patient,
            resources: resources,
            patientID: patientID,
            now: now
        )
        check(report, profile, resources.count)
        let again = profile.map(
            patient: patient,
            resources: resources,
            patientID: patientID,
            now: now
        )
        precondition(again.inputs == report.inputs, "the same data gave other inputs")
        precondition(again.rejections.count == report.rejections.count, "other rejections")
        readMedicines(resources, document.root)
        return report.inputs.contains { $0.value != nil }
    }

    private static func resources(of root: JSONValue) -> [JSONValue] {
        if let bundle = Bundle(root) {
            return bundle.entries.compactMap { $0.resource?.json }
        }
        return root.kind == .array ? Array(root.elements) : [root]
    }

    private static func check(_ report: MappingReport, _ profile: Profile, _ count: Int) {
        precondition(report.inputs.map(\.name) == profile.inputNames, "other inputs than asked for")
        for input in report.inputs + report.facts {
            // A value says where it came from, and what is missing has no source.
            precondition((input.value == nil) == (input.source == nil), "a value of nowhere")
            precondition(input.value == nil || input.missingReason == nil, "missing, with a value")
            guard case .quantity(_, let unit) = input.value else { continue }
            precondition(!unit.isEmpty, "a quantity without its unit")
        }
        precondition(report.unaskedCount <= count, "more unasked for than there is")
        for rejection in report.rejections {
            precondition(!rejection.sentence.isEmpty, "a rejection without a sentence")
            precondition(!rejection.resource.isEmpty, "a rejection of nothing")
        }
    }

    private static func readMedicines(_ resources: [JSONValue], _ root: JSONValue) {
        let urls = Bundle(root).map { bundle in
            bundle.entries.map { ($0.resource?.json, $0.fullURL) }
        }
        let sent =
            urls.map { pairs in
                pairs.compactMap { json, url in
                    json.map { MedicationReader.Sent($0, fullURL: url) }
                }
            } ?? resources.map { MedicationReader.Sent($0, fullURL: nil) }
        var reader = MedicationReader(sent, patientID: patientID, patientFullURLs: [])
        for item in sent {
            guard let type = item.resource["resourceType"]?.stringValue,
                MedicationReader.types.contains(type), let record = reader.read(item.resource)
            else { continue }
            precondition(record.resourceType == type, "a medicine of another type")
            precondition(record.name?.contains { !$0.isWhitespace } != false, "a name that is none")
        }
    }

    private static let profileText = """
        { "format": "limen-profile/1", "url": "https://limen.example/profiles/probe",
          "version": "1.0.0", "status": "active", "model": "model.pmml",
          "defaults": { "resource": "Observation",
            "status": ["final", "amended", "corrected"], "within": "PT12H", "future": "PT5M",
            "select": "latest" },
          "inputs": [
            { "name": "pulse", "type": "quantity", "unit": "/min", "plausible": [20, 300],
              "from": [ { "code": ["http://loinc.org|8867-4"], "path": "value.ofType(Quantity)" } ],
              "missing": { "policy": "reject" } },
            { "name": "systolic", "type": "quantity", "unit": "mm[Hg]", "select": "max",
              "from": [ { "code": ["http://loinc.org|8480-6"], "path": "value.ofType(Quantity)" } ],
              "missing": { "policy": "reject" } },
            { "name": "temperature", "type": "quantity", "unit": "Cel", "round": "0.1",
              "select": "mean",
              "from": [ { "code": ["http://loinc.org|8310-5"], "path": "value.ofType(Quantity)" } ],
              "missing": { "policy": "reject" } },
            { "name": "onOxygen", "type": "boolean",
              "from": [ { "code": ["http://loinc.org|3151-8"],
                          "path": "value.ofType(Quantity).value > 0" } ],
              "missing": { "policy": "reject" } } ] }
        """
}
