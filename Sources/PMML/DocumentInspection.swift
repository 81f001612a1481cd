package import ClinicalEngine

/// A document with all that a reviewer asks about it, also when its own rows fail.
///
/// `PMMLDocument.compile` is for who evaluates: it refuses a document whose ModelVerification
/// fails. This is for who reviews: it names each row and output that fails.
package struct DocumentInspection: Sendable {
    /// A result that is not what a row of the document says (PMML 4.4, ModelVerification).
    package struct VerificationFailure: Sendable, Equatable {
        /// The row, from one.
        package let row: Int
        /// The output field, or the target.
        package let output: String
        /// The line of the row.
        package let line: Int
    }

    /// A field of the document with a line where something is said about it.
    package struct Mention: Sendable, Equatable {
        /// The name of the field.
        package let field: String
        /// The line.
        package let line: Int
    }

    /// The most failures that are listed; a model of which more rows fail is another model.
    package static let failureCountMax = 100

    /// The most that a result may differ, relative or beside zero, without a word to the reviewer.
    ///
    /// A hundredth: PMML's own default is a millionth, exporters write less, and beyond it points
    /// and percentages would change.
    package static let toleranceMax = 0.01

    /// What the document says.
    package let definition: ModelDefinition
    /// The model, ready to evaluate.
    package let model: ClinicalModel
    /// Every field of the DataDictionary, also those that the model does not read.
    package let dataFields: [FieldDefinition]
    /// The line of each DataField.
    package let lines: [String: Int]
    /// The fields that the model predicts.
    package let targets: [String]
    /// How many rows the document verifies itself with.
    package let verificationRowCount: Int
    /// The results that are not those of the rows, at most `failureCountMax`.
    package let verificationFailures: [VerificationFailure]
    /// The VerificationFields that are compared with a tolerance above `toleranceMax`.
    package let laxVerificationFields: [Mention]
    /// The version that the document states, where its namespace is that of another.
    package let otherVersion: (stated: String, namespace: String)?
    /// The MiningFields with a replacement for missing values that do not say how it was found.
    package let unexplainedReplacements: [Mention]

    /// Reads a document, compiles it and runs its own rows.
    ///
    /// - Throws: `PMMLError` with element and line when it cannot be read or compiled.
    package init(_ bytes: [UInt8]) throws(PMMLError) {
        let source = try PMMLDocument.read(bytes)
        definition = source.definition
        model = try PMMLDocument.compile(source.definition, source.model)
        targets = source.result.targets
        verificationRowCount = source.result.verification?.rowCount ?? 0
        verificationFailures =
            try source.result.verification?.failures(
                model,
                targets: targets,
                most: Self.failureCountMax
            ) ?? []
        laxVerificationFields =
            source.result.verification?.fields(laxerThan: Self.toleranceMax) ?? []
        let root = source.model.tree.root
        otherVersion = Self.otherVersion(root)
        dataFields =
            try root.children.first { $0.name == "DataDictionary" }
            .map { element throws(PMMLError) in try DataDictionary(element).fields } ?? []
        var lines: [String: Int] = [:]
        var replacements: [Mention] = []
        for entry in source.model.tree.entries {
            guard let name = entry.attributes["name"] else { continue }
            if entry.name == "DataField" { lines[name] = entry.line }
            if entry.name == "MiningField", entry.attributes["missingValueReplacement"] != nil,
                entry.attributes["missingValueTreatment"] == nil
            {
                replacements.append(Mention(field: name, line: entry.line))
            }
        }
        self.lines = lines
        unexplainedReplacements = replacements
    }

    /// What the namespace says (`http://www.dmg.org/PMML-4_4` for 4.4 and 4.4.1), where it is not
    /// what the attribute `version` says.
    private static func otherVersion(_ root: Element) -> (stated: String, namespace: String)? {
        let namespace = root.namespace.split(separator: "-").last?.replacing("_", with: ".") ?? ""
        guard let stated = root["version"], stated != namespace,
            !stated.hasPrefix(namespace + ".")
        else { return nil }
        return (stated, String(namespace))
    }
}
