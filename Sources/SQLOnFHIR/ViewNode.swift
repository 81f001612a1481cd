import Basics
import JSON

/// A place in a ViewDefinition, with the strict readers of its members.
struct ViewNode {
    let json: JSONValue
    /// The JSON Pointer of the place, which may name a member that is absent.
    let pointer: String

    init(_ json: JSONValue) {
        self.json = json
        pointer = json.pointer
    }

    private init(_ json: JSONValue, pointer: String) {
        self.json = json
        self.pointer = pointer
    }

    /// The place of a member that is not there: it points below this one and stands at it.
    func absent(_ name: String) -> ViewNode {
        ViewNode(json, pointer: pointer + "/" + name)
    }

    /// Refuses every member that is not named: a misspelt one must not be ignored.
    ///
    /// `id` and `extension` may stand anywhere, and so may the object beside a primitive; a
    /// modifier extension may not, since it changes the meaning (FHIR R4, section 2.4.2).
    func requireObject(
        _ names: Set<String>,
        accepted: String? = nil
    ) throws(ViewError) {
        guard json.kind == .object else { throw ViewError(.wrongShape, self, "an object") }
        for (key, value) in json.members {
            let name = key.stringValue ?? ""
            let plain = name.hasPrefix("_") ? String(name.dropFirst()) : name
            guard !names.contains(plain), plain != "id", plain != "extension" else { continue }
            let accepted = accepted ?? names.sorted().joined(separator: ", ")
            throw ViewError(.unknownMember, ViewNode(value), accepted)
        }
    }

    func child(_ name: String) -> ViewNode? { json[name].map { ViewNode($0) } }

    /// The elements of an array member; none when it is absent.
    func list(_ name: String) throws(ViewError) -> [ViewNode] {
        guard let child = child(name) else { return [] }
        guard child.json.kind == .array else { throw ViewError(.wrongShape, child, "an array") }
        var nodes: [ViewNode] = []
        for (position, element) in child.json.elements.enumerated() {
            nodes.append(ViewNode(element, pointer: "\(child.pointer)/\(position)"))
        }
        guard !nodes.isEmpty else {
            throw ViewError(.wrongShape, child, "an array with at least one element")
        }
        return nodes
    }

    func text() throws(ViewError) -> String {
        guard let text = json.stringValue, !text.isEmpty else {
            throw ViewError(.wrongShape, self, "a string that is not empty")
        }
        return text
    }

    func string(_ name: String) throws(ViewError) -> String? {
        guard let child = child(name) else { return nil }
        return try child.text()
    }

    func required(_ name: String, _ accepted: String) throws(ViewError) -> ViewNode {
        guard let child = child(name) else { throw ViewError(.missing, absent(name), accepted) }
        return child
    }

    func flag(_ name: String) throws(ViewError) -> Bool? {
        guard let child = child(name) else { return nil }
        guard let flag = child.json.boolValue else {
            throw ViewError(.wrongShape, child, "true or false")
        }
        return flag
    }

    /// A name that any database takes (SQL on FHIR 2, invariant sql-name).
    func name() throws(ViewError) -> String {
        let text = try text()
        let isValid = text.utf8.enumerated().allSatisfy { position, byte in
            let isLetter = (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z")
            let isDigit = byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
            return isLetter || (position > 0 && (isDigit || byte == UInt8(ascii: "_")))
        }
        guard isValid, text.utf8.count <= Limits.viewNameBytesMax else {
            throw ViewError(
                .invalidName,
                self,
                "a letter, then letters, digits and underscores, "
                    + "\(Limits.viewNameBytesMax) characters at most"
            )
        }
        return text
    }
}
