import FHIR
import JSON
import Posix

/// One patient with all resources, read from their places in the files.
struct BatchPatient {
    /// As the mapping takes it; its Patient is the first of those of this id.
    let record: PatientRecord
    /// Every Patient of this id.
    let patients: [DataResource]
    /// Where these stand.
    let patientPlaces: [IndexRecord]
    /// Where every resource stands, in the order of the data.
    let places: [IndexRecord]
    /// Why nothing of the patient is computed: an entry among them holds no resource that is
    /// taken, or a Bundle among them is not all there is.
    let unreadFault: DataFault?
    /// Where resources stand that the input deletes in another place.
    let deletedPlaces: [IndexRecord]
    /// Where everything but the Patients stands.
    private let resourcePlaces: [IndexRecord]
    /// The bytes of all resources in their order.
    let bytes: [UInt8]

    /// Reads the patient; `nil` when what was there is there no more.
    ///
    /// - Parameters:
    ///   - records: where the parts stand, of which one at least is a resource.
    ///   - cache: the files.
    ///   - retractions: what the input deletes.
    init?(
        _ records: [IndexRecord],
        _ cache: inout OpenFiles,
        retractions: Retractions = Retractions()
    ) {
        let places = records.filter { !$0.isUnread }
        var patients: [DataResource] = []
        var patientPlaces: [IndexRecord] = []
        var resources: [JSONValue] = []
        var resourcePlaces: [IndexRecord] = []
        var deletedPlaces: [IndexRecord] = []
        var urls: [String] = []
        var all: [UInt8] = []
        var id: String?
        for place in places {
            guard let bytes = try? cache.read(place.place.file, place.bytes),
                let document = try? JSONDocument(parsing: bytes),
                let resource = DataResource(container: document.root)
            else { return nil }
            all += bytes
            if retractions.cover(document.root) { deletedPlaces.append(place) }
            guard resource.type == "Patient" else {
                if id == nil, let text = resource.patientReference {
                    id = DataResource.id(ofReference: text)
                }
                resources.append(resource.json)
                resourcePlaces.append(place)
                continue
            }
            patients.append(resource)
            patientPlaces.append(place)
            if let url = resource.fullURL, !urls.contains(url) { urls.append(url) }
        }
        // The Patient as a server would hold it: a transaction names it by its entry alone.
        guard let name = patients.first?.patientID ?? id,
            PatientHash(stable: name) == places.first?.patient
        else { return nil }
        record = PatientRecord(
            id: name,
            patient: patients.first?.json,
            patientPlace: patientPlaces.first?.place,
            resources: resources,
            places: resourcePlaces.map(\.place),
            fullURLs: urls
        )
        self.patients = patients
        self.patientPlaces = patientPlaces
        self.places = places
        unreadFault = records.lazy.compactMap(\.fault).first
        self.deletedPlaces = deletedPlaces
        self.resourcePlaces = resourcePlaces
        bytes = all
    }

    /// The place of each resource under the name that a report gives it.
    var positions: [String: IndexRecord] {
        var positions: [String: IndexRecord] = [:]
        for (position, resource) in record.resources.enumerated() {
            let type = resource["resourceType"]?.stringValue ?? "Resource"
            let name = resource["id"]?.stringValue.map { type + "/" + $0 } ?? "\(type)[\(position)]"
            if positions[name] == nil { positions[name] = resourcePlaces[position] }
        }
        return positions
    }
}
