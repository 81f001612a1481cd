import Basics
import FHIRPath
import JSON

/// Builds the tree of element rules from the flat list of a snapshot or differential.
///
/// Where each element stands is told by its `id` (`Observation.component:systolic.code`), or
/// without one by its `path`, which cannot tell slices apart.
struct StructureTree {
    private(set) var rules: [ElementRule]
    /// The type of each element in the model; empty when it is not known.
    private var modelTypes: [String]
    private var defined: Set<Int> = []
    private let valueSets: [String: ValueSetTable]

    init(type: String, valueSets: [String: ValueSetTable]) {
        rules = [ElementRule(id: type, name: type, sliceName: nil)]
        modelTypes = [type]
        self.valueSets = valueSets
    }

    /// Adds one element.
    mutating func add(_ json: JSONValue) throws(StructureDefinitionError) {
        let reader = ElementReader(json: json, valueSets: valueSets)
        guard rules.count < Limits.structureElementsMax else { throw reader.fault(.tooLarge) }
        guard let path = json["path"]?.stringValue, !path.isEmpty else {
            throw reader.fault(.malformed, json, "path")
        }
        let id = json["id"]?.stringValue ?? path
        guard json["sliceName"] == nil || json["id"] != nil else {
            throw reader.fault(.unsupportedSlicing, json, "id")
        }
        let index = try place(id, json)
        guard defined.insert(index).inserted else { throw reader.fault(.malformed, json, "id") }
        var rule = rules[index]
        try reader.fill(&rule)
        // The shorthand `valueQuantity` says its type by its name.
        if rule.types.isEmpty { rule.types = rules[index].types }
        if rule.types.count == 1, modelTypes[index].isEmpty {
            modelTypes[index] = rule.types[0].code
        }
        rules[index] = rule
    }

    // MARK: Places

    private mutating func place(
        _ id: String,
        _ json: JSONValue
    ) throws(StructureDefinitionError) -> Int {
        let segments = id.split(separator: ".", omittingEmptySubsequences: false)
        guard segments.first.map(String.init) == rules[0].name else {
            throw StructureDefinitionError(code: .malformed, path: json.path + ".path")
        }
        var current = 0
        for segment in segments.dropFirst() {
            let parts = segment.split(separator: ":", omittingEmptySubsequences: false)
            guard let name = parts.first, !name.isEmpty, parts.count <= 2 else {
                throw StructureDefinitionError(code: .malformed, path: json.path + ".id")
            }
            let slice = parts.count == 2 ? String(parts[1]) : nil
            guard !(slice?.contains("/") ?? false), slice != "" else {
                throw StructureDefinitionError(code: .unsupportedSlicing, path: json.path + ".id")
            }
            current = step(to: String(name), slice: slice, from: current)
        }
        return current
    }

    private mutating func step(to name: String, slice: String?, from parent: Int) -> Int {
        let owner = modelTypes[parent]
        var name = name
        var slice = slice
        var type: String?
        if slice == nil, ElementKnowledge(of: name, in: owner) == .absent,
            let choice = ElementKnowledge.choice(name, in: owner)
        {
            slice = name
            name = choice.stem + "[x]"
            type = choice.type
        }
        let element = child(name, of: parent, owner)
        guard let slice else { return element }
        if name.hasSuffix("[x]"), type == nil {
            type = ElementKnowledge.choice(slice, in: owner)?.type
        }
        return self.slice(slice, of: element, type)
    }

    private mutating func child(_ name: String, of parent: Int, _ owner: String) -> Int {
        if let known = rules[parent].children.first(where: { rules[$0].name == name }) {
            return known
        }
        var type = ""
        if case .type(let known) = ElementKnowledge(of: name, in: owner) { type = known }
        let id = rules[parent].id + "." + name
        return append(ElementRule(id: id, name: name, sliceName: nil), type) { rules, new in
            rules[parent].children.append(new)
        }
    }

    private mutating func slice(_ slice: String, of element: Int, _ type: String?) -> Int {
        if let known = rules[element].slices.first(where: { rules[$0].sliceName == slice }) {
            return known
        }
        let base = rules[element]
        var rule = ElementRule(id: base.id + ":" + slice, name: base.name, sliceName: slice)
        if let type { rule.types = [ElementType(code: type, profiles: [], targets: [])] }
        return append(rule, type ?? modelTypes[element]) { rules, new in
            rules[element].slices.append(new)
        }
    }

    private mutating func append(
        _ rule: ElementRule,
        _ type: String,
        _ link: (inout [ElementRule], Int) -> Void
    ) -> Int {
        let index = rules.count
        rules.append(rule)
        modelTypes.append(type)
        link(&rules, index)
        return index
    }

    // MARK: Slices

    /// Finds for every slice what tells its elements, once all elements are there.
    mutating func finish() throws(StructureDefinitionError) {
        for index in rules.indices {
            if let reference = rules[index].contentReference,
                !rules.contains(where: { $0.id == reference })
            {
                throw StructureDefinitionError(
                    code: .malformed,
                    path: rules[index].id + ".contentReference"
                )
            }
            guard !rules[index].slices.isEmpty else { continue }
            let slicing = rules[index].slicing ?? Self.implied(for: rules[index])
            guard let slicing, !slicing.discriminators.isEmpty else {
                throw StructureDefinitionError(
                    code: .unsupportedSlicing,
                    path: rules[index].id + ".slicing"
                )
            }
            rules[index].slicing = slicing
            for slice in rules[index].slices {
                for discriminator in slicing.discriminators {
                    rules[slice].membership += try tests(discriminator, of: slice)
                }
            }
        }
    }

    /// Choices are sliced by type and extensions by url without saying so (FHIR R4, 5.1.0.14).
    private static func implied(for rule: ElementRule) -> Slicing? {
        if rule.isChoice {
            let type = Discriminator(kind: .type, steps: [], path: rule.id)
            return Slicing(rules: .open, isOrdered: false, discriminators: [type])
        }
        guard rule.name == "extension" || rule.name == "modifierExtension" else { return nil }
        let url = Discriminator(
            kind: .value,
            steps: [DiscriminatorStep(name: "url", type: nil)],
            path: rule.id
        )
        return Slicing(rules: .open, isOrdered: false, discriminators: [url])
    }

    private func tests(
        _ discriminator: Discriminator,
        of slice: Int
    ) throws(StructureDefinitionError) -> [SliceTest] {
        let steps = discriminator.steps
        let demands: [SliceTest.Demand]
        switch discriminator.kind {
        case .value, .pattern: demands = self.demands(at: steps, of: slice)
        case .exists:
            demands = targets(of: steps, from: slice).compactMap { target in
                if rules[target].maximum == 0 { return .exists(false) }
                return rules[target].minimum > 0 ? .exists(true) : nil
            }
        case .type:
            demands = targets(of: steps, from: slice).compactMap { target in
                let types = rules[target].types.map(\.code)
                return types.isEmpty ? nil : .types(types)
            }
        }
        guard !demands.isEmpty else {
            throw StructureDefinitionError(
                code: .unsupportedSlicing,
                path: rules[slice].id + " (" + discriminator.path + ")"
            )
        }
        return demands.map { SliceTest(steps: steps, demand: $0) }
    }

    /// The elements below a slice to which a discriminator leads; slices on the way count where
    /// they must be there.
    private func targets(of steps: [DiscriminatorStep], from slice: Int) -> [Int] {
        var current = [slice]
        for step in steps { current = current.flatMap { next(step, from: $0) } }
        return current
    }

    private func next(_ step: DiscriminatorStep, from index: Int) -> [Int] {
        rules[index].children.filter { rules[$0].stem == step.name }.flatMap { child in
            let slices = rules[child].slices.filter { slice in
                guard let type = step.type else { return rules[slice].minimum > 0 }
                return rules[slice].types.contains { $0.code == type }
            }
            return [child] + slices
        }
    }

    /// The values that a slice states for a discriminator, on the way or at its end.
    private func demands(at steps: [DiscriminatorStep], of slice: Int) -> [SliceTest.Demand] {
        var demands: [SliceTest.Demand] = []
        var current = [slice]
        for depth in 0...steps.count {
            let rest = steps[depth...]
            for index in current {
                let rule = rules[index]
                for stated in Self.values(in: rule.fixed, at: rest) {
                    demands.append(.equal(stated))
                }
                for stated in Self.values(in: rule.pattern, at: rest) {
                    demands.append(.holds(stated))
                }
                guard rest.isEmpty || rest.map(\.name) == ["url"] else { continue }
                if rest.isEmpty, let table = rule.binding?.table { demands.append(.member(table)) }
                // An extension whose own profile lies elsewhere is told by that profile's url.
                if !rest.isEmpty, let type = rule.types.first, type.code == "Extension",
                    let profile = type.profiles.first
                {
                    demands.append(.text(profile))
                }
            }
            if let step = rest.first { current = current.flatMap { next(step, from: $0) } }
        }
        return demands
    }

    private static func values(
        in stated: JSONValue?,
        at steps: ArraySlice<DiscriminatorStep>
    ) -> [JSONValue] {
        guard let stated else { return [] }
        var current = [stated]
        for step in steps {
            current = current.flatMap { value in
                guard let member = value[step.name] else { return [JSONValue]() }
                return member.kind == .array ? Array(member.elements) : [member]
            }
        }
        return current
    }
}
