package import JSON

/// What is known of one patient, as it is given to a mapping.
package struct PatientData: Sendable {
    /// The logical id of the patient in context.
    package let patientID: String
    /// The Patient, when it is there.
    package var patient: JSONValue?
    /// The `fullUrl`s under which bundles hold the Patient.
    package var patientFullURLs: [String] = []
    /// The logical id of the encounter in context, when there is one.
    package var encounterID: String?
    /// Every other resource, in order.
    package var resources: [JSONValue] = []

    /// Makes data without any resource.
    package init(patientID: String) {
        self.patientID = patientID
    }

    /// Takes the resources of a Bundle, or one resource that stands alone.
    package init(bundle: JSONValue, patientID: String) {
        self.patientID = patientID
        guard bundle["resourceType"]?.isString("Bundle") ?? false else {
            append(bundle)
            return
        }
        for entry in bundle["entry"]?.elements.map({ $0 }) ?? [] {
            guard let resource = entry["resource"] else { continue }
            append(resource, fullURL: entry["fullUrl"]?.stringValue)
        }
    }

    /// Adds a resource.
    package mutating func append(_ resource: JSONValue, fullURL: String? = nil) {
        if patient == nil, resource["resourceType"]?.isString("Patient") ?? false {
            patient = resource
            if let fullURL { patientFullURLs.append(fullURL) }
        } else {
            resources.append(resource)
        }
    }
}
