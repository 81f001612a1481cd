import Basics
import CDSHooks
import JSON

/// The guard that everything in a request is about the patient in context.
///
/// Nothing in CDS Hooks asks for it. Scoring one patient's vital signs and showing them in the
/// chart of another is the worst thing a gateway could do, so a request in which two patients
/// are named is refused as a whole.
enum PatientMatch {
    /// The Patient, and everything else in its order.
    struct Matched {
        var patient: JSONValue?
        var resources: [JSONValue] = []
        /// The `fullUrl`s under which the Patient's Bundle entries stand.
        var patientURLs: [String] = []
    }

    /// Sorts the resources, and holds those of the context against the same patient.
    ///
    /// What is being ordered or entered is not yet a fact about the patient, so the resources of
    /// the context are not among those that are given back.
    ///
    /// - Throws: `GatewayError` `.patientMismatch` with the place of the first that is about
    ///   somebody else; `.malformedBody` when the Patient stands under too many URLs.
    static func match(
        _ items: [Prefetch.Item],
        beside context: [Prefetch.Item] = [],
        patientID: String,
        fhirServer: String? = nil
    ) throws(GatewayError) -> Matched {
        let matched = try match(items, patientID, fhirServer)
        guard !context.isEmpty else { return matched }
        // The Patient of the prefetch comes first, so that two that differ are found here too.
        let patients = items.filter { isPatient($0.resource) }
        _ = try match(patients + context, patientID, fhirServer)
        return matched
    }

    private static func match(
        _ items: [Prefetch.Item],
        _ patientID: String,
        _ fhirServer: String?
    ) throws(GatewayError) -> Matched {
        var matched = Matched()
        matched.resources.reserveCapacity(items.count)
        for item in items {
            guard isPatient(item.resource) else {
                matched.resources.append(item.resource)
                continue
            }
            guard let id = item.resource["id"], id.isString(patientID) else {
                throw mismatch(
                    item.resource["id"] ?? item.resource,
                    "This Patient is not the one in context."
                )
            }
            if let first = matched.patient, !isSame(first, item.resource) {
                // Which of the two is true cannot be told, and an age may hang on it.
                throw mismatch(item.resource, "Two Patients have this id and differ in content.")
            }
            if matched.patient == nil { matched.patient = item.resource }
            guard let place = item.fullURL, let url = place.stringValue,
                !matched.patientURLs.contains(url)
            else { continue }
            guard matched.patientURLs.count < Limits.patientURLsMax else {
                throw tooManyURLs(place)
            }
            matched.patientURLs.append(url)
        }
        let plain = "Patient/" + patientID
        let plainBytes = Array(plain.utf8)
        for resource in matched.resources {
            let (tape, place) = (resource.tape, resource.place)
            // A resource names its patient in one of two members (FHIR R4, W5 subject).
            guard
                let owner = tape.member(Names.subject, of: place)
                    ?? tape.member(Names.patient, of: place),
                let reference = tape.member(Names.reference, of: owner),
                !tape.isString(reference, plainBytes)
            else { continue }
            let value = JSONValue(tape, reference)
            guard isAboutAnother(value, patientID, matched.patientURLs, fhirServer) else {
                continue
            }
            throw mismatch(value, "This resource is about another patient.")
        }
        // The Patient stands on the calling server too, whatever a bundle says where it stands.
        if let fhirServer, !matched.patientURLs.isEmpty {
            let base = fhirServer.hasSuffix("/") ? String(fhirServer.dropLast()) : fhirServer
            matched.patientURLs.append(base + "/" + plain)
        }
        return matched
    }

    /// The members that are looked up in every resource, prepared once.
    private enum Names {
        static let resourceType = JSONName("resourceType")
        static let subject = JSONName("subject")
        static let patient = JSONName("patient")
        static let reference = JSONName("reference")
        static let patientType = Array("Patient".utf8)
    }

    private static func isPatient(_ resource: JSONValue) -> Bool {
        let tape = resource.tape
        guard let type = tape.member(Names.resourceType, of: resource.place) else { return false }
        return tape.isString(type, Names.patientType)
    }

    /// Whether two values say the same, however they are indented and ordered.
    static func isSame(_ one: JSONValue, _ other: JSONValue) -> Bool {
        guard one.kind == other.kind else { return false }
        switch one.kind {
        case .object:
            var count = 0
            for (name, value) in one.members {
                count += 1
                guard let name = name.stringValue, let twin = other[name], isSame(value, twin)
                else { return false }
            }
            return count == other.members.reduce(0) { count, _ in count + 1 }
        case .array:
            let (ones, others) = (Array(one.elements), Array(other.elements))
            return ones.count == others.count && zip(ones, others).allSatisfy(isSame)
        case .string: return one.stringValue == other.stringValue
        case .number, .true, .false, .null: return one.rawBytes.elementsEqual(other.rawBytes)
        }
    }

    /// Whether a reference certainly names another patient.
    ///
    /// What cannot be told (a UUID of an entry that was not sent, a contained resource, a group) is
    /// left to the mapping, which uses no resource whose subject it cannot tell.
    private static func isAboutAnother(
        _ reference: JSONValue,
        _ patientID: String,
        _ patientURLs: [String],
        _ fhirServer: String?
    ) -> Bool {
        guard let text = reference.stringValue else { return false }
        if patientURLs.contains(text) { return false }
        var segments = text.split(separator: "/", omittingEmptySubsequences: false)
        if segments.count >= 4, segments[segments.count - 2] == "_history" {
            segments.removeLast(2)
        }
        guard segments.count >= 2, segments[segments.count - 2] == "Patient" else { return false }
        guard segments[segments.count - 1] == patientID else { return true }
        // The same id on another server is another patient (FHIR R4, 2.3.0.1 absolute references).
        guard let fhirServer, segments.count > 3, segments[0].hasSuffix(":") else { return false }
        let base = segments.dropLast(2).joined(separator: "/")
        let server = fhirServer.hasSuffix("/") ? String(fhirServer.dropLast()) : fhirServer
        return base.lowercased() != server.lowercased()
    }

    private static func tooManyURLs(_ url: JSONValue) -> GatewayError {
        GatewayError(
            malformed: HookRequestError(
                code: .tooMany,
                pointer: url.pointer,
                offset: url.byteOffset,
                sentence: "the Patient stands under more URLs than the limit allows",
                accepted: "at most \(Limits.patientURLsMax) different ones"
            )
        )
    }

    private static func mismatch(_ value: JSONValue, _ sentence: String) -> GatewayError {
        GatewayError(
            .patientMismatch,
            issues: [
                .init(pointer: value.pointer, offset: value.byteOffset, sentence: sentence)
            ]
        )
    }
}
