import Basics
import ClinicalEngine

/// Reads what PMML has no place for and a segment needs, from `Extension` elements of ours.
///
///     <ClusteringModel ...>
///       <Extension extender="Limen" name="marginMin" value="0.1"/>
///       <Extension extender="Limen" name="atypicalityMax" value="99"/>
///       <Cluster id="1" name="few conditions">
///         <Extension extender="Limen" name="description.en" value="..."/>
///         <Extension extender="Limen" name="name.de" value="..."/>
///         <Extension extender="Limen" name="description.de" value="..."/>
///         <Extension extender="Limen" name="distancePercentiles">
///           <Array n="101" type="real">...</Array>
///         </Extension>
///
/// They stand in the document (PMML 4.4, Extension mechanism), so that its hash in the audit row
/// covers them, and other evaluators pass over them. Those of other extenders are passed over here
/// too; a name of ours that is not known, or stands twice, is refused.
enum SegmentExtensions {
    private static func own(_ element: Element) throws(PMMLError) -> [Element] {
        let extensions = element.allChildren.filter {
            $0.isExtension && $0["extender"] == "Limen"
        }
        var names: Set<String> = []
        for part in extensions {
            try part.allow(["extender", "name", "value"])
            guard names.insert(try part.required("name")).inserted else {
                throw part.error(.invalid, attribute: "name")
            }
        }
        return extensions
    }

    /// The limits of a clustering; both or neither.
    static func confidence(_ element: Element) throws(PMMLError) -> SegmentConfidence? {
        var marginMin: Double?
        var atypicalityMax: Double?
        let parts = try own(element)
        for part in parts {
            try part.allowNoChildren()
            switch part["name"] {
            case "marginMin": marginMin = try part.number("value")
            case "atypicalityMax": atypicalityMax = try part.number("value")
            default: throw part.error(.unsupported, attribute: "name")
            }
        }
        guard let part = parts.first else { return nil }
        guard let marginMin, let atypicalityMax else { throw part.error(.invalid) }
        return SegmentConfidence(marginMin: marginMin, atypicalityMax: atypicalityMax)
    }

    /// The texts and percentiles of a cluster.
    static func read(
        _ element: Element,
        into cluster: inout Clustering.Cluster
    ) throws(PMMLError) {
        // English first: its name is that of the cluster.
        var texts: [SegmentText] = []
        for part in try own(element) {
            let words = try part.required("name").split(separator: ".", maxSplits: 1)
            guard let kind = words.first else { throw part.error(.unsupported, attribute: "name") }
            if kind == "distancePercentiles", words.count == 1 {
                cluster.distancePercentiles = try ClusteringReader.numbers(part)
                continue
            }
            try part.allowNoChildren()
            guard let language = words.last, isLanguage(language) else {
                throw part.error(.unsupported, attribute: "name")
            }
            let text = try part.required("value")
            guard !text.isEmpty, text.utf8.count <= Limits.segmentTextBytesMax else {
                throw part.error(.invalid, attribute: "value")
            }
            let found = texts.firstIndex { $0.language == language }
            let position = found ?? texts.count
            if found == nil {
                texts.append(SegmentText(language: String(language), name: "", description: ""))
            }
            switch kind {
            case "name": texts[position].name = text
            case "description": texts[position].description = text
            default: throw part.error(.unsupported, attribute: "name")
            }
        }
        for position in texts.indices where texts[position].language == "en" {
            guard texts[position].name.isEmpty, let name = cluster.name else {
                throw element.error(.invalid, detail: "name.en")
            }
            texts[position].name = name
        }
        guard texts.allSatisfy({ !$0.name.isEmpty && !$0.description.isEmpty }) else {
            throw element.error(.invalid, detail: "name")
        }
        cluster.texts = texts
    }

    /// Two small letters (ISO 639-1).
    private static func isLanguage(_ text: Substring) -> Bool {
        text.utf8.count == 2 && text.utf8.allSatisfy { $0 >= 0x61 && $0 <= 0x7A }
    }
}
