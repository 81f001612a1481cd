import Basics
import ClinicalEngine
import JSON
import Mapping

/// Writes what a check of interactions rests on as JSON, for the audit row and for explanations.
struct InteractionReport {
    let decision: InteractionDecision

    /// The medicines with their codes and places, in the shape of the inputs of a profile.
    var inputs: [UInt8] {
        var writer = JSONWriter(reservingBytes: 300 * decision.list.medicines.count + 16)
        writer.beginArray()
        for medicine in decision.list.medicines { write(medicine, to: &writer) }
        writer.endArray()
        return writer.bytes
    }

    private func write(_ medicine: MedicineList.Medicine, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("name", medicine.isDraft ? "draft" : "current")
        writer.name("value")
        if medicine.ingredients.isEmpty {
            writer.null()
        } else {
            writer.value(decision.knowledge.text(of: medicine.ingredients))
        }
        if let gap = medicine.gap { writer.member("missingReason", gap.rawValue) }
        writer.name("source")
        writer.beginObject()
        writer.member("resource", ifPresent: medicine.record.map(Self.name))
        writer.member("path", medicine.pointer)
        writer.endObject()
        writer.member("status", ifPresent: medicine.record?.status)
        writer.name("codes")
        writer.beginArray()
        let concepts =
            (medicine.record?.medicine.map { [$0] } ?? []) + (medicine.record?.ingredients ?? [])
        for coding in concepts.flatMap(\.codings) {
            writer.beginObject()
            writer.member("system", ifPresent: coding.system)
            writer.member("code", coding.code)
            writer.endObject()
        }
        writer.endArray()
        writer.name("flags")
        writer.beginArray()
        if medicine.isAsked { writer.value("asked") }
        if let gap = medicine.gap { writer.value(gap.rawValue) }
        writer.endArray()
        writer.endObject()
    }

    private static func name(_ record: MedicationRecord) -> String {
        record.reference ?? record.resourceType
    }

    /// What does not count: counted by reason, and listed up to the limit.
    var rejections: [UInt8] {
        let excluded = decision.list.excluded
        var writer = JSONWriter(reservingBytes: 512)
        writer.beginObject()
        writer.name("counts")
        writer.beginObject()
        for reason in MedicationRecord.Exclusion.allCases {
            let count = excluded.count { $0.reason == reason }
            if count > 0 { writer.member(reason.rawValue, count) }
        }
        writer.endObject()
        writer.member("unasked", decision.list.otherOrderCount)
        writer.name("items")
        writer.beginArray()
        for item in excluded.prefix(Limits.listedRejectionsMax) {
            writer.beginObject()
            writer.member("resource", Self.name(item.record))
            writer.member("path", item.record.json.pointer)
            writer.member("reason", item.reason.rawValue)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    /// What was found, what was not checked and what the table knows nothing about.
    var result: [UInt8] {
        var writer = JSONWriter(reservingBytes: 2_048)
        writer.beginObject()
        writer.member("status", decision.status.rawValue)
        writer.member("medicines", decision.list.medicines.count)
        writer.member("unchecked", decision.list.uncheckedCount)
        Self.write(decision.screening, decision.findings, decision.knowledge, to: &writer)
        writer.endObject()
        return writer.bytes
    }

    /// What a table says about a list, as members of the result; a row is computed again by it.
    static func write(
        _ screening: InteractionScreening?,
        _ findings: [InteractionScreening.Finding],
        _ knowledge: InteractionKnowledge,
        to writer: inout JSONWriter
    ) {
        writer.member("lookups", screening?.lookupCount ?? 0)
        writer.name("pairs")
        writer.beginArray()
        for finding in findings { write(finding, knowledge, to: &writer) }
        writer.endArray()
        write("duplicates", screening?.duplicates ?? [], to: &writer)
        write("notCovered", screening?.uncovered ?? [], to: &writer)
        writer.name("emptyClasses")
        writer.beginArray()
        for name in knowledge.emptyClasses { writer.value(name) }
        writer.endArray()
    }

    private static func write(
        _ finding: InteractionScreening.Finding,
        _ knowledge: InteractionKnowledge,
        to writer: inout JSONWriter
    ) {
        writer.beginObject()
        writer.name("ingredients")
        writer.beginArray()
        writer.value(knowledge.ingredients[finding.one].name)
        writer.value(knowledge.ingredients[finding.other].name)
        writer.endArray()
        writer.name("rules")
        writer.beginArray()
        for rule in finding.rules { writer.value(knowledge.rules[rule].id) }
        writer.endArray()
        let severity = knowledge.rules[knowledge.topRule(of: finding)].severity
        writer.member("severity", severity.rawValue)
        write("medicines", finding.drugs, to: &writer)
        writer.endObject()
    }

    /// Pairs of positions in the inputs: counted, and listed up to the limit.
    private static func write(
        _ name: String,
        _ pairs: [InteractionScreening.DrugPair],
        to writer: inout JSONWriter
    ) {
        writer.member(name + "Count", pairs.count)
        writer.name(name)
        writer.beginArray()
        for pair in pairs.prefix(Limits.listedRejectionsMax) {
            writer.beginArray()
            writer.value(pair.one)
            writer.value(pair.other)
            writer.endArray()
        }
        writer.endArray()
    }

    /// The grounds of an answer in one object, for `limen hook fire`.
    func explanation(flags: [String], evaluatedAt: Instant) -> [UInt8] {
        var writer = JSONWriter(reservingBytes: 8_192)
        writer.beginObject()
        writer.member("evaluatedAt", evaluatedAt.text)
        writer.name("inputs")
        writer.rawValue(inputs)
        writer.name("rejections")
        writer.rawValue(rejections)
        writer.name("evaluation")
        writer.rawValue(result)
        writer.name("artifacts")
        writer.rawValue(decision.service.artifacts)
        writer.name("flags")
        writer.beginArray()
        for flag in flags { writer.value(flag) }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }
}
