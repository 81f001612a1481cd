import Basics
import FHIR
import FHIRPath
import JSON

/// Reads the constants of a view, which its paths name as `%name`.
///
///     { "name": "systolic", "valueCode": "8480-6" }
enum ConstantReader {
    static func read(_ root: ViewNode) throws(ViewError) -> [String: [FHIRPathValue]] {
        var constants: [String: [FHIRPathValue]] = [:]
        for node in try root.list("constant") {
            guard constants.count < Limits.viewConstantsMax else {
                let most = "\(Limits.viewConstantsMax) constants at most"
                throw ViewError(.limitExceeded, node, most)
            }
            try node.requireObject(Set(types.keys).union(["name"]))
            let nameNode = try node.required("name", "the name that paths use after %")
            let name = try nameNode.name()
            guard !reserved.contains(name) else {
                throw ViewError(.invalidName, nameNode, "a name that FHIRPath does not use itself")
            }
            guard constants[name] == nil else {
                throw ViewError(.duplicateName, nameNode, "a name of its own for each constant")
            }
            constants[name] = [try value(of: node)]
        }
        return constants
    }

    private static let reserved: Set<String> = [
        "context", "resource", "rootResource", "ucum", "sct", "loinc", ViewReader.rowIndexName,
    ]

    /// The types a constant may have (SQL on FHIR 2, `ViewDefinition.constant.value[x]`).
    private static let types: [String: String] = {
        let names = [
            "Base64Binary", "Boolean", "Canonical", "Code", "Date", "DateTime", "Decimal", "Id",
            "Instant", "Integer", "Integer64", "Markdown", "Oid", "PositiveInt", "String", "Time",
            "UnsignedInt", "Uri", "Url", "Uuid",
        ]
        return Dictionary(uniqueKeysWithValues: names.map { ("value" + $0, $0) })
    }()

    private static func value(of node: ViewNode) throws(ViewError) -> FHIRPathValue {
        var found: (type: String, node: ViewNode)?
        for (key, json) in node.json.members {
            guard let type = key.stringValue.flatMap({ types[$0] }) else { continue }
            guard found == nil else {
                throw ViewError(.invalidConstant, ViewNode(json), "one value[x] alone")
            }
            found = (type, ViewNode(json))
        }
        guard let found else {
            throw ViewError(.invalidConstant, node, types.keys.sorted().joined(separator: ", "))
        }
        guard let value = value(found.node.json, type: found.type) else {
            throw ViewError(.invalidConstant, found.node, "a value of the type that its name says")
        }
        return value
    }

    private static func value(_ json: JSONValue, type: String) -> FHIRPathValue? {
        switch type {
        case "Boolean": return json.boolValue.map { .boolean($0) }
        case "Decimal": return json.decimalValue.map { .decimal($0) }
        case "Integer": return json.integerValue.map { .integer($0) }
        case "PositiveInt": return json.integerValue.flatMap { $0 > 0 ? .integer($0) : nil }
        case "UnsignedInt": return json.integerValue.flatMap { $0 >= 0 ? .integer($0) : nil }
        case "Integer64":
            // A string in R5, since JavaScript's numbers end at 53 bits.
            return (json.stringValue.flatMap { Int($0) } ?? json.integerValue).map { .integer($0) }
        case "Date":
            return FHIRDateTime(json).flatMap { $0.precision <= .day ? .date($0) : nil }
        case "DateTime": return (try? FHIRDateTime(reading: json)).map { .dateTime($0) }
        case "Instant":
            return (try? FHIRDateTime(reading: json)).flatMap {
                $0.precision >= .second ? .dateTime($0) : nil
            }
        case "Time": return FHIRTime(json).map { .time($0) }
        default: return json.stringValue.flatMap { $0.isEmpty ? nil : .string($0) }
        }
    }
}
