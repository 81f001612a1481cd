import JSON

/// The part of JSON Schema (2020-12) that `Profiles/schema` uses, enough to hold our files
/// against it.
struct SchemaCheck {
    let root: JSONValue

    /// The keywords that are understood; a schema with any other fails the test that uses it.
    static let keywords: Set<String> = [
        "$schema", "$id", "$defs", "$ref", "title", "description", "type", "properties",
        "additionalProperties", "required", "items", "enum", "const", "minItems", "maxItems",
        "uniqueItems", "minLength", "pattern", "minimum",
    ]

    /// The paths at which a value does not fit, with the keyword.
    func faults(_ value: JSONValue, _ schema: JSONValue? = nil, _ path: String = "") -> [String] {
        let schema = resolve(schema ?? root)
        var faults: [String] = []
        if let type = schema["type"], !fits(value, type) { faults.append(path + " type") }
        if let words = schema["enum"], !words.elements.contains(where: { same($0, value) }) {
            faults.append(path + " enum")
        }
        if let constant = schema["const"], !same(constant, value) { faults.append(path + " const") }
        if let least = schema["minLength"]?.integerValue, let text = value.stringValue,
            text.unicodeScalars.count < least
        {
            faults.append(path + " minLength")
        }
        if let pattern = schema["pattern"]?.stringValue, let text = value.stringValue,
            !Self.matches(text, pattern)
        {
            faults.append(path + " pattern")
        }
        if let least = schema["minimum"]?.integerValue, let number = value.integerValue,
            number < least
        {
            faults.append(path + " minimum")
        }
        if value.kind == .object { faults += objectFaults(value, schema, path) }
        if value.kind == .array { faults += arrayFaults(value, schema, path) }
        return faults
    }

    /// Whether a text holds a pattern; a pattern that cannot be read matches nothing.
    private static func matches(_ text: String, _ pattern: String) -> Bool {
        guard let regex = try? Regex(pattern) else { return false }
        return text.contains(regex)
    }

    /// Every keyword that stands in the schema; names of properties and definitions are none.
    func unknownKeywords() -> [String] { unknown(in: root) }

    private func unknown(in schema: JSONValue) -> [String] {
        guard schema.kind == .object else { return [] }
        var found: [String] = []
        for (name, value) in schema.members {
            let word = name.stringValue ?? ""
            if !Self.keywords.contains(word) { found.append(word) }
            switch word {
            case "properties", "$defs":
                for (_, child) in value.members { found += unknown(in: child) }
            case "items", "additionalProperties": found += unknown(in: value)
            default: continue
            }
        }
        return found
    }

    private func resolve(_ schema: JSONValue) -> JSONValue {
        guard let reference = schema["$ref"]?.stringValue,
            let target = root["$defs"]?[String(reference.dropFirst("#/$defs/".count))]
        else { return schema }
        return target
    }

    private func objectFaults(
        _ value: JSONValue,
        _ schema: JSONValue,
        _ path: String
    ) -> [String] {
        var faults: [String] = []
        if let required = schema["required"] {
            for name in required.elements where value[name.stringValue ?? ""] == nil {
                faults.append(path + " required " + (name.stringValue ?? ""))
            }
        }
        for (name, child) in value.members {
            let text = name.stringValue ?? ""
            let place = path + "." + text
            if let known = schema["properties"]?[text] {
                faults += self.faults(child, known, place)
            } else if let other = schema["additionalProperties"] {
                if other.boolValue == false { faults.append(place + " additionalProperties") }
                if other.kind == .object { faults += self.faults(child, other, place) }
            }
        }
        return faults
    }

    private func arrayFaults(
        _ value: JSONValue,
        _ schema: JSONValue,
        _ path: String
    ) -> [String] {
        let items = Array(value.elements)
        var faults: [String] = []
        if let least = schema["minItems"]?.integerValue, items.count < least {
            faults.append(path + " minItems")
        }
        if let most = schema["maxItems"]?.integerValue, items.count > most {
            faults.append(path + " maxItems")
        }
        if let item = schema["items"] {
            for (position, element) in items.enumerated() {
                faults += self.faults(element, item, path + "[\(position)]")
            }
        }
        return faults
    }

    private func fits(_ value: JSONValue, _ type: JSONValue) -> Bool {
        if type.kind == .array { return type.elements.contains { fits(value, $0) } }
        return switch type.stringValue {
        case "object": value.kind == .object
        case "array": value.kind == .array
        case "string": value.kind == .string
        case "boolean": value.kind == .true || value.kind == .false
        case "null": value.kind == .null
        case "number": value.kind == .number
        case "integer": value.integerValue != nil
        default: false
        }
    }

    private func same(_ left: JSONValue, _ right: JSONValue) -> Bool {
        left.kind == right.kind && left.rawBytes.elementsEqual(right.rawBytes)
    }
}
