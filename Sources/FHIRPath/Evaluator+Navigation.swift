import Basics
import FHIR
import JSON

extension Evaluator {
    /// The children of that name of all items.
    mutating func step(
        _ name: MemberName,
        from input: Items,
        isFirst: Bool,
        at node: Int
    ) throws(FHIRPathError) -> Items {
        if isFirst, let item = input.first, input.count == 1, names(name.text, item) {
            return input
        }
        if case .one(.element(let element)) = input {
            return try children(of: element, name, at: node)
        }
        var result = Items.none
        for index in 0..<input.count {
            switch input[index] {
            case .element(let element):
                result.append(try children(of: element, name, at: node))
            case .type(let type): appendPart(of: type, name.text, to: &result)
            case .quantity(let quantity): appendPart(of: quantity, name.text, to: &result)
            case .boolean, .integer, .decimal, .string, .date, .dateTime, .time: break
            }
            try checkSize(result, at: node)
        }
        return result
    }

    /// Whether a first step names the type of the resource it starts from.
    private func names(_ name: String, _ item: Item) -> Bool {
        guard case .element(let element) = item, element.json.kind == .object else { return false }
        guard let first = name.utf8.first, first < UInt8(ascii: "a") else { return false }
        if element.json["resourceType"]?.isString(name) == true { return true }
        guard !element.type.isUnknown, let type = TypeModel.shared.type(name) else { return false }
        return element.type.isKind(of: type)
    }

    private func appendPart(of type: TypeName, _ name: String, to result: inout Items) {
        if name == "namespace" { result.append(.string(type.namespace)) }
        if name == "name" { result.append(.string(type.name)) }
    }

    private func appendPart(
        of quantity: FHIRPathQuantity,
        _ name: String,
        to result: inout Items
    ) {
        if name == "value" { result.append(.decimal(quantity.value)) }
        guard name == "unit" else { return }
        switch quantity.unit {
        case .ucum(let code), .opaque(let code): result.append(.string(code))
        case .calendar(let unit): result.append(.string(unit.rawValue))
        }
    }

    private mutating func children(
        of element: Element,
        _ name: MemberName,
        at node: Int
    ) throws(FHIRPathError) -> Items {
        guard element.hasValue, element.json.kind == .object else {
            return primitiveChildren(of: element, name)
        }
        let json = element.json
        let value = json[name.text]
        if value == nil, name.isChoice {
            let choices = try choices(name, in: json, at: node)
            if !choices.isEmpty { return choices }
        }
        if name.text == "resourceType", !element.type.isUnknown { return .none }
        // Only primitives have an object beside them, and one may stand there without a value.
        let shadow = Self.mayHaveShadow(value) ? json[name.shadow] : nil
        guard value != nil || shadow != nil else { return .none }
        let type = TypeModel.shared.elementType(of: element.type, nameID: name.modelID)
        return try collect(value, shadow, type, at: node)
    }

    private static func mayHaveShadow(_ value: JSONValue?) -> Bool {
        guard let value else { return true }
        switch value.kind {
        case .null, .true, .false, .number, .string: return true
        case .object: return false
        case .array:
            var elements = value.elements.makeIterator()
            return elements.next().map { $0.kind != .object } ?? true
        }
    }

    /// The values of a choice element in whatever types they are given, or what stands beside them.
    ///
    /// One is allowed (FHIR R4, section 2.6.1.4). Where there are more none hides another, and a
    /// member that is null, as some write what they do not have, hides none.
    private mutating func choices(
        _ name: MemberName,
        in json: JSONValue,
        at node: Int
    ) throws(FHIRPathError) -> Items {
        var result = Items.none
        var found = json.firstMember(withStem: name.text)
        while let member = found {
            // A name may be of another element, such as `valueSet`.
            if let type = choiceType(of: member.name, stem: name.text) {
                let shadow =
                    type.isPrimitive ? json["_" + name.text + type.choiceSuffix] : nil
                result.append(try collect(member.value, shadow, type, at: node))
            }
            found = json.firstMember(withStem: name.text, after: member.name)
        }
        guard result.isEmpty else { return result }
        found = json.firstMember(withStem: name.shadow)
        while let member = found {
            if let type = choiceType(of: member.name, stem: name.shadow) {
                result.append(try collect(nil, member.value, type, at: node))
            }
            found = json.firstMember(withStem: name.shadow, after: member.name)
        }
        return result
    }

    private func choiceType(of key: JSONValue, stem: String) -> FHIRType? {
        let bytes = key.rawBytes
        guard bytes.count > stem.utf8.count, bytes.starts(with: stem.utf8) else { return nil }
        return TypeModel.shared.choiceType(bytes.dropFirst(stem.utf8.count))
    }

    /// `id` and `extension` of a primitive stand in the object beside it.
    private func primitiveChildren(of element: Element, _ name: MemberName) -> Items {
        let shadow = element.hasValue ? element.shadow : element.json
        guard let child = shadow?[name.text] else { return .none }
        var result = Items.none
        if child.kind == .array {
            for value in child.elements {
                result.append(.element(Element(json: value, type: .extension)))
            }
        } else {
            result.append(.element(Element(json: child, type: .string)))
        }
        return result
    }

    /// The items of a member: an array's elements, or the one value.
    mutating func collect(
        _ value: JSONValue?,
        _ shadow: JSONValue?,
        _ type: FHIRType,
        at node: Int
    ) throws(FHIRPathError) -> Items {
        if value?.kind == .array || shadow?.kind == .array {
            return try collectArray(value, shadow, type, at: node)
        }
        return item(value, shadow, type).map { .one($0) } ?? .none
    }

    private mutating func collectArray(
        _ value: JSONValue?,
        _ shadow: JSONValue?,
        _ type: FHIRType,
        at node: Int
    ) throws(FHIRPathError) -> Items {
        var result = Items.none
        var values = value?.elements.makeIterator()
        var shadows = shadow?.elements.makeIterator()
        while true {
            let nextValue = values?.next()
            let nextShadow = shadows?.next()
            guard nextValue != nil || nextShadow != nil else { return result }
            try charge(1, at: node)
            if let item = item(nextValue, nextShadow, type) { result.append(item) }
        }
    }

    private func item(_ value: JSONValue?, _ shadow: JSONValue?, _ type: FHIRType) -> Item? {
        let shadow = shadow.flatMap { $0.kind == .object ? $0 : nil }
        guard let value, value.kind != .null else {
            return shadow.map { .element(Element(json: $0, type: type, hasValue: false)) }
        }
        var type = type
        if value.kind == .object, type.isUnknown || type == .resource {
            type = FHIRType.ofResource(value) ?? type
        }
        return .element(Element(json: value, shadow: shadow, type: type))
    }

    /// All children of an item, without order (FHIRPath 2.0, section 5.8.1).
    mutating func allChildren(of item: Item, at node: Int) throws(FHIRPathError) -> Items {
        guard case .element(let element) = item else { return .none }
        var result = Items.none
        guard element.hasValue, element.json.kind == .object else {
            let shadow = element.hasValue ? element.shadow : element.json
            for (key, value) in (shadow ?? element.json).members {
                let type: FHIRType = key.isString("extension") ? .extension : .string
                result.append(try collect(value, nil, type, at: node))
            }
            return result
        }
        for (key, value) in element.json.members {
            guard let name = key.stringValue, name != "resourceType" else { continue }
            if name.hasPrefix("_") {
                // The object beside a primitive that has a value comes with that value.
                let plain = String(name.dropFirst())
                guard element.json[plain] == nil else { continue }
                let type = TypeModel.shared.child(named: plain, of: element.type).type
                result.append(try collect(nil, value, type, at: node))
            } else {
                let type = TypeModel.shared.child(named: name, of: element.type).type
                let shadow = value.kind == .object ? nil : element.json["_" + name]
                result.append(try collect(value, shadow, type, at: node))
            }
        }
        try checkSize(result, at: node)
        return result
    }

    /// All descendants of an item, each once.
    mutating func descendants(of input: Items, at node: Int) throws(FHIRPathError) -> Items {
        var result: [Item] = []
        var level = input
        while !level.isEmpty {
            var next = Items.none
            for index in 0..<level.count {
                next.append(try allChildren(of: level[index], at: node))
            }
            try charge(next.count, at: node)
            result += next.array
            guard result.count <= Limits.fhirPathItemsMax else {
                throw fault(.limitExceeded, at: node)
            }
            level = next
        }
        return Items(result)
    }
}

extension FHIRType {
    /// The type as the name of a choice element ends in it.
    var choiceSuffix: String { name.prefix(1).uppercased() + name.dropFirst() }
}
