package import Basics
import FHIRPath
package import JSON

/// A table over FHIR resources of one type, as an HL7 ViewDefinition describes it.
///
///     { "resourceType": "ViewDefinition", "resource": "Patient", "status": "active",
///       "select": [
///         { "column": [ { "name": "id", "path": "getResourceKey()", "type": "string" } ] },
///         { "forEach": "name",
///           "column": [ { "name": "family", "path": "family", "type": "string" } ] } ],
///       "where": [ { "path": "active = true" } ] }
///
/// SQL on FHIR 2. The document is read once and strictly: an element it does not know, a FHIRPath
/// that cannot be used, two columns of one name are refused before a row is made.
package struct ViewDefinition: Sendable {
    /// The name, when there is one.
    package let name: String?
    /// The canonical url, when there is one.
    package let url: String?
    /// The title, when there is one.
    package let title: String?
    /// The type of the resources that give rows.
    package let resource: String
    /// The columns in the order of the table.
    package let columns: [ViewColumn]

    let select: SelectPlan
    let filters: [Filter]
    /// The constants that a path reads.
    let constants: [String: [FHIRPathValue]]
    /// The variables that any path reads.
    let variableNames: Set<String>

    /// A condition that a resource must meet.
    struct Filter: Sendable {
        let expression: FHIRPathExpression
        let pointer: String
    }

    /// Reads and checks a ViewDefinition.
    ///
    /// - Throws: `ViewError` with the place of the fault and what would be accepted.
    package init(parsing document: JSONDocument) throws(ViewError) {
        self = try ViewReader.read(document)
    }

    init(
        head: ViewReader.Head,
        select: SelectPlan,
        filters: [Filter],
        constants: [String: [FHIRPathValue]]
    ) {
        name = head.name
        url = head.url
        title = head.title
        resource = head.resource
        columns = select.allColumns.map(\.column)
        self.select = select
        self.filters = filters
        var names = select.variableNames
        for filter in filters { names.formUnion(filter.expression.variableNames) }
        variableNames = names
        self.constants = constants.filter { names.contains($0.key) }
    }

    /// Whether a resource is of the type that the view is about.
    package func isAbout(_ resource: JSONValue) -> Bool {
        resource["resourceType"]?.isString(self.resource) ?? false
    }

    /// The rows that a resource gives; none when it is of another type or a filter leaves it out.
    ///
    /// - Parameters:
    ///   - resource: the JSON object of a resource.
    ///   - source: the Bundle in which it stands, for references between its entries.
    ///   - fullURL: the `fullUrl` of its entry, which is its key when it has no id.
    ///   - now: the moment that `now()` and `today()` give.
    /// - Returns: the rows, each as wide as `columns`.
    /// - Throws: `ViewRowError`; then the resource gives no row at all.
    package func rows(
        of resource: JSONValue,
        in source: BundleKeys? = nil,
        fullURL: String? = nil,
        now: Instant
    ) throws(ViewRowError) -> ViewRows {
        guard isAbout(resource) else { return ViewRows(columnCount: columns.count) }
        var builder = RowBuilder(view: self, resource, in: source, fullURL: fullURL, now: now)
        guard try builder.passes() else { return ViewRows(columnCount: columns.count) }
        return try builder.rows()
    }
}
