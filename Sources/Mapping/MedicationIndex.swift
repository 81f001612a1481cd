import JSON

/// The Medications of a request, so that a resource that names one by reference can be read.
///
/// FHIR R4 MedicationRequest.medication[x]: a concept, or a reference to a Medication that is
/// contained (`#m1`) or sent beside it (`Medication/m1`, or an absolute URL that ends so).
struct MedicationIndex {
    private var codes: [ArraySlice<UInt8>: Code] = [:]

    /// A CodeableConcept and the document it stands in.
    struct Code {
        let tape: JSONTape
        let place: JSONPlace
    }

    /// Knows no Medication.
    init() {}

    /// Finds the Medications among resources.
    init(_ resources: [JSONValue]) {
        for resource in resources {
            guard resource["resourceType"]?.isString("Medication") ?? false,
                let id = resource["id"]?.decodedBytes, let code = resource["code"]
            else { continue }
            codes[id] = Code(tape: code.tape, place: code.place)
        }
    }

    /// The concept of the medicine that a resource is about; `nil` when it has no coding, or
    /// stands in a resource that was not sent.
    func code(of fields: ResourceFields) -> Code? {
        let tape = fields.tape
        if let concept = fields[other: .medicationCodeableConcept] {
            return Self.coded(Code(tape: tape, place: concept))
        }
        var reference = fields[other: .medicationReference]
        if let medication = fields[other: .medication] {
            // R5 CodeableReference.
            if let concept = tape.member(MemberNames.concept, of: medication),
                let code = Self.coded(Code(tape: tape, place: concept))
            {
                return code
            }
            reference = tape.member(MemberNames.reference, of: medication)
        }
        guard let reference, let text = tape.member(MemberNames.reference, of: reference),
            let bytes = JSONValue(tape, text).decodedBytes
        else { return nil }
        guard bytes.first == UInt8(ascii: "#") else { return sent(bytes) }
        return contained(bytes.dropFirst(), in: fields)
    }

    private func contained(_ id: ArraySlice<UInt8>, in fields: ResourceFields) -> Code? {
        guard let list = fields[other: .contained] else { return nil }
        for resource in JSONValue(fields.tape, list).elements {
            guard let own = resource["id"]?.decodedBytes, own.elementsEqual(id),
                let code = resource["code"]
            else { continue }
            return Self.coded(Code(tape: code.tape, place: code.place))
        }
        return nil
    }

    private func sent(_ reference: ArraySlice<UInt8>) -> Code? {
        var parts = reference.split(separator: UInt8(ascii: "/"))
        if parts.count >= 4, parts[parts.count - 2].elementsEqual("_history".utf8) {
            parts.removeLast(2)
        }
        guard parts.count >= 2, parts[parts.count - 2].elementsEqual("Medication".utf8),
            let id = parts.last
        else { return nil }
        return codes[id].flatMap { Self.coded($0) }
    }

    /// A concept without any coding is a text, and a text names no medicine.
    private static func coded(_ code: Code) -> Code? {
        guard let list = code.tape.member(MemberNames.coding, of: code.place),
            code.tape.firstElement(of: list) != nil
        else { return nil }
        return code
    }
}
