import Basics
import JSON
import Monitoring

extension DriftPage {
    /// The report for programs: one object.
    var json: String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("profile", profile)
        writer.member("tenant", tenant)
        writer.member("arm", arm)
        writer.member("from", from.text)
        writer.member("to", to.text)
        writer.member("version", ifPresent: data.chosen?.version)
        writer.member("sha256", ifPresent: data.chosen?.sha256)
        writer.member("isInForce", data.chosen?.sha256 == inForce)
        writer.member("cases", data.chosen?.caseCount ?? 0)
        writer.member("hasReference", reference != nil)
        writer.member("isJudged", drift.isJudged)
        writer.member("hasFired", drift.hasFired)
        writer.name("falseAlarmRate")
        writer.value(ModelDrift.falseAlarmRate)
        writer.member("comparisons", drift.comparisonCount)
        writer.name("level")
        writer.value(drift.level)
        writer.name("series")
        writer.beginArray()
        for item in drift.items { write(item, to: &writer) }
        writer.endArray()
        writer.name("overTime")
        writer.beginArray()
        for (name, histogram) in data.periods {
            writer.beginObject()
            writer.member("period", name)
            writer.name("counts")
            writer.beginArray()
            for count in histogram.bins { writer.value(count) }
            writer.endArray()
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return writer.text + "\n"
    }

    private func write(_ item: ModelDrift.Item, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("kind", item.series.name.kind.rawValue)
        writer.member("name", item.series.name.name)
        switch item.verdict {
        case .judged: writer.member("verdict", "judged")
        case .tooFew: writer.member("verdict", "too-few")
        case .noReference: writer.member("verdict", "no-reference")
        case .otherBins: writer.member("verdict", "other-bins")
        }
        writer.name("triggers")
        writer.beginArray()
        for trigger in item.triggers { writer.value(trigger.rawValue) }
        writer.endArray()
        writer.member("cases", item.current.count)
        writer.member("values", item.current.validCount)
        for note in CounterNote.allCases { writer.member(note.label, item.current[note]) }
        ReferenceWriter.write(item.series.bins, item.current, to: &writer)
        if let reference = item.reference {
            writer.name("referenceCounts")
            writer.beginArray()
            for count in reference.bins { writer.value(count) }
            writer.endArray()
        }
        if let report = item.verdict.report {
            writer.member("valuesNeeded", report.currentCountMin)
            if let numbers = report.numbers { write(numbers, to: &writer) }
            writer.name("rates")
            writer.beginArray()
            for rate in report.rates {
                writer.beginObject()
                writer.member("rate", rate.kind.rawValue)
                writer.name("reference")
                writer.value(rate.change.reference)
                writer.name("current")
                writer.value(rate.change.current)
                writer.name("p")
                writer.value(rate.change.probability)
                writer.endObject()
            }
            writer.endArray()
        }
        writer.endObject()
    }

    private func write(_ numbers: DriftReport.Numbers, to writer: inout JSONWriter) {
        let members: [(String, Double?)] = [
            ("psi", numbers.psi), ("noDriftBand", numbers.noDriftBand),
            ("psiMax", numbers.psiMax), ("jensenShannon", numbers.jensenShannon),
            ("kolmogorovSmirnov", numbers.kolmogorovSmirnov),
            ("kolmogorovP", numbers.kolmogorovProbability),
            ("largestDifference", numbers.largestDifference),
        ]
        for (name, value) in members {
            guard let value else { continue }
            writer.name(name)
            writer.value(value)
        }
    }
}
