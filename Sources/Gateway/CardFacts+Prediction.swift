import ClinicalEngine
import JSON

/// What models say beside a score: categories, probabilities, segments and their own outputs.
extension CardFacts {
    func writePrediction(_ evaluation: Evaluation, to writer: inout JSONWriter) {
        if let category = evaluation.category {
            writer.member("category", category)
            let own = evaluation.probabilities.first { $0.category == category }
            Self.number("probability", own?.value, to: &writer)
        }
        if reads("probabilities"), !evaluation.probabilities.isEmpty {
            writer.name("probabilities")
            writer.beginArray()
            for probability in evaluation.probabilities {
                writer.beginObject()
                writer.member("category", probability.category)
                Self.number("value", probability.value, to: &writer)
                writer.endObject()
            }
            writer.endArray()
        }
        if let segment = evaluation.segment {
            writer.member("segment", segment.id)
            writer.member("segmentName", ifPresent: segment.name)
            Self.number("margin", segment.margin, to: &writer)
            Self.number("atypicality", segment.atypicality, to: &writer)
            if let isUncertain = segment.isUncertain { writer.member("isUncertain", isUncertain) }
            if reads("segmentTexts") { write(segment.texts, to: &writer) }
        }
        if reads("outputs"), !evaluation.outputs.isEmpty {
            writer.name("outputs")
            writer.beginArray()
            for output in evaluation.outputs { Self.write(output, to: &writer) }
            writer.endArray()
        }
    }

    private func write(_ texts: [SegmentText], to writer: inout JSONWriter) {
        writer.name("segmentTexts")
        writer.beginArray()
        for text in texts {
            writer.beginObject()
            writer.member("language", text.language)
            writer.member("name", text.name)
            writer.member("description", text.description)
            writer.endObject()
        }
        writer.endArray()
    }

    private static func write(_ output: Evaluation.Output, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("name", output.name)
        switch output.value {
        case .number(let value): number("value", value, to: &writer)
        case .text(let text): writer.member("value", text)
        case .boolean(let value): writer.member("value", value)
        case .missing: break
        }
        writer.endObject()
    }
}
