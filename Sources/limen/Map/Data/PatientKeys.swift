/// Whom each resource of one JSON text is about.
///
/// References to `urn:uuid:` hold inside their Bundle only (FHIR R4, section 2.36.4.1), so they are
/// resolved here. What names nobody in a Bundle of one patient belongs to that patient; the
/// mapping then says for each record what it makes of that.
struct PatientKeys {
    /// The key of each resource in order; `nil` where there is none.
    let keys: [String?]
    /// The key of the only patient of a Bundle or list, to whom all belongs that names nobody.
    let onlyKey: String?

    init(_ document: ResourceWalk.Document) {
        var patients: [String] = []
        var literals: [String: String] = [:]
        for element in document.elements where element.resource.type == "Patient" {
            let id = element.resource.patientID ?? "line-\(element.place.line)"
            patients.append(id)
            if let url = element.resource.fullURL { literals[url] = id }
        }
        var named: [String?] = []
        var next = patients.makeIterator()
        for element in document.elements {
            if element.resource.type == "Patient" {
                named.append(next.next())
            } else if let text = element.resource.patientReference {
                named.append(literals[text] ?? DataResource.id(ofReference: text))
            } else {
                named.append(nil)
            }
        }
        let distinct = Set(patients.isEmpty ? named.compactMap { $0 } : patients)
        guard document.isCollection, distinct.count == 1, let only = distinct.first else {
            keys = named
            onlyKey = nil
            return
        }
        onlyKey = only
        keys = named.map { $0 ?? only }
    }
}
