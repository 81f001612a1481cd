import Basics
import FHIR
import Gateway
import JSON

/// One patient with all resources that the data holds about them.
struct PatientRecord {
    /// The logical id; never printed but by commands that say so.
    let id: String
    /// The Patient, when the data holds one; of several, the last.
    let patient: JSONValue?
    /// Where the Patient stands.
    let patientPlace: DataPlace?
    /// Everything else, in the order of the data.
    let resources: [JSONValue]
    /// Where each of the resources stands.
    let places: [DataPlace]
    /// The urls under which Bundles hold the Patient.
    let fullURLs: [String]

    /// The same as the tools of the gateway take it.
    var data: PatientData {
        var data = PatientData(patientID: id)
        data.patient = patient
        data.patientFullURLs = fullURLs
        data.resources = resources
        return data
    }

    /// Where the patient first appears.
    var place: DataPlace {
        min(patientPlace ?? places.first, places.first) ?? DataPlace(file: 0, line: 1)
    }

    /// The moment just behind the newest Observation, for data of the past; `nil` without one.
    var newestMoment: Instant? {
        let newest = resources.compactMap { resource -> Instant? in
            guard resource["resourceType"]?.isString("Observation") ?? false else { return nil }
            let effective =
                resource["effectiveDateTime"] ?? resource["effectiveInstant"]
                ?? resource["effectivePeriod"]?["end"]
            guard let effective, let moment = FHIRDateTime(effective) else { return nil }
            return moment.instant ?? moment.range(atOffsetMinutes: 0).upperBound
        }.max()
        return newest?.advanced(byMicroseconds: 60_000_000)
    }

    private func min(_ left: DataPlace?, _ right: DataPlace?) -> DataPlace? {
        guard let left else { return right }
        guard let right else { return left }
        return left < right ? left : right
    }
}
