public import ClinicalEngine

/// Reads PMML 4.4 documents into models.
///
///     <PMML xmlns="http://www.dmg.org/PMML-4_4" version="4.4">
///       <Header description="NEWS2" modelVersion="1.0.0" copyright="..."/>
///       <DataDictionary>
///         <DataField name="pulse" optype="continuous" dataType="double"/>
///       </DataDictionary>
///       <Scorecard functionName="regression" useReasonCodes="false">
///         <MiningSchema><MiningField name="pulse"/></MiningSchema>
///         <Characteristics>
///           <Characteristic name="pulse">
///             <Attribute partialScore="1">
///               <SimplePredicate field="pulse" operator="greaterThan" value="90"/>
///             </Attribute>
///             <Attribute partialScore="0"><True/></Attribute>
///           </Characteristic>
///         </Characteristics>
///       </Scorecard>
///     </PMML>
public enum PMMLDocument {
    /// Reads a document, compiles it and runs its own verification rows.
    ///
    /// - Throws: `PMMLError` with element and line.
    public static func compile(_ bytes: [UInt8]) throws(PMMLError) -> ClinicalModel {
        let source = try read(bytes)
        let compiled = try Self.compile(source.definition, source.model)
        try source.result.verification?.verify(compiled, targets: source.result.targets)
        return compiled
    }

    /// Reads a document without compiling it, to show what stands in it.
    ///
    /// - Throws: `PMMLError` with element and line.
    public static func definition(_ bytes: [UInt8]) throws(PMMLError) -> ModelDefinition {
        try read(bytes).definition
    }

    /// How many rows of its own a document is verified with.
    ///
    /// - Throws: `PMMLError` with element and line.
    public static func verificationRowCount(_ bytes: [UInt8]) throws(PMMLError) -> Int {
        try read(bytes).result.verification?.rowCount ?? 0
    }

    /// A document as it was read.
    struct Source {
        let definition: ModelDefinition
        let model: Element
        let result: ModelReader.Result
    }

    static func read(_ bytes: [UInt8]) throws(PMMLError) -> Source {
        let root = try ElementTree.read(bytes).root
        guard root.name == "PMML" else { throw root.error(.invalid) }
        try root.allow(["version"])
        guard Self.versions.contains(try root.required("version")) else {
            throw root.error(.unsupported, attribute: "version")
        }
        var about = ClinicalModel.About()
        var dictionary: DataDictionary?
        var model: Element?
        var transformations: Element?
        for child in root.children {
            switch child.name {
            case "Header":
                about = try Self.about(child)
            case "DataDictionary":
                guard dictionary == nil else { throw child.error(.invalid) }
                dictionary = try DataDictionary(child)
            case "TransformationDictionary":
                guard transformations == nil else { throw child.error(.invalid) }
                transformations = child
            case "MiningBuildTask":
                // It says how the model was made, and nothing about its results.
                continue
            default:
                // One model in a document: which of several is meant would be a guess.
                guard model == nil else { throw child.error(.unsupported) }
                model = child
            }
        }
        guard let dictionary else { throw root.error(.invalid, detail: "DataDictionary") }
        guard let model else { throw root.error(.invalid, detail: "model") }
        var scope = FieldScope()
        var derived: [DerivedField] = []
        if let transformations {
            scope = FieldScope(dictionary.fields)
            derived = try TransformationReader.read(
                transformations,
                scope: &scope,
                allowsFunctions: true
            )
            // Models read inputs through their own schema only.
            for field in dictionary.fields { scope.remove(field.name) }
        }
        let result = try ModelReader.read(
            model,
            .init(dictionary: dictionary, scope: scope, isOutermost: true)
        )
        var definition = ModelDefinition(fields: result.inputs, model: result.node)
        definition.about = about
        definition.transformations = derived
        return Source(definition: definition, model: model, result: result)
    }

    /// Compiles a definition; faults that only show there get the line they belong to.
    static func compile(
        _ definition: ModelDefinition,
        _ model: Element
    ) throws(PMMLError) -> ClinicalModel {
        do {
            return try ClinicalModel(definition)
        } catch {
            let code: PMMLError.Code
            switch error.code {
            case .tooLarge: code = .tooLarge
            case .unsupported: code = .unsupported
            case .unknownField, .duplicate, .operandMismatch, .malformedPredicate,
                .reasonCodeAbsent, .notFinite, .empty, .cycle, .overlap, .inconsistent:
                code = .invalid
            }
            let element: String
            switch error.code {
            case .cycle: element = "DerivedField " + String(error.place.prefix(64))
            case .overlap: element = "Node"
            case .unknownField, .duplicate, .operandMismatch, .malformedPredicate, .tooLarge,
                .reasonCodeAbsent, .notFinite, .empty, .inconsistent, .unsupported:
                element = String(model.name.prefix(64))
            }
            throw PMMLError(
                code: code,
                element: element + " " + error.code.rawValue,
                line: error.line > 0 ? error.line : model.line
            )
        }
    }

    private static let versions = ["4.0", "4.1", "4.2", "4.2.1", "4.3", "4.4", "4.4.1"]

    private static func about(_ header: Element) throws(PMMLError) -> ClinicalModel.About {
        try header.allow(["copyright", "description", "modelVersion"])
        for child in header.children {
            guard ["Application", "Annotation", "Timestamp"].contains(child.name) else {
                throw child.error(.unsupported)
            }
        }
        var about = ClinicalModel.About()
        about.copyright = header["copyright"].map(Self.line)
        about.description = header["description"].map(Self.line)
        about.version = header["modelVersion"]
        return about
    }

    /// Text that an author broke over several lines, as one line.
    private static func line(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
