import Basics
import CDSHooks
import JSON

/// Whom a part of the data names that cannot be taken, or not as if it were whole.
///
///     { "resource": { "subject": { "reference": "Patient/p" } } }              p
///     { "request": { "method": "DELETE", "url": "Condition?patient=p" } }      p
///     { "link": [ { "relation": "self", "url": ".../Patient/p/$everything" } ] }    p
enum PatientNames {
    /// Reads who is named.
    ///
    /// - Parameters:
    ///   - value: a Bundle, an entry, a resource, a list of such, or what should be one.
    ///   - literals: the ids of Patients by the urls under which the Bundle around it holds them.
    /// - Returns: the ids of the patients, sorted.
    static func all(in value: JSONValue, literals: [String: String] = [:]) -> [String] {
        var literals = literals
        var names: Set<String> = []
        var references: Set<String> = []
        var pending = [(value: value, depth: 0)]
        while let (value, depth) = pending.popLast() {
            if value.kind == .array, depth == 0 {
                pending += value.elements.map { ($0, 1) }
                continue
            }
            guard value.kind == .object else { continue }
            let resource = value["resourceType"] == nil ? value["resource"] ?? value : value
            if let url = value["request"]?["url"]?.stringValue { names.formUnion(ids(inURL: url)) }
            if resource["resourceType"]?.isString("Bundle") ?? false {
                for link in resource["link"]?.elements ?? resource.elements {
                    names.formUnion(link["url"]?.stringValue.map { ids(inURL: $0) } ?? [])
                }
                guard depth <= Limits.dataBundleDepthMax else { continue }
                pending += (resource["entry"]?.elements ?? resource.elements).map {
                    ($0, depth + 1)
                }
            } else if let patient = DataResource(container: value), patient.type == "Patient" {
                guard let id = patient.patientID, !id.isEmpty else { continue }
                names.insert(id)
                if let url = patient.fullURL { literals[url] = id }
            } else if let reference = DataResource.patientReference(in: resource) {
                references.insert(reference)
            }
        }
        for reference in references {
            if let id = literals[reference] ?? DataResource.id(ofReference: reference) {
                names.insert(id)
            }
        }
        return names.sorted()
    }

    /// The ids in a url of FHIR's interface: of a patient, of their compartment, or of a search
    /// for what is about them (FHIR R4, section 3.1.1.3).
    static func ids(inURL url: String) -> [String] {
        let parts = url.split(separator: "?", maxSplits: 1)
        guard let path = parts.first else { return [] }
        let steps = path.split(separator: "/")
        var ids: [String] = []
        if let position = steps.lastIndex(of: "Patient"), position + 1 < steps.count {
            ids.append(String(steps[position + 1]))
        }
        guard parts.count == 2 else { return ids.filter { FHIRIdentifier.isID($0) } }
        for parameter in parts[1].split(separator: "&") {
            let sides = parameter.split(separator: "=", maxSplits: 1)
            guard sides.count == 2, let name = sides[0].split(separator: ":").first else {
                continue
            }
            let isPatient =
                name == "patient" || name == "subject"
                || (name == "_id" && steps.last == "Patient")
            guard isPatient else { continue }
            let values = sides[1].replacing("%2C", with: ",").replacing("%2c", with: ",")
                .replacing("%2F", with: "/").replacing("%2f", with: "/")
            for value in values.split(separator: ",") {
                let text = String(value)
                ids.append(text.contains("/") ? DataResource.id(ofReference: text) ?? "" : text)
            }
        }
        return ids.filter { FHIRIdentifier.isID($0) }
    }
}
