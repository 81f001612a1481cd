import JSON

/// Decides whether a resource is about the patient in context.
///
/// The forms of FHIR R4, section 2.3.0 (references): `Patient/1`, an absolute URL that ends in
/// `Patient/1` (with or without `/_history/2`), and `urn:uuid:` as the fullUrl of a bundle entry.
/// An absolute URL names a resource of its server: where it is known under which the Patient
/// stands, the same id on another one is nobody we know.
struct SubjectMatcher: Sendable {
    private let patientID: [UInt8]
    /// `Patient/` and the id: the form that nearly every reference has.
    private let relative: [UInt8]
    private let fullURLs: [[UInt8]]
    /// The servers on which the Patient stands under its id, without a last slash.
    let serverBases: [[UInt8]]

    enum Answer: Sendable {
        case same
        case other
        case finding(Finding)
    }

    init(patientID: String, fullURLs: [String]) {
        self.patientID = Array(patientID.utf8)
        relative = patientID.isEmpty ? [] : Array("Patient/".utf8) + self.patientID
        self.fullURLs = fullURLs.map { Array($0.utf8) }
        let end = "/Patient/" + patientID
        serverBases = fullURLs.filter { Self.isAbsolute(Array($0.utf8)[...]) && $0.hasSuffix(end) }
            .map { Array($0.utf8.dropLast(end.utf8.count)) }
    }

    /// Whether a value is the id of the patient.
    func isPatientID(_ id: JSONValue) -> Bool { id.tape.isString(id.place, patientID) }

    /// Why a resource is not known to be about the patient; `nil` when it is.
    func finding(_ fields: ResourceFields) -> Finding? {
        guard let reference = fields.subject else { return .subjectMissing }
        switch judge(reference, on: fields.tape) {
        case .finding(let finding): return finding
        case .other: return .otherPatient
        case .same: return nil
        }
    }

    /// R4 Observation.focus: what it is about when that is not the subject.
    func focusFinding(_ fields: ResourceFields) -> Finding? {
        guard let focus = fields[.focus] else { return nil }
        var next = fields.tape.firstElement(of: focus)
        while let reference = next {
            next = fields.tape.element(after: reference, of: focus)
            guard case .same = judge(reference, on: fields.tape) else { return .otherFocus }
        }
        return nil
    }

    /// Judges a Reference element.
    func judge(_ reference: JSONPlace, on tape: JSONTape) -> Answer {
        guard let place = tape.member(MemberNames.reference, of: reference) else {
            // A logical reference (identifier only) or a mere display names nobody we can check.
            return .finding(.subjectUnresolved)
        }
        if !relative.isEmpty, tape.isString(place, relative) { return .same }
        guard let text = JSONValue(tape, place).decodedBytes, !text.isEmpty else {
            return .finding(.subjectUnresolved)
        }
        return judge(text: text)
    }

    func judge(text: ArraySlice<UInt8>) -> Answer {
        if !relative.isEmpty, text.elementsEqual(relative) { return .same }
        for url in fullURLs where text.elementsEqual(url) { return .same }
        if text.starts(with: "urn:".utf8) {
            // A UUID names one thing everywhere, so an id that is the same UUID is the patient.
            if text.starts(with: "urn:uuid:".utf8), !patientID.isEmpty,
                text.dropFirst(9).elementsEqual(patientID)
            {
                return .same
            }
            // It names another entry of the bundle; without the fullUrls nothing can be said.
            return fullURLs.isEmpty ? .finding(.subjectUnresolved) : .other
        }
        if text.first == UInt8(ascii: "#") { return .finding(.subjectUnresolved) }
        var segments = text.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        if segments.count >= 4, segments[segments.count - 2].elementsEqual("_history".utf8) {
            segments.removeLast(2)
        }
        guard segments.count >= 2, let id = segments.last else {
            return .finding(.subjectUnresolved)
        }
        let type = segments[segments.count - 2]
        guard type.elementsEqual("Patient".utf8) else { return .finding(.subjectNotPatient) }
        guard !id.isEmpty else { return .finding(.subjectUnresolved) }
        guard id.elementsEqual(patientID) else { return .other }
        // `Patient/1` and the absolute form are all there is: nothing is known of `../Patient/1`.
        guard segments.count > 2 else { return .same }
        guard Self.isAbsolute(text), id.startIndex > text.startIndex + 9 else {
            return .finding(.subjectUnresolved)
        }
        let base = text[..<(type.startIndex - 1)]
        return serverBases.isEmpty || serverBases.contains { base.elementsEqual($0) }
            ? .same : .finding(.subjectUnresolved)
    }

    /// Whether a reference starts with a scheme of the web.
    static func isAbsolute(_ text: ArraySlice<UInt8>) -> Bool {
        text.starts(with: "http://".utf8) || text.starts(with: "https://".utf8)
    }
}
