import FHIR
import JSON

extension ResourceFields {
    /// `Observation/t2`, or `Observation[3]` where there is no sound id.
    ///
    /// An id that is not of FHIR's form is not repeated: it could hold anything.
    func label(at position: Int) -> String {
        let name = type?.rawValue ?? self[.resourceType].flatMap { tape.string($0) }
        let type = name.flatMap { Self.isTypeName($0) ? $0 : nil } ?? "Resource"
        if let id = self[.id].flatMap({ tape.string($0) }), Reference.isLogicalID(id) {
            return type + "/" + id
        }
        return position < 0 ? type : "\(type)[\(position)]"
    }

    private static func isTypeName(_ text: String) -> Bool {
        text.utf8.count <= 64
            && text.utf8.allSatisfy {
                (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
            }
    }
}
