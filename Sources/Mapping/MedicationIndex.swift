import JSON

/// The Medications of a request, so that a resource that names one by reference can be read.
///
/// FHIR R4 MedicationRequest.medication[x]: a concept, or a reference to a Medication that is
/// contained (`#m1`) or sent beside it (`Medication/m1`, or an absolute URL that ends so).
struct MedicationIndex {
    private var codes: [ArraySlice<UInt8>: Code] = [:]
    /// The servers of the request; where any is known, an absolute URL has to be of one of them.
    private let serverBases: [[UInt8]]
    /// Code systems that somebody asks for; `nil` where every system will do.
    private let systems: [[UInt8]]?

    /// A CodeableConcept and the document it stands in.
    struct Code {
        let tape: JSONTape
        let place: JSONPlace
    }

    /// Knows no Medication.
    init() {
        serverBases = []
        systems = nil
    }

    /// Finds the Medications among resources; of several versions the newest counts.
    ///
    /// Where only some code systems are asked for, a medicine that is coded in none of them is
    /// one that nothing can be said of.
    init(
        _ resources: [JSONValue],
        serverBases: [[UInt8]] = [],
        systems: [[UInt8]]? = nil
    ) {
        self.serverBases = serverBases
        self.systems = systems
        let versions = ResourceVersions(resources)
        for (position, resource) in resources.enumerated()
        where versions.finding(at: position) == nil {
            guard resource["resourceType"]?.isString("Medication") ?? false,
                let id = resource["id"]?.decodedBytes, let code = Self.code(ofMedication: resource)
            else { continue }
            codes[id] = code
        }
    }

    /// What a look-up gives.
    enum Answer {
        case code(Code)
        /// It has no coding that names it, or stands in a resource that was not sent.
        case unresolved
        /// It names its medicine twice, and differently.
        case contradiction
    }

    /// The concept of the medicine that a resource is about; `nil` when it has no coding, or
    /// stands in a resource that was not sent, or is named twice and differently.
    func code(of fields: ResourceFields) -> Code? {
        if case .code(let code) = answer(for: fields) { return code }
        return nil
    }

    /// Looks up the medicine that a resource is about.
    func answer(for fields: ResourceFields) -> Answer {
        let tape = fields.tape
        var concept = fields[other: .medicationCodeableConcept]
        var reference = fields[other: .medicationReference]
        if let medication = fields[other: .medication] {
            // R5 CodeableReference, which may hold both.
            concept = concept ?? tape.member(MemberNames.concept, of: medication)
            reference = reference ?? tape.member(MemberNames.reference, of: medication)
        }
        let direct = concept.flatMap { coded(Code(tape: tape, place: $0)) }
        let named = reference.flatMap { referenced($0, in: fields) }
        guard let direct else { return named.map { .code($0) } ?? .unresolved }
        guard let named else { return .code(direct) }
        let others = Self.tokens(named)
        return Self.tokens(direct).contains { others.contains($0) }
            ? .code(direct) : .contradiction
    }

    private func referenced(_ reference: JSONPlace, in fields: ResourceFields) -> Code? {
        let tape = fields.tape
        guard let text = tape.member(MemberNames.reference, of: reference),
            let bytes = JSONValue(tape, text).decodedBytes
        else { return nil }
        guard bytes.first == UInt8(ascii: "#") else { return sent(bytes) }
        return contained(bytes.dropFirst(), in: fields)
    }

    private func contained(_ id: ArraySlice<UInt8>, in fields: ResourceFields) -> Code? {
        guard let list = fields[other: .contained] else { return nil }
        let medications = JSONValue(fields.tape, list).elements.filter {
            $0["id"]?.decodedBytes?.elementsEqual(id) ?? false
        }
        // Two of one id leave open which is meant.
        guard medications.count == 1 else { return nil }
        return Self.code(ofMedication: medications[0]).flatMap { coded($0) }
    }

    private func sent(_ reference: ArraySlice<UInt8>) -> Code? {
        // A UUID names one thing everywhere.
        if reference.starts(with: "urn:uuid:".utf8) {
            return codes[reference.dropFirst(9)].flatMap { coded($0) }
        }
        var parts = reference.split(separator: UInt8(ascii: "/"))
        if parts.count >= 4, parts[parts.count - 2].elementsEqual("_history".utf8) {
            parts.removeLast(2)
        }
        guard parts.count >= 2, parts[parts.count - 2].elementsEqual("Medication".utf8),
            let id = parts.last
        else { return nil }
        if parts.count > 2 {
            let base = reference[..<(parts[parts.count - 2].startIndex - 1)]
            guard SubjectMatcher.isAbsolute(reference),
                serverBases.isEmpty || serverBases.contains(where: { base.elementsEqual($0) })
            else { return nil }
        }
        return codes[id].flatMap { coded($0) }
    }

    /// R4 Medication.status: what was entered in error says nothing of the medicine.
    private static func code(ofMedication resource: JSONValue) -> Code? {
        guard !(resource["status"]?.isString("entered-in-error") ?? false),
            let code = resource["code"]
        else { return nil }
        return Code(tape: code.tape, place: code.place)
    }

    /// A concept names a medicine by a code and its system; a text or a display is no name.
    private func coded(_ code: Code) -> Code? {
        Self.tokens(code).contains { token in
            systems.map { $0.contains(token.system) } ?? true
        } ? code : nil
    }

    private static func tokens(_ code: Code) -> [CodeToken] {
        (JSONValue(code.tape, code.place)["coding"]?.elements.map { $0 } ?? []).compactMap {
            guard let system = $0["system"]?.decodedBytes, !system.isEmpty,
                let value = $0["code"]?.decodedBytes, !value.isEmpty
            else { return nil }
            return CodeToken(system: Array(system), code: Array(value))
        }
    }
}
