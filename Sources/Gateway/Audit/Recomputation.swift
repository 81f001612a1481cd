package import Audit

import Basics
import ClinicalEngine
import JSON
import Mapping

/// Computes stored decisions again from their rows, by the profile and the model that the row pins.
///
/// What is taken from the row are the inputs as they were given to the model; how they were found
/// in the resources is not done again, because the resources are not kept. Whatever cannot be
/// computed again is said so with its reason, and never counted as the same.
package struct Recomputation: Sendable {
    /// What came of one row.
    package enum Verdict: Sendable, Equatable {
        /// Every value is the same, to the last digit.
        case same
        /// Some values differ.
        case different([Difference])
        /// The profile or model of the row is not among those that are loaded.
        case unknownDigest(String)
        /// Nothing was computed then: the request failed, was refused or was incomplete before.
        case nothingComputed
        /// The row lacks what it takes; the words say what.
        case incompleteRow(String)
        /// The inputs are sealed, and the key is not here.
        case sealed
        /// The inputs are sealed, and their key has not reached the database.
        case keyMissing
        /// The inputs were erased.
        case erased
        /// The row does not hold what it should; the word says where.
        case unreadable(String)

        /// The word for it in a list.
        package var word: String {
            switch self {
            case .same: "same"
            case .different: "different"
            case .unknownDigest: "unknown-digest"
            case .nothingComputed: "nothing-computed"
            case .incompleteRow: "incomplete-row"
            case .sealed: "sealed"
            case .keyMissing: "key-missing"
            case .erased: "erased"
            case .unreadable: "unreadable"
            }
        }

        /// Whether somebody must look at it: it differs, or nobody can tell whether it does.
        package var isFinding: Bool {
            switch self {
            case .different, .unknownDigest, .unreadable, .incompleteRow, .sealed, .keyMissing,
                .erased:
                true
            case .same, .nothingComputed: false
            }
        }
    }

    /// One value that is not the same.
    package struct Difference: Sendable, Equatable {
        /// Where it stands in the result, such as `contributions[2].points`.
        package let path: String
        /// What the row says; `nil` when it says nothing there.
        package let stored: String?
        /// What was computed now; `nil` when nothing was there.
        package let computed: String?
    }

    private let profiles: [String: LoadedProfile]
    /// The knowledge bases, by the digest of the document and those of the product tables.
    let knowledge: [String: InteractionKnowledge]

    /// Makes it with the profiles and knowledge bases that are at hand; older versions too.
    package init(_ profiles: [LoadedProfile], knowledge: [InteractionKnowledge] = []) {
        var bases: [String: InteractionKnowledge] = [:]
        for base in knowledge { bases[Self.name(of: base)] = base }
        self.knowledge = bases
        var known: [String: LoadedProfile] = [:]
        for profile in profiles { known[profile.profileDigest + profile.modelDigest] = profile }
        self.profiles = known
    }

    /// Whether an event is one that computes.
    package static func applies(to record: AuditRecord) -> Bool {
        record.kind == .decision || record.kind == .evaluation
    }

    /// Computes an event again.
    package func verdict(on event: StoredEvent) -> Verdict {
        let record = event.record
        let facts = EventFacts(record)
        switch event.sealing {
        case .sealed: return .sealed
        case .erased: return .erased
        case .unreadable: return .unreadable("sealing")
        case .keyMissing: return .keyMissing
        case .plain, .opened: break
        }
        guard let inputs = record.inputs, let result = record.result else {
            return .nothingComputed
        }
        if facts.isInteractions {
            return interactionVerdict(record, inputs: inputs, result: result)
        }
        guard let profileDigest = facts.profileDigest, let modelDigest = facts.modelDigest else {
            return .unreadable("artifacts")
        }
        guard let profile = profiles[profileDigest + modelDigest] else {
            return .unknownDigest(profileDigest)
        }
        guard let stored = try? JSONDocument(parsing: result).root, stored.kind == .object else {
            return .unreadable("result")
        }
        guard let list = try? JSONDocument(parsing: inputs).root, list.kind == .array else {
            return .unreadable("inputs")
        }
        var differences: [Difference] = []
        guard compare(stored, list, profile, "", &differences) else { return .unreadable("inputs") }
        if let earlier = stored["earlier"] {
            guard let inputs = earlier["inputs"],
                compare(earlier, inputs, profile, "earlier.", &differences)
            else { return .unreadable("earlier") }
        }
        if !differences.isEmpty { return .different(differences) }
        return stored["status"] == nil ? .nothingComputed : .same
    }

    // MARK: Steps

    /// What an evaluation writes; the other members of a result come from the mapping.
    private static let members: Set<String> = [
        "status", "value", "lower", "upper", "contributions", "reasonCodes", "missing", "imputed",
        "category", "probabilities", "segment", "entity", "outputs", "refusal",
    ]

    /// Holds a stored result against one that is computed now; `false` when the inputs do not read.
    private func compare(
        _ stored: JSONValue,
        _ inputs: JSONValue,
        _ profile: LoadedProfile,
        _ path: String,
        _ differences: inout [Difference]
    ) -> Bool {
        // Where the model did not apply it was not asked, and must not be asked now.
        let word = stored["applicability"]?.stringValue ?? ""
        guard word == "applies" || word == "not-checked" else {
            for name in Self.members where name != "status" {
                guard let value = stored[name] else { continue }
                add(path + name, Self.text(value), nil, &differences)
            }
            return true
        }
        guard let report = Self.report(inputs, profile) else { return false }
        var writer = JSONWriter(reservingBytes: 2_048)
        writer.beginObject()
        ReportWriter.members(of: profile.evaluate(report), to: &writer)
        writer.endObject()
        guard let computed = try? JSONDocument(parsing: writer.bytes).root else { return false }
        for (key, value) in computed.members {
            let name = key.stringValue ?? ""
            compare(stored[name], value, path + name, &differences)
        }
        for (key, value) in stored.members {
            let name = key.stringValue ?? ""
            guard Self.members.contains(name), computed[name] == nil else { continue }
            add(path + name, Self.text(value), nil, &differences)
        }
        return true
    }

    func compare(
        _ stored: JSONValue?,
        _ computed: JSONValue,
        _ path: String,
        _ differences: inout [Difference]
    ) {
        guard let stored, stored.kind == computed.kind else {
            add(path, stored.map(Self.text), Self.text(computed), &differences)
            return
        }
        switch computed.kind {
        case .object:
            for (key, value) in computed.members {
                let name = key.stringValue ?? ""
                compare(stored[name], value, path + "." + name, &differences)
            }
            for (key, value) in stored.members {
                let name = key.stringValue ?? ""
                if computed[name] == nil {
                    add(path + "." + name, Self.text(value), nil, &differences)
                }
            }
        case .array:
            let left = Array(stored.elements)
            let right = Array(computed.elements)
            for position in 0..<max(left.count, right.count) {
                let place = path + "[\(position)]"
                if position < right.count {
                    let value = position < left.count ? left[position] : nil
                    compare(value, right[position], place, &differences)
                } else {
                    add(place, Self.text(left[position]), nil, &differences)
                }
            }
        case .string, .number, .true, .false, .null:
            let texts = (Self.text(stored), Self.text(computed))
            if texts.0 != texts.1 { add(path, texts.0, texts.1, &differences) }
        }
    }

    func add(
        _ path: String,
        _ stored: String?,
        _ computed: String?,
        _ differences: inout [Difference]
    ) {
        guard differences.count < Limits.recomputedDifferencesMax else { return }
        differences.append(Difference(path: path, stored: stored, computed: computed))
    }

    static func text(_ value: JSONValue) -> String {
        value.stringValue ?? String(decoding: value.rawBytes, as: UTF8.self)
    }

    /// The inputs as they were given to the model, in the order of the profile.
    private static func report(_ list: JSONValue, _ profile: LoadedProfile) -> MappingReport? {
        var byName: [String: JSONValue] = [:]
        for input in list.elements {
            guard let name = input["name"]?.stringValue, byName[name] == nil else { return nil }
            byName[name] = input
        }
        var inputs: [MappingReport.Input] = []
        for name in profile.profile.inputNames {
            guard let stored = byName[name] else { return nil }
            guard let value = value(of: stored) else { return nil }
            inputs.append(
                MappingReport.Input(
                    name: name,
                    value: value,
                    source: nil,
                    conversion: nil,
                    rule: nil,
                    flags: [],
                    missingReason: nil,
                    isOptional: stored["isOptional"]?.boolValue ?? false
                )
            )
        }
        return MappingReport(
            applicability: .applies,
            inputs: inputs,
            rejections: [],
            unaskedCount: 0
        )
    }

    /// The value of a stored input, `.some(nil)` when it was missing; `nil` when it does not read.
    private static func value(of input: JSONValue) -> MappingReport.Value?? {
        guard let value = input["value"] else {
            return input["isMissing"]?.boolValue == true ? .some(nil) : nil
        }
        switch value.kind {
        case .number:
            guard let number = value.decimalValue, let unit = input["unit"]?.stringValue else {
                return nil
            }
            return .some(.quantity(number, unit: unit))
        case .string: return .some(.code(value.stringValue ?? ""))
        case .true: return .some(.boolean(true))
        case .false: return .some(.boolean(false))
        case .object, .array, .null: return nil
        }
    }
}
