import FHIR
import JSON

extension Evaluator {
    /// `extension(url)` (FHIR R4, section 2.9.1.5).
    mutating func extensions(
        _ input: Items,
        _ url: String,
        at node: Int
    ) throws(FHIRPathError) -> Items {
        var result = Items.none
        for index in 0..<input.count {
            guard case .element(let element) = input[index] else { continue }
            let isObject = element.json.kind == .object
            let owner = isObject ? element.json : element.shadow
            guard let list = owner?["extension"] else { continue }
            for json in list.elements {
                try charge(1, at: node)
                guard json["url"]?.isString(url) == true else { continue }
                result.append(.element(Element(json: json, type: .extension)))
            }
        }
        return result
    }

    /// `resolve()` within what is at hand: contained resources and the Bundle.
    ///
    /// What cannot be found is left out, and nothing is fetched.
    mutating func resolved(_ input: Items, at node: Int) throws(FHIRPathError) -> Items {
        var result = Items.none
        for index in 0..<input.count {
            guard case .element(let element) = input[index] else {
                if case .string(let text) = input[index],
                    let found = try resource(text, from: nil, at: node)
                {
                    result.append(.element(Element(root: found)))
                }
                continue
            }
            let text = element.json["reference"]?.stringValue ?? element.json.stringValue
            guard let text else { continue }
            guard let found = try resource(text, from: element.json, at: node) else { continue }
            result.append(.element(Element(root: found)))
        }
        return result
    }

    private mutating func resource(
        _ reference: String,
        from source: JSONValue?,
        at node: Int
    ) throws(FHIRPathError) -> JSONValue? {
        guard let target = Reference.target(of: reference) else { return nil }
        if case .contained(let id) = target {
            for root in holders(of: source) + rootResources {
                try charge(1, at: node)
                guard !id.isEmpty else { return root }
                guard let list = root["contained"] else { continue }
                for candidate in list.elements {
                    try charge(1, at: node)
                    if candidate["id"]?.isString(id) == true { return candidate }
                }
            }
            return nil
        }
        guard let json = environment.bundle ?? rootResources.first(where: { Bundle($0) != nil }),
            let bundle = Bundle(json)
        else {
            return nil
        }
        if references == nil {
            let index = ReferenceIndex(bundle)
            try charge(index.entryCount, at: node)
            references = index
        }
        return references?.resource(reference, target)
    }

    /// The resources around an element, the innermost first, such as the entry of a Bundle.
    private func holders(of source: JSONValue?) -> [JSONValue] {
        guard let source else { return [] }
        for root in rootResources {
            guard let steps = source.steps(from: root) else { continue }
            let inside = steps.map(\.value).filter { $0["resourceType"] != nil }
            return inside.reversed() + [root]
        }
        return []
    }

    /// The resources in which contained ones are looked for.
    private var rootResources: [JSONValue] {
        let values =
            (environment.variables["rootResource"] ?? [])
            + (environment.variables["resource"] ?? [])
            + environment.focus
        return values.compactMap { value in
            guard case .element(let json) = value, json["resourceType"] != nil else { return nil }
            return json
        }
    }

    /// `checkModifiers(url, ...)` (FHIR R4, section 2.9.1.5): the input, when it has no modifier
    /// extensions but those named.
    ///
    /// - Throws: `.unsupported` when there is another one, since it changes what the rest means.
    mutating func modifiersChecked(
        _ call: Call,
        _ input: Items,
        _ scope: Scope
    ) throws(FHIRPathError) -> Items {
        var known: Set<String> = []
        for position in 0..<call.count {
            if let url = try string(try value(position, of: call, scope), at: call.node) {
                known.insert(url)
            }
        }
        for index in 0..<input.count {
            guard case .element(let element) = input[index],
                let list = element.json["modifierExtension"]
            else {
                continue
            }
            for modifier in list.elements {
                try charge(1, at: call.node)
                guard let url = modifier["url"]?.stringValue, known.contains(url) else {
                    throw fault(.unsupported, at: call.node)
                }
            }
        }
        return input
    }

    /// `conformsTo(url)` for the base definitions of the core specification alone.
    ///
    /// - Throws: `.unsupported` for any other profile, since none is at hand.
    func conforms(
        _ input: Items,
        _ argument: Items,
        at node: Int
    ) throws(FHIRPathError) -> Items {
        guard let url = try string(argument, at: node) else { return .none }
        guard let item = try single(input, at: node) else { return .none }
        let base = "http://hl7.org/fhir/StructureDefinition/"
        guard url.hasPrefix(base),
            let type = TypeModel.shared.type(String(url.dropFirst(base.count)))
        else {
            throw fault(.unsupported, at: node)
        }
        guard case .element(let element) = item else { return .one(.boolean(false)) }
        return .one(.boolean(element.type.isKind(of: type)))
    }
}
