package import ClinicalEngine

extension PMMLDocument {
    /// The fields of a document with the ranges of their valid values, for those who scaffold a
    /// profile from it.
    ///
    /// - Throws: `PMMLError` with element and line.
    package static func dataFields(_ bytes: [UInt8]) throws(PMMLError) -> [FieldDefinition] {
        let root = try ElementTree.read(bytes).root
        guard let dictionary = root.children.first(where: { $0.name == "DataDictionary" }) else {
            throw root.error(.invalid, detail: "DataDictionary")
        }
        return try DataDictionary(dictionary).fields
    }
}
