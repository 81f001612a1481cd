import Basics
import FHIR
import Gateway
import JSON

/// What a reader wants to see of a resource that a report names: its value, its time, its codes.
struct ResourceFacts {
    private var resources: [String: [JSONValue]] = [:]

    /// Finds the resources of a patient by the names that a report gives them.
    init(_ data: PatientData) {
        for resource in data.resources + [data.patient].compactMap({ $0 }) {
            guard let type = resource["resourceType"]?.stringValue,
                let id = resource["id"]?.stringValue
            else { continue }
            resources[type + "/" + id, default: []].append(resource)
        }
    }

    /// The resource of a name; `nil` where several versions of it bear the name.
    subscript(name: String) -> JSONValue? {
        guard let found = resources[name], found.count == 1 else { return nil }
        return found[0]
    }

    /// The codings of `code` as tokens.
    static func tokens(_ holder: JSONValue) -> [String] {
        (holder["code"]?["coding"]?.elements.map { $0 } ?? []).map { coding in
            (coding["system"]?.stringValue ?? "") + "|" + (coding["code"]?.stringValue ?? "")
        }
    }

    /// The value of a resource, or of its component with one of the codes, as it is written.
    static func valueText(_ resource: JSONValue, components: [String]) -> String? {
        let parts = resource["component"]?.elements.map { $0 } ?? []
        let part = parts.first { part in tokens(part).contains { components.contains($0) } }
        let holder = part ?? resource
        for (name, value) in holder.members where name.stringValue?.hasPrefix("value") ?? false {
            return text(value)
        }
        return nil
    }

    /// When it holds: the instant, or the end of the period.
    static func moment(_ resource: JSONValue) -> Instant? {
        let effective =
            resource["effectiveDateTime"] ?? resource["effectiveInstant"]
            ?? resource["effectivePeriod"]?["end"] ?? resource["onsetDateTime"]
        guard let effective, let moment = FHIRDateTime(effective) else { return nil }
        return moment.instant ?? moment.range(atOffsetMinutes: 0).lowerBound
    }

    private static func text(_ value: JSONValue) -> String? {
        guard value.kind == .object else {
            return value.stringValue ?? String(decoding: value.rawBytes, as: UTF8.self)
        }
        if let number = value["value"]?.numberText {
            let comparator = value["comparator"]?.stringValue ?? ""
            let unit = value["code"]?.stringValue ?? value["unit"]?.stringValue
            return comparator + number + (unit.map { " " + $0 } ?? " without a unit")
        }
        for coding in value["coding"]?.elements.map({ $0 }) ?? [] {
            let system = coding["system"]?.stringValue.map { $0 + "|" } ?? ""
            if let code = coding["code"]?.stringValue { return system + code }
        }
        return value["text"]?.stringValue.map { "\"" + $0 + "\"" }
    }
}
