package import JSON

/// Writes a reference as `limen-reference/1`, see `ReferenceReader`.
package enum ReferenceWriter {
    /// The text of a reference.
    package static func json(_ reference: ModelReference) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("format", ReferenceReader.format)
        writer.member("profile", reference.profile)
        writer.name("model")
        writer.beginObject()
        writer.member("version", ifPresent: reference.version)
        writer.member("sha256", reference.sha256)
        writer.endObject()
        writer.member("source", ifPresent: reference.source)
        writer.name("series")
        writer.beginArray()
        for series in reference.series { write(series, to: &writer) }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    private static func write(_ series: ReferenceSeries, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("kind", series.name.kind.rawValue)
        writer.member("name", series.name.name)
        write(series.bins, series.histogram, to: &writer)
        if let range = series.range {
            writer.name("range")
            writer.beginArray()
            writer.value(range.lowerBound)
            writer.value(range.upperBound)
            writer.endArray()
        }
        writer.name("notes")
        writer.beginObject()
        for note in CounterNote.allCases where series.histogram[note] > 0 {
            writer.member(note.label, series.histogram[note])
        }
        writer.endObject()
        if let bins = series.standardBins, let histogram = series.standard {
            writer.name("standard")
            writer.beginObject()
            write(bins, histogram, to: &writer)
            writer.endObject()
        }
        writer.endObject()
    }

    /// Writes `edges` or `categories`, and `counts`.
    package static func write(
        _ bins: SeriesBins,
        _ histogram: InputHistogram,
        to writer: inout JSONWriter
    ) {
        switch bins {
        case .numbers(let bins):
            writer.name("edges")
            writer.beginArray()
            for edge in bins.edges { writer.value(edge) }
            writer.endArray()
        case .categories(let categories):
            writer.name("categories")
            writer.beginArray()
            for category in categories { writer.value(category) }
            writer.endArray()
        }
        writer.name("counts")
        writer.beginArray()
        for count in histogram.bins { writer.value(count) }
        writer.endArray()
    }
}
