import Basics

/// What can be wrong with a file, a line or a patient of a set of data: the closed list.
enum DataFault: String, Sendable, CaseIterable {
    /// The file cannot be opened or read.
    case unreadableFile = "LIMEN-DATA-001"
    /// The file holds nothing.
    case emptyFile = "LIMEN-DATA-002"
    /// A text is no JSON.
    case notJSON = "LIMEN-DATA-003"
    /// A text is longer than what is read.
    case tooLong = "LIMEN-DATA-004"
    /// A value is no FHIR resource.
    case notResource = "LIMEN-DATA-005"
    /// A clinical resource names no patient.
    case noSubject = "LIMEN-DATA-006"
    /// A Patient has no id, and its entry gives it none.
    case noPatientID = "LIMEN-DATA-007"
    /// Nothing in a Bundle is, or names, a patient.
    case noPatientInBundle = "LIMEN-DATA-008"
    /// Resources name a patient of whom there is no Patient.
    case noPatient = "LIMEN-DATA-009"
    /// Patients of one id differ in content.
    case conflictingPatients = "LIMEN-DATA-010"
    /// What was read a moment ago is no longer there.
    case changed = "LIMEN-DATA-011"
    /// A resource is about another patient than the one it is filed under.
    case otherPatient = "LIMEN-DATA-012"
    /// A patient's id has not the form of a FHIR id.
    case badPatientID = "LIMEN-DATA-013"
    /// A Bundle holds versions that were, and not what is.
    case history = "LIMEN-DATA-014"
    /// A resource stands in a Bundle that deletes it.
    case deleted = "LIMEN-DATA-015"
    /// A Bundle says of itself that it is not all there is.
    case notWhole = "LIMEN-DATA-016"

    /// One sentence without a word of the data.
    var sentence: String {
        switch self {
        case .unreadableFile: "the file cannot be read"
        case .emptyFile: "the file holds nothing"
        case .notJSON: "no JSON"
        case .tooLong: "the text is longer than what is read"
        case .notResource: "no FHIR resource: resourceType is missing"
        case .noSubject: "the resource names no patient"
        case .noPatientID: "the Patient has no id"
        case .noPatientInBundle: "nothing in the Bundle is, or names, a patient"
        case .noPatient: "there is no Patient for the reference of this resource"
        case .conflictingPatients: "Patients of this id differ in content; none is taken"
        case .changed: "the file has changed while it was read"
        case .otherPatient: "a resource here is about another patient; none is taken"
        case .badPatientID: "the id of the patient is no FHIR id; there is no result"
        case .history: "a Bundle of type history holds versions that were; none is taken"
        case .deleted: "the Bundle deletes the resource of this entry; it is not taken"
        case .notWhole: "the Bundle says that it is not all there is"
        }
    }

    /// The sentence for a resource that stands alone, or in another Bundle.
    static let deletedElsewhere =
        "the input deletes this resource in another place; it is not taken"

    /// What would be taken, in a few words.
    var accepted: String {
        switch self {
        case .unreadableFile: "a file that this account may read"
        case .emptyFile: "a file with at least one resource"
        case .notJSON: "one whole JSON value, UTF-8, on each line or in the file"
        case .tooLong: "a text of at most \(Limits.dataDocumentBytesMax >> 20) MB"
        case .notResource: "an object with resourceType"
        case .noSubject: "subject or patient with a reference such as Patient/ID"
        case .noPatientID: "a Patient with id, or an entry whose fullUrl or request.url names it"
        case .noPatientInBundle: "a Bundle with a Patient, or with references to one"
        case .noPatient: "a Patient of that id in the same input"
        case .conflictingPatients: "one Patient of each id, or copies of equal content"
        case .changed: "files that stay as they are until the run ends"
        case .otherPatient: "resources about one patient of one server under one id"
        case .badPatientID: "1 to 64 letters of ASCII, digits, hyphens and dots"
        case .history: "each resource as it is now, alone or in a Bundle of another type"
        case .deleted: "data that delete nothing of what they hold"
        case .notWhole: "all pages of a search, without an error; or all of it as NDJSON"
        }
    }
}
