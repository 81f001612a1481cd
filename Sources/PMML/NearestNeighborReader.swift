import ClinicalEngine

/// Reads what is particular to nearest neighbours (PMML 4.4, NearestNeighborModel).
///
///     <NearestNeighborModel functionName="classification" numberOfNeighbors="3">
///       <TrainingInstances>
///         <InstanceFields>
///           <InstanceField field="pulse" column="pulse"/>
///           <InstanceField field="outcome" column="outcome"/>
///         </InstanceFields>
///         <InlineTable>
///           <row><pulse>71</pulse><outcome>stable</outcome></row>
///         </InlineTable>
///       </TrainingInstances>
///       <ComparisonMeasure kind="distance"><euclidean/></ComparisonMeasure>
///       <KNNInputs><KNNInput field="pulse"/></KNNInputs>
///     </NearestNeighborModel>
struct NearestNeighborReader {
    static let attributes = [
        "numberOfNeighbors", "continuousScoringMethod", "categoricalScoringMethod",
        "instanceIdVariable", "threshold",
    ]
    static let parts = ["TrainingInstances", "ComparisonMeasure", "KNNInputs"]

    private let parts: ModelParts
    private var element: Element { parts.element }
    private let isTransformed: Bool

    static func read(
        _ parts: ModelParts
    ) throws(PMMLError) -> NearestNeighbors {
        let instances = try parts.part("TrainingInstances")
        try instances.allow(["isTransformed", "recordCount", "fieldCount"])
        let reader = NearestNeighborReader(
            parts: parts,
            isTransformed: try instances.boolean("isTransformed", default: false)
        )
        return try reader.model(instances)
    }

    private func model(_ instances: Element) throws(PMMLError) -> NearestNeighbors {
        let comparison = try parts.part("ComparisonMeasure")
        let measure = try ClusteringReader.measure(comparison)
        let fields = try fields(
            try parts.part("KNNInputs"),
            try Self.comparison(comparison, otherwise: .absDiff)
        )
        let (columns, rows) = try table(instances)
        guard let count = try element.count("numberOfNeighbors"), (1...rows.count).contains(count)
        else { throw element.error(.invalid, attribute: "numberOfNeighbors") }
        var cells: [Predicate.Operand] = []
        cells.reserveCapacity(rows.count * fields.count)
        for row in rows {
            for field in fields {
                let text = try cell(of: field.name, columns, row)
                cells.append(
                    try parts.operand(text, field: field.name, row.element, attribute: nil)
                )
            }
        }
        var model = NearestNeighbors(
            neighborCount: count,
            measure: measure,
            fields: fields,
            cells: cells,
            answers: try answers(columns, rows),
            identifiers: try identifiers(columns, rows)
        )
        if let method = try element.name(
            "continuousScoringMethod",
            as: NearestNeighbors.ContinuousScoring.self
        ) {
            model.continuousScoring = method
        }
        if let method = try element.name(
            "categoricalScoringMethod",
            as: NearestNeighbors.CategoricalScoring.self
        ) {
            model.categoricalScoring = method
        }
        if let threshold = try element.number("threshold") {
            guard threshold >= 0 else { throw element.error(.invalid, attribute: "threshold") }
            model.threshold = threshold
        }
        return model
    }

    /// What is compared, and how much it counts.
    private func fields(
        _ element: Element,
        _ comparison: Clustering.Comparison
    ) throws(PMMLError) -> [Clustering.Field] {
        try element.allow([])
        var fields: [Clustering.Field] = []
        for child in element.children {
            guard child.name == "KNNInput" else { throw child.error(.unsupported) }
            try child.allow(["field", "fieldWeight", "compareFunction"])
            try child.allowNoChildren()
            let name = try parts.field("field", of: child)
            guard isTransformed || !parts.isDerived(name) else {
                // Stored rows would have to be transformed like the row that is asked about.
                throw child.error(.unsupported, attribute: "field")
            }
            var field = Clustering.Field(name: name)
            field.weight = try child.number("fieldWeight") ?? 1
            guard field.weight >= 0 else { throw child.error(.invalid, attribute: "fieldWeight") }
            field.comparison = try Self.comparison(child, otherwise: comparison)
            fields.append(field)
        }
        guard !fields.isEmpty else { throw element.error(.invalid) }
        return fields
    }

    /// How a field is compared; a scale for Gaussian similarity has no place here.
    private static func comparison(
        _ element: Element,
        otherwise comparison: Clustering.Comparison
    ) throws(PMMLError) -> Clustering.Comparison {
        switch element["compareFunction"] {
        case nil: return comparison
        case "absDiff": return .absDiff
        case "delta": return .delta
        case "equal": return .equal
        default: throw element.error(.unsupported, attribute: "compareFunction")
        }
    }

    /// One row of the table by column.
    private struct Row {
        let element: Element
        let cells: [String: String]
    }

    /// The column of each field, and the rows.
    private func table(
        _ instances: Element
    ) throws(PMMLError) -> (columns: [String: String], rows: [Row]) {
        var columns: [String: String] = [:]
        var rows: [Row] = []
        for child in instances.children {
            switch child.name {
            case "InstanceFields":
                try child.allow([])
                for field in child.children {
                    guard field.name == "InstanceField" else { throw field.error(.unsupported) }
                    try field.allow(["field", "column"])
                    let name = try field.required("field")
                    let column = Self.local(field["column"] ?? name)
                    guard columns.updateValue(column, forKey: name) == nil else {
                        throw field.error(.invalid, attribute: "field")
                    }
                }
            case "InlineTable":
                try child.allow([])
                for row in child.children { rows.append(try Self.row(row)) }
            default:
                throw child.error(.unsupported)
            }
        }
        if let count = try instances.count("fieldCount"), count != columns.count {
            throw instances.error(.invalid, attribute: "fieldCount")
        }
        if let count = try instances.count("recordCount"), count != rows.count {
            throw instances.error(.invalid, attribute: "recordCount")
        }
        guard !columns.isEmpty, !rows.isEmpty else { throw instances.error(.invalid) }
        return (columns, rows)
    }

    /// A column may be written with the prefix of its namespace.
    private static func local(_ name: String) -> String {
        name.split(separator: ":").last.map(String.init) ?? name
    }

    private static func row(_ element: Element) throws(PMMLError) -> Row {
        guard element.name == "row" else { throw element.error(.unsupported) }
        var cells: [String: String] = [:]
        for cell in element.allChildren {
            guard cells.updateValue(cell.text, forKey: cell.name) == nil else {
                throw cell.error(.invalid)
            }
        }
        return Row(element: element, cells: cells)
    }

    /// The text of a field in a row; a stored row must be whole.
    private func cell(
        of field: String,
        _ columns: [String: String],
        _ row: Row
    ) throws(PMMLError) -> String {
        guard let column = columns[field], let text = row.cells[column], !text.isEmpty else {
            throw row.element.error(.invalid)
        }
        return text
    }

    private func answers(
        _ columns: [String: String],
        _ rows: [Row]
    ) throws(PMMLError) -> NearestNeighbors.Answers {
        let function = try element.required("functionName")
        guard function != "clustering" else { return .none }
        guard let target = parts.target, !target.name.isEmpty else {
            throw element.error(.unsupported, detail: "target")
        }
        guard columns[target.name] != nil else {
            throw element.error(.invalid, detail: "InstanceField")
        }
        var texts: [String] = []
        for row in rows { texts.append(try cell(of: target.name, columns, row)) }
        guard function == "regression" else {
            for (text, row) in zip(texts, rows) where !target.categories.isEmpty {
                guard target.categories.contains(text) else { throw row.element.error(.invalid) }
            }
            return .categories(texts)
        }
        var numbers: [Double] = []
        for (text, row) in zip(texts, rows) {
            guard let number = Element.number(text) else { throw row.element.error(.invalid) }
            numbers.append(number)
        }
        return .numbers(numbers)
    }

    private func identifiers(
        _ columns: [String: String],
        _ rows: [Row]
    ) throws(PMMLError) -> [String] {
        guard let name = element["instanceIdVariable"] else {
            return rows.indices.map { String($0 + 1) }
        }
        guard columns[name] != nil else {
            throw element.error(.invalid, attribute: "instanceIdVariable")
        }
        var identifiers: [String] = []
        for row in rows { identifiers.append(try cell(of: name, columns, row)) }
        return identifiers
    }
}
