import Basics
import FHIRPath
import JSON

/// Reads a ViewDefinition strictly.
enum ViewReader {
    /// What a view says about itself.
    struct Head {
        let name: String?
        let url: String?
        let title: String?
        let resource: String
    }

    /// The elements that say what the table holds.
    private static let elements: Set<String> = ["resource", "constant", "select", "where"]

    /// Elements about the document, which change nothing in the table.
    private static let metadata: Set<String> = [
        "resourceType", "meta", "implicitRules", "language", "text", "contained", "url",
        "identifier", "version", "versionAlgorithmString", "versionAlgorithmCoding", "name",
        "title", "status", "experimental", "date", "publisher", "contact", "description",
        "useContext", "jurisdiction", "purpose", "copyright", "copyrightLabel", "approvalDate",
        "lastReviewDate", "effectivePeriod", "topic", "author", "editor", "reviewer", "endorser",
        "relatedArtifact", "profile", "fhirVersion",
    ]

    /// The variables that every path may read, beside the constants.
    static let rowIndexName = "rowIndex"

    static func read(_ document: JSONDocument) throws(ViewError) -> ViewDefinition {
        let root = ViewNode(document.root)
        try checkMetadata(root)
        try root.requireObject(
            elements.union(metadata),
            accepted: elements.sorted().joined(separator: ", ")
                + ", and what describes the document, such as name, title and status"
        )
        let resource = try root.required("resource", "the name of a resource type")
        let head = Head(
            name: try root.child("name").map { (node) throws(ViewError) in try node.name() },
            url: try root.string("url"),
            title: try root.string("title"),
            resource: try resourceType(resource)
        )
        let constants = try ConstantReader.read(root)
        guard root.child("select") != nil else {
            throw ViewError(.missing, root.absent("select"), "an array of selections")
        }
        var selects = SelectReader(resource: head.resource, constants: Set(constants.keys))
        let select = try selects.read(root: root)
        return ViewDefinition(
            head: head,
            select: select,
            filters: try filters(root, resource: head.resource, constants: Set(constants.keys)),
            constants: constants
        )
    }

    private static func checkMetadata(_ root: ViewNode) throws(ViewError) {
        if let type = root.child("resourceType") {
            // The logical model of SQL on FHIR 2 gives its url; the resource, its name.
            let names = ["ViewDefinition", "StructureDefinition/ViewDefinition"]
            let text = try type.text()
            guard text == names[0] || text.hasSuffix("/" + names[1]) else {
                throw ViewError(.wrongShape, type, "ViewDefinition")
            }
        }
        guard let status = root.child("status") else { return }
        guard ["draft", "active", "retired", "unknown"].contains(try status.text()) else {
            throw ViewError(.wrongShape, status, "draft, active, retired or unknown")
        }
    }

    /// A resource type that there is: a misspelt one would give an empty table.
    private static func resourceType(_ node: ViewNode) throws(ViewError) -> String {
        let type = try node.name()
        let isKnown = (try? FHIRPathExpression(parsing: "$this is FHIR." + type)) != nil
        guard isKnown, type.utf8.first.map({ $0 < UInt8(ascii: "a") }) == true else {
            throw ViewError(.unknownType, node, "a resource type of FHIR STU3, R4 or R5")
        }
        return type
    }

    private static func filters(
        _ root: ViewNode,
        resource: String,
        constants: Set<String>
    ) throws(ViewError) -> [ViewDefinition.Filter] {
        var filters: [ViewDefinition.Filter] = []
        for node in try root.list("where") {
            try node.requireObject(["path", "description"])
            _ = try node.string("description")
            let path = try node.required("path", "a FHIRPath that gives a boolean")
            let text = try path.text()
            let expression: FHIRPathExpression
            do throws(FHIRPathError) {
                expression = try FHIRPathExpression(
                    parsing: text,
                    allowedVariables: constants,
                    rootType: resource
                )
            } catch {
                throw ViewError(path, cause: error)
            }
            filters.append(ViewDefinition.Filter(expression: expression, pointer: path.pointer))
        }
        return filters
    }
}
