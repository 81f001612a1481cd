import ClinicalEngine

/// Reads clusters around centres (PMML 4.4, ClusteringModel).
enum ClusteringReader {
    static func read(
        _ element: Element,
        _ parts: [Element],
        _ scope: FieldScope
    ) throws(PMMLError) -> Clustering {
        guard try element.required("modelClass") == "centerBased" else {
            throw element.error(.unsupported, attribute: "modelClass")
        }
        var clustering = Clustering(measure: .euclidean, fields: [], clusters: [])
        var comparison = "absDiff"
        var hasMeasure = false
        for part in parts where part.name == "ComparisonMeasure" {
            guard !hasMeasure else { throw part.error(.invalid) }
            hasMeasure = true
            comparison = part["compareFunction"] ?? comparison
            clustering.measure = try measure(part)
        }
        guard hasMeasure else { throw element.error(.invalid, detail: "ComparisonMeasure") }
        for part in parts {
            switch part.name {
            case "ComparisonMeasure":
                continue
            case "ClusteringField":
                if let field = try field(part, comparison, scope) {
                    clustering.fields.append(field)
                }
            case "MissingValueWeights":
                try part.allow([])
                clustering.missingWeights = try numbers(part)
            case "Cluster":
                let number = clustering.clusters.count + 1
                clustering.clusters.append(try cluster(part, number, clustering.fields.count))
            default:
                throw part.error(.unsupported)
            }
        }
        if let count = try element.count("numberOfClusters"), count != clustering.clusters.count {
            throw element.error(.invalid, attribute: "numberOfClusters")
        }
        guard !clustering.fields.isEmpty else {
            throw element.error(.invalid, detail: "ClusteringField")
        }
        clustering.confidence = try SegmentExtensions.confidence(element)
        return clustering
    }

    static func measure(_ element: Element) throws(PMMLError) -> Clustering.Measure {
        try element.allow(["kind", "compareFunction", "minimum", "maximum"])
        let kind = try element.required("kind")
        guard kind == "distance" || kind == "similarity" else {
            throw element.error(.unsupported, attribute: "kind")
        }
        guard let child = element.children.first, element.children.count == 1 else {
            throw element.error(.invalid)
        }
        if kind == "similarity" {
            switch child.name {
            case "simpleMatching": return .simpleMatching
            case "jaccard": return .jaccard
            case "tanimoto": return .tanimoto
            case "binarySimilarity": return try binary(child)
            default: throw child.error(.unsupported)
            }
        }
        switch child.name {
        case "euclidean": return .euclidean
        case "squaredEuclidean": return .squaredEuclidean
        case "cityBlock": return .cityBlock
        case "chebychev": return .chebychev
        case "minkowski":
            try child.allow(["p-parameter"])
            guard let p = try child.number("p-parameter"), p > 0 else {
                throw child.error(.invalid, attribute: "p-parameter")
            }
            return .minkowski(p)
        default: throw child.error(.unsupported)
        }
    }

    private static func binary(_ element: Element) throws(PMMLError) -> Clustering.Measure {
        let names = ["11", "10", "01", "00"]
        try element.allow(names.map { "c\($0)-parameter" } + names.map { "d\($0)-parameter" })
        var top: [Double] = []
        var bottom: [Double] = []
        for name in names {
            guard let above = try element.number("c\(name)-parameter"),
                let below = try element.number("d\(name)-parameter")
            else { throw element.error(.invalid) }
            top.append(above)
            bottom.append(below)
        }
        return .binarySimilarity(top: top, bottom: bottom)
    }

    private static func field(
        _ element: Element,
        _ comparison: String,
        _ scope: FieldScope
    ) throws(PMMLError) -> Clustering.Field? {
        try element.allow([
            "field", "isCenterField", "fieldWeight", "similarityScale", "compareFunction",
        ])
        try element.allowNoChildren()
        let name = try element.required("field")
        guard let definition = scope[name], definition.isNumeric || definition.isBoolean else {
            throw element.error(.invalid, attribute: "field")
        }
        guard try element.boolean("isCenterField", default: true) else { return nil }
        var field = Clustering.Field(name: name)
        field.weight = try element.number("fieldWeight") ?? 1
        guard field.weight >= 0 else { throw element.error(.invalid, attribute: "fieldWeight") }
        switch element["compareFunction"] ?? comparison {
        case "absDiff": field.comparison = .absDiff
        case "delta": field.comparison = .delta
        case "equal": field.comparison = .equal
        case "gaussSim":
            guard let scale = try element.number("similarityScale"), scale > 0 else {
                throw element.error(.invalid, attribute: "similarityScale")
            }
            field.comparison = .gaussSim(scale: scale)
        default: throw element.error(.unsupported, attribute: "compareFunction")
        }
        return field
    }

    private static func cluster(
        _ element: Element,
        _ number: Int,
        _ fieldCount: Int
    ) throws(PMMLError) -> Clustering.Cluster {
        try element.allow(["id", "name", "size"])
        var center: [Double]?
        for child in element.children {
            switch child.name {
            case "Array":
                guard center == nil else { throw child.error(.invalid) }
                center = try numbers(of: child)
            case "Partition", "Covariances":
                continue
            default:
                throw child.error(.unsupported)
            }
        }
        guard let center else { throw element.error(.invalid, detail: "Array") }
        guard center.count == fieldCount else { throw element.error(.invalid, detail: "Array") }
        var cluster = Clustering.Cluster(
            id: element["id"] ?? String(number),
            name: element["name"],
            center: center
        )
        if element["size"] != nil {
            // PMML 4.4 counts in non-negative integers; a size that is none says nothing.
            guard let size = try element.number("size").flatMap(Int.init(exactly:)), size >= 0
            else { throw element.error(.invalid, attribute: "size") }
            cluster.size = size
        }
        try SegmentExtensions.read(element, into: &cluster)
        return cluster
    }

    static func numbers(_ element: Element) throws(PMMLError) -> [Double] {
        guard let array = element.children.first, element.children.count == 1,
            array.name == "Array"
        else { throw element.error(.invalid) }
        return try numbers(of: array)
    }

    private static func numbers(of array: Element) throws(PMMLError) -> [Double] {
        var numbers: [Double] = []
        for text in try FieldOperand.array(array) {
            guard let number = Element.number(text) else { throw array.error(.invalid) }
            numbers.append(number)
        }
        return numbers
    }
}
