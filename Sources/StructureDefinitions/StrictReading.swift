import Basics
import FHIRPath
package import JSON

/// Reads a resource strictly by the JSON rules of FHIR and lists every departure from them.
///
///     { "resourceType": "Observation", "status": "final", "_valueInteger": { "value": 0 } }
///     _valueInteger.value   shadow      beside a primitive only id and extension may stand
///     code                  required    the element must be there
///
/// FHIR R4, section 2.6.2, with the element types of STU3, R4 and R5 together, so that no version
/// is taken for a fault. Of types that the type model does not know as a whole, only what holds for
/// every element is checked. Mapping does not ask for this: what real records send is judged value
/// by value there.
package struct StrictReading {
    private var findings: [ReadingFinding] = []

    /// Reads the text of one resource.
    package static func findings(in bytes: [UInt8]) -> [ReadingFinding] {
        let document: JSONDocument
        do throws(JSONError) {
            document = try JSONDocument(parsing: bytes)
        } catch {
            return [
                ReadingFinding(
                    kind: .notJSON,
                    path: "",
                    offset: error.offset,
                    detail: error.sentence
                )
            ]
        }
        return findings(in: document.root)
    }

    /// Reads the text of NDJSON: one resource a line, and no line without one.
    ///
    /// A line end behind the last resource is part of its line.
    package static func findings(inLinesOf bytes: [UInt8]) -> [ReadingFinding] {
        var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        if lines.last?.isEmpty ?? false { lines.removeLast() }
        var all: [ReadingFinding] = []
        for (number, line) in lines.enumerated() {
            let place = "line \(number + 1)"
            let isBlank = line.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
            guard !isBlank else {
                all.append(ReadingFinding(kind: .blankLine, path: place, offset: line.startIndex))
                continue
            }
            all += findings(in: Array(line)).map { found in
                ReadingFinding(
                    kind: found.kind,
                    path: found.path.isEmpty ? place : place + ": " + found.path,
                    offset: line.startIndex + found.offset,
                    detail: found.detail
                )
            }
        }
        return all
    }

    /// Reads a resource that is scanned already.
    package static func findings(in resource: JSONValue) -> [ReadingFinding] {
        var reading = StrictReading()
        reading.read(resource: resource)
        return reading.findings
    }

    private init() {}

    mutating func add(_ kind: ReadingFinding.Kind, _ value: JSONValue, _ member: String = "") {
        guard findings.count < Limits.structureFindingsMax else { return }
        let path =
            member.isEmpty ? value.path : (value.path.isEmpty ? "" : value.path + ".") + member
        findings.append(ReadingFinding(kind: kind, path: path, offset: value.byteOffset))
    }

    // MARK: Resources and objects

    private mutating func read(resource: JSONValue) {
        guard resource.kind == .object, let name = resource["resourceType"],
            let type = name.stringValue
        else {
            add(.notResource, resource)
            return
        }
        let isKnown = ElementKnowledge.isResource(type)
        if !isKnown { add(.unknownResource, name) }
        read(members: resource, type: isKnown ? type : "", isResource: true)
        let contained = ContainedReferences(resource)
        for value in contained.unresolved { add(.referenceUnresolved, value) }
        for place in contained.unused { add(.containedUnused, resource, place) }
    }

    private mutating func read(members json: JSONValue, type: String, isResource: Bool) {
        var stems: [String] = []
        for (key, value) in json.members {
            let name = key.stringValue ?? ""
            if name == "resourceType", isResource { continue }
            if name == "fhir_comments" {
                add(.comments, value)
                continue
            }
            guard !name.hasPrefix("_") else {
                read(shadow: value, name: String(name.dropFirst()), owner: json, type: type)
                continue
            }
            switch place(name, in: type) {
            case .element(let element, let count):
                let element = Self.type(of: value, name: name, in: type) ?? element
                read(element: value, type: element, count: count, shadow: json["_" + name])
            case .choice(let stem, let element, let isAllowed):
                if !isAllowed { add(.choiceType, value) }
                if stems.contains(stem) { add(.choiceTwice, value) }
                stems.append(stem)
                read(element: value, type: element, count: .one, shadow: json["_" + name])
            case .absent: add(.unknownProperty, value)
            case .unknown: read(element: value, type: "", count: nil, shadow: json["_" + name])
            }
        }
        for name in ElementCounts.shared.required(of: type)
        where json[name] == nil && json["_" + name] == nil {
            add(.required, json, name)
        }
    }

    /// The other type that an element has in another version, where the value is a plain one.
    private static func type(of value: JSONValue, name: String, in type: String) -> String? {
        guard value.kind == .string else { return nil }
        let other = ElementCounts.shared.types(of: name, in: type)?.first { $0.hasPrefix("=") }
        return other.map { String($0.dropFirst()) }
    }

    private enum Place {
        case element(String, ElementCounts.Count?)
        case choice(stem: String, type: String, isAllowed: Bool)
        case absent
        case unknown
    }

    private func place(_ name: String, in type: String) -> Place {
        guard !type.isEmpty else { return .unknown }
        let knowledge = ElementKnowledge(of: name, in: type)
        switch knowledge {
        case .type(let element):
            return .element(element, ElementCounts.shared.count(of: name, in: type))
        case .choice:
            let allowed = ElementCounts.shared.types(of: name, in: type)
            let plain = allowed?.first { $0.hasPrefix("=") }
            return plain.map { .element(String($0.dropFirst()), .one) } ?? .absent
        case .absent, .unknown:
            guard let choice = ElementKnowledge.choice(name, in: type) else {
                return knowledge == .absent ? .absent : .unknown
            }
            let allowed = ElementCounts.shared.types(of: choice.stem, in: type)
            return .choice(
                stem: choice.stem,
                type: choice.type,
                isAllowed: allowed?.contains(choice.type) ?? true
            )
        }
    }

    // MARK: Elements

    private mutating func read(
        element value: JSONValue,
        type: String,
        count: ElementCounts.Count?,
        shadow: JSONValue?
    ) {
        guard value.kind == .array else {
            guard !value.isNull else {
                add(.nullValue, value)
                return
            }
            if count == .many { add(.notList, value) }
            read(value: value, type: type)
            return
        }
        if count == .one { add(.list, value) }
        let shadows = shadow.map { Array($0.elements) } ?? []
        var isEmpty = true
        for (position, item) in value.elements.enumerated() {
            isEmpty = false
            if item.kind == .array {
                add(.list, item)
            } else if item.isNull {
                // A null keeps the place of a primitive that has only extensions.
                let isKept = position < shadows.count && shadows[position].kind == .object
                if !isKept { add(.nullValue, item) }
            } else {
                read(value: item, type: type)
            }
        }
        if isEmpty { add(.emptyArray, value) }
    }

    private mutating func read(value: JSONValue, type: String) {
        if value.kind == .object {
            guard !ElementKnowledge.isPrimitive(type) else {
                add(.notPrimitive, value)
                return
            }
            if value["resourceType"] != nil || ElementKnowledge.isResource(type) {
                read(resource: value)
                return
            }
            if value.members.makeIterator().isAtEnd { add(.emptyObject, value) }
            read(members: value, type: type, isResource: false)
            return
        }
        if let text = value.stringValue { read(text: text, value) }
        guard !type.isEmpty else { return }
        guard ElementKnowledge.isPrimitive(type) else {
            add(.notObject, value)
            return
        }
        if !PrimitiveForm(type).accepts(value), value.stringValue != "" {
            add(.invalidValue, value)
        }
    }

    private mutating func read(text: String, _ value: JSONValue) {
        if text.isEmpty { add(.emptyText, value) }
        let hasControl = text.unicodeScalars.contains { scalar in
            scalar.value < 0x20 && scalar.value != 0x09 && scalar.value != 0x0A
                && scalar.value != 0x0D
        }
        if hasControl { add(.controlCharacter, value) }
    }

    // MARK: What stands beside a primitive

    private mutating func read(
        shadow value: JSONValue,
        name: String,
        owner: JSONValue,
        type: String
    ) {
        switch place(name, in: type) {
        case .element(let element, _), .choice(_, let element, _):
            guard ElementKnowledge.isPrimitive(element) else {
                add(.shadow, value)
                return
            }
        case .absent:
            add(.unknownProperty, value)
            return
        case .unknown: break
        }
        let isList = value.kind == .array
        if let own = owner[name], (own.kind == .array) != isList, !own.isNull {
            add(.shadow, value)
        }
        let items = isList ? Array(value.elements) : [value]
        if isList, let own = owner[name], own.elements.total != items.count {
            add(.shadow, value)
        }
        for item in items where !(isList && item.isNull) {
            guard item.kind == .object else {
                add(.shadow, item)
                continue
            }
            for (key, member) in item.members {
                if key.isString("fhir_comments") {
                    add(.comments, member)
                } else if key.isString("extension") {
                    read(element: member, type: "Extension", count: .many, shadow: nil)
                } else if !key.isString("id") {
                    add(.shadow, member)
                }
            }
        }
    }
}

extension JSONValue.Members.Iterator {
    /// Whether there is nothing to come.
    fileprivate var isAtEnd: Bool {
        var copy = self
        return copy.next() == nil
    }
}

extension JSONValue.Elements {
    /// How many elements there are.
    fileprivate var total: Int { reduce(0) { count, _ in count + 1 } }
}
