import JSON

/// What is wrong with a document of interactions: its element and one sentence.
struct InteractionFault: Error, Equatable {
    let path: String
    let sentence: String
}

/// Reads an object of a document of interactions strictly: what is not known is a fault.
struct InteractionNode {
    let json: JSONValue
    let path: String

    init(_ json: JSONValue, path: String) {
        self.json = json
        self.path = path
    }

    func fault(_ name: String, _ sentence: String) -> InteractionFault {
        InteractionFault(path: path.isEmpty ? name : path + "." + name, sentence: sentence)
    }

    /// Checks that it is an object with these members only; `nil` for any.
    func allow(_ names: [String]?) throws(InteractionFault) {
        guard json.kind == .object else {
            throw InteractionFault(path: path, sentence: "an object is expected")
        }
        guard let names else { return }
        for (name, _) in json.members {
            let text = name.stringValue ?? ""
            guard names.contains(text) else {
                throw fault(text, "the format has no such member")
            }
        }
    }

    func text(_ name: String) throws(InteractionFault) -> String {
        guard let text = try optionalText(name) else {
            throw fault(name, "a required member is missing")
        }
        return text
    }

    func optionalText(_ name: String) throws(InteractionFault) -> String? {
        guard let value = json[name] else { return nil }
        guard let text = value.stringValue, text.utf8.contains(where: { $0 > 0x20 }) else {
            throw fault(name, "a text that is not empty is expected")
        }
        return text
    }

    func texts(_ name: String) throws(InteractionFault) -> [String] {
        guard let value = json[name], value.kind == .array else {
            throw fault(name, "an array of texts is expected")
        }
        var texts: [String] = []
        for element in value.elements {
            guard let text = element.stringValue, !text.isEmpty else {
                throw fault(name, "an array of texts is expected")
            }
            texts.append(text)
        }
        return texts
    }

    func objects(_ name: String) throws(InteractionFault) -> [InteractionNode] {
        let objects = try optionalObjects(name)
        guard !objects.isEmpty else { throw fault(name, "at least one is expected") }
        return objects
    }

    func optionalObjects(_ name: String) throws(InteractionFault) -> [InteractionNode] {
        guard let value = json[name] else { return [] }
        guard value.kind == .array else { throw fault(name, "an array is expected") }
        let place = path.isEmpty ? name : path + "." + name
        return value.elements.enumerated().map { position, element in
            InteractionNode(element, path: "\(place)[\(position)]")
        }
    }
}
