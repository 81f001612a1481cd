/// The names that FHIRPath and FHIR know, for whoever has to say what was probably meant.
package enum FHIRPathNames {
    /// Every function.
    package static var functions: [String] { FunctionName.allCases.map(\.rawValue) }

    /// Every element of a type that the model knows, its ancestors' included; empty for others.
    package static func elements(of type: String) -> [String] {
        guard let owner = TypeModel.shared.type(type) else { return [] }
        return TypeModel.shared.nameIDs.filter { _, id in
            switch TypeModel.shared.knowledge(of: owner, nameID: id) {
            case .type, .choice: true
            case .absent, .unknown: false
            }
        }.map(\.key).sorted()
    }
}
