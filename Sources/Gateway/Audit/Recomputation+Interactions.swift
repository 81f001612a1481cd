import Audit
import Basics
import ClinicalEngine
import JSON
import Mapping

/// Checks of interactions, computed again from the codes that their rows hold.
extension Recomputation {
    /// Looks up the pairs of a row again in the knowledge base that it pins.
    ///
    /// What was not sent then is no part of the row, so that "incomplete" for that reason alone is
    /// taken as it stands; every count, pair, rule and severity is computed.
    func interactionVerdict(
        _ record: AuditRecord,
        inputs: [UInt8],
        result: [UInt8]
    ) -> Verdict {
        guard let pin = Self.pin(record.artifacts ?? []) else { return .unreadable("artifacts") }
        guard let base = knowledge[pin.name] else { return .unknownDigest(pin.digest) }
        guard let stored = try? JSONDocument(parsing: result).root, stored.kind == .object else {
            return .unreadable("result")
        }
        guard let list = try? JSONDocument(parsing: inputs).root, list.kind == .array else {
            return .unreadable("inputs")
        }
        var differences: [Difference] = []
        var drugs: [InteractionScreening.Drug] = []
        var uncheckedCount = 0
        for (place, medicine) in list.elements.enumerated() {
            guard let flags = medicine["flags"], let codes = medicine["codes"] else {
                return .incompleteRow("a medicine without its codes")
            }
            let gap = medicine["missingReason"]?.stringValue
            if gap != nil { uncheckedCount += 1 }
            let ingredients = Self.ingredients(codes, gap: gap, base)
            let name = ingredients.isEmpty ? nil : base.text(of: ingredients)
            if medicine["value"]?.stringValue != name {
                let stored = medicine["value"]?.stringValue
                add("inputs[\(place)].value", stored, name, &differences)
            }
            let isAsked = flags.elements.contains { $0.stringValue == "asked" }
            drugs.append(.init(ingredients: ingredients, isAsked: isAsked))
        }
        let asksAnything = drugs.contains(where: \.isAsked)
        let screening = asksAnything ? InteractionScreening(drugs, in: base.table) : nil
        let findings = base.ordered(screening?.findings ?? [])
        var writer = JSONWriter(reservingBytes: 2_048)
        writer.beginObject()
        let status = status(
            stored["status"]?.stringValue ?? "",
            screening,
            asksAnything: asksAnything,
            uncheckedCount: uncheckedCount,
            base
        )
        writer.member("status", status)
        writer.member("medicines", drugs.count)
        writer.member("unchecked", uncheckedCount)
        InteractionReport.write(screening, findings, base, to: &writer)
        writer.endObject()
        guard let computed = try? JSONDocument(parsing: writer.bytes).root else {
            return .unreadable("result")
        }
        for (key, value) in computed.members {
            let name = key.stringValue ?? ""
            compare(stored[name], value, name, &differences)
        }
        for (key, value) in stored.members {
            let name = key.stringValue ?? ""
            if computed[name] == nil { add(name, Self.text(value), nil, &differences) }
        }
        return differences.isEmpty ? .same : .different(differences)
    }

    /// The name under which a knowledge base is kept: every file that decides.
    static func name(of base: InteractionKnowledge) -> String {
        ([base.digest] + base.productDigests.map { $0.name + " " + $0.digest }.sorted())
            .joined(separator: "\n")
    }

    private static func pin(_ artifacts: [UInt8]) -> (name: String, digest: String)? {
        guard let root = try? JSONDocument(parsing: artifacts).root,
            let pinned = root["interactions"], let digest = pinned["sha256"]?.stringValue
        else { return nil }
        var products: [String] = []
        if let tables = pinned["products"] {
            for (key, value) in tables.members {
                products.append((key.stringValue ?? "") + " " + (value.stringValue ?? ""))
            }
        }
        return (([digest] + products.sorted()).joined(separator: "\n"), digest)
    }

    /// The ingredients that the codes of a medicine stand for; none where it was in doubt.
    private static func ingredients(
        _ codes: JSONValue,
        gap: String?,
        _ base: InteractionKnowledge
    ) -> [Int] {
        switch gap.flatMap({ MedicineList.Gap(rawValue: $0) }) {
        case .subject, .type, .notSent, .noCode, .tooManyCodes, .unreadable: return []
        case .unknownCode, .inPart, .versions, nil: break
        }
        let codings = codes.elements.compactMap { coding in
            coding["code"]?.stringValue.map {
                MedicationRecord.Coding(system: coding["system"]?.stringValue, code: $0)
            }
        }
        return base.ingredients(of: codings) ?? []
    }

    private func status(
        _ stored: String,
        _ screening: InteractionScreening?,
        asksAnything: Bool,
        uncheckedCount: Int,
        _ base: InteractionKnowledge
    ) -> String {
        typealias Status = InteractionDecision.Status
        let incomplete = Status.incomplete.rawValue
        guard asksAnything else {
            return stored == incomplete ? incomplete : Status.nothingAsked.rawValue
        }
        guard let screening else { return Status.tooMany.rawValue }
        if !screening.findings.isEmpty { return Status.found.rawValue }
        if uncheckedCount > 0 || stored == incomplete { return incomplete }
        let hasUnloaded = !base.emptyClasses.isEmpty && screening.lookupCount > 0
        return (screening.uncovered.isEmpty && !hasUnloaded ? Status.none : .notCovered).rawValue
    }
}

extension InteractionKnowledge {
    /// The knowledge bases of a folder `Profiles/`, and the names of those that do not load.
    package static func all(
        in files: [String: [UInt8]]
    ) -> (loaded: [InteractionKnowledge], failed: [String]) {
        var loaded: [InteractionKnowledge] = []
        var failed: [String] = []
        for (file, bytes) in files.sorted(by: { $0.key < $1.key })
        where file.hasPrefix("Profiles/") && file.hasSuffix("/" + fileName) {
            let folder = String(file.dropLast(fileName.count))
            let name = String(folder.dropFirst("Profiles/".count).dropLast())
            var products: [String: [UInt8]] = [:]
            for (other, table) in files
            where other.hasPrefix(folder) && other.hasSuffix(productEnding) {
                products[String(other.dropFirst(folder.count))] = table
            }
            if let document = try? JSONDocument(parsing: bytes),
                let base = try? InteractionKnowledge(
                    name: name,
                    document: document,
                    products: products
                )
            {
                loaded.append(base)
            } else {
                failed.append(name)
            }
        }
        return (loaded, failed)
    }
}
