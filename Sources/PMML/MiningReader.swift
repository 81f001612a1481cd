import Basics
import ClinicalEngine

/// Reads several models that answer together (PMML 4.4, MiningModel).
enum MiningReader {
    static func read(
        _ element: Element,
        _ parts: [Element],
        _ surroundings: inout ModelReader.Surroundings
    ) throws(PMMLError) -> Mining {
        guard let segmentation = parts.first, segmentation.name == "Segmentation" else {
            throw parts.first?.error(.unsupported)
                ?? element.error(.invalid, detail: "Segmentation")
        }
        guard parts.count == 1 else { throw parts[1].error(.unsupported) }
        try segmentation.allow([
            "multipleModelMethod", "missingPredictionTreatment", "missingThreshold",
        ])
        // Some exporters mark the methods that came with later versions as their own.
        let name = try segmentation.required("multipleModelMethod")
        let plain = name.hasPrefix("x-") ? String(name.dropFirst(2)) : name
        guard let method = Mining.Method(rawValue: plain) else {
            throw segmentation.error(.unsupported, attribute: "multipleModelMethod")
        }
        var mining = Mining(method: method, segments: [])
        mining.missingTreatment =
            try segmentation.name(
                "missingPredictionTreatment",
                as: Mining.MissingTreatment.self
            ) ?? .continue
        mining.missingThreshold = try segmentation.number("missingThreshold") ?? 1
        guard (0...1).contains(mining.missingThreshold) else {
            throw segmentation.error(.invalid, attribute: "missingThreshold")
        }
        for child in segmentation.children {
            guard child.name == "Segment" else { throw child.error(.unsupported) }
            let position = mining.segments.count + 1
            let segment = try segment(child, position, &surroundings)
            guard child["id"] == nil || !mining.segments.contains(where: { $0.id == segment.id })
            else { throw child.error(.invalid, attribute: "id") }
            mining.segments.append(segment)
            guard mining.segments.count <= Limits.segmentsMax else {
                throw child.error(.tooLarge)
            }
        }
        guard !mining.segments.isEmpty else { throw segmentation.error(.invalid) }
        return mining
    }

    private static func segment(
        _ element: Element,
        _ position: Int,
        _ surroundings: inout ModelReader.Surroundings
    ) throws(PMMLError) -> Mining.Segment {
        try element.allow(["id", "weight"])
        let weight = try element.number("weight") ?? 1
        guard weight >= 0 else { throw element.error(.invalid, attribute: "weight") }
        var predicate: Predicate?
        var model: ModelNode?
        for child in element.children {
            if PredicateReader.names.contains(child.name) {
                guard predicate == nil else { throw child.error(.invalid) }
                predicate = try PredicateReader.read(child, scope: surroundings.scope)
                continue
            }
            guard model == nil else { throw child.error(.invalid) }
            let result = try ModelReader.read(child, surroundings)
            for output in result.node.outputs { surroundings.scope.add(output, of: result.node) }
            model = result.node
        }
        guard let predicate else { throw element.error(.invalid, detail: "predicate") }
        guard let model else { throw element.error(.invalid, detail: "model") }
        return Mining.Segment(
            id: element["id"] ?? String(position),
            predicate: predicate,
            weight: weight,
            model: model
        )
    }
}
