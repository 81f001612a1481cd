import Basics
import FHIRPath
import JSON

/// A place in a profile document that knows its path, so that every fault can name it.
struct ProfileNode {
    let json: JSONValue
    let path: String

    /// The member names that carry remarks and mean nothing; allowed everywhere.
    static let remarkNames = ["note"]

    func fault(_ code: ProfileError.Code = .malformed) -> ProfileError {
        ProfileError(code: code, path: path, place: TextPlace(json.byteOffset, in: json.tape))
    }

    /// A fault of a member; where the member is missing, the object is where to look.
    func fault(
        _ code: ProfileError.Code,
        at name: String,
        accepted: String? = nil
    ) -> ProfileError {
        let offset = json[name]?.byteOffset ?? json.byteOffset
        return ProfileError(
            code: code,
            path: childPath(name),
            place: TextPlace(offset, in: json.tape),
            accepted: accepted
        )
    }

    /// A fault of an element of an array member.
    func fault(
        _ code: ProfileError.Code,
        at name: String,
        _ position: Int,
        accepted: String? = nil
    ) -> ProfileError {
        let elements = json[name].map { Array($0.elements) } ?? []
        let element = elements.indices.contains(position) ? elements[position] : json
        return ProfileError(
            code: code,
            path: "\(childPath(name))[\(position)]",
            place: TextPlace(element.byteOffset, in: json.tape),
            accepted: accepted
        )
    }

    /// A fault inside an expression that is the text of a member.
    func fault(at name: String, _ error: FHIRPathError) -> ProfileError {
        let start = (json[name]?.byteOffset ?? json.byteOffset) + 1
        return ProfileError(
            code: .invalidExpression,
            path: childPath(name),
            place: TextPlace(start + error.offset, in: json.tape),
            expressionCode: error.code.rawValue
        )
    }

    /// Reads an expression that may use only variables of the given names.
    func expression(
        _ name: String,
        variables: [String]
    ) throws(ProfileError) -> ValueReader.Expression? {
        guard let text = try string(name) else { return nil }
        do throws(FHIRPathError) {
            return try ValueReader.Expression(parsing: text, variables: variables)
        } catch {
            throw fault(at: name, error)
        }
    }

    func childPath(_ name: String) -> String { path.isEmpty ? name : path + "." + name }

    /// Refuses every member that is not named here: a misspelt option must not be ignored.
    func requireObject(_ names: [String]) throws(ProfileError) {
        guard json.kind == .object else { throw fault() }
        for (name, _) in json.members {
            let text = name.stringValue ?? ""
            guard names.contains(text) || Self.remarkNames.contains(text) else {
                throw ProfileError(
                    code: .unknownMember,
                    path: childPath(text),
                    place: TextPlace(name.byteOffset, in: json.tape)
                )
            }
        }
        _ = try string("note")
    }

    func child(_ name: String) -> ProfileNode? {
        json[name].map { ProfileNode(json: $0, path: childPath(name)) }
    }

    func required(_ name: String) throws(ProfileError) -> ProfileNode {
        guard let child = child(name) else { throw fault(.malformed, at: name) }
        return child
    }

    /// The elements of an array member; empty when the member is absent.
    func list(_ name: String) throws(ProfileError) -> [ProfileNode] {
        guard let child = child(name) else { return [] }
        guard child.json.kind == .array else { throw child.fault() }
        return child.json.elements.enumerated().map { position, element in
            ProfileNode(json: element, path: "\(child.path)[\(position)]")
        }
    }

    func text() throws(ProfileError) -> String {
        guard let text = json.stringValue, !text.isEmpty else { throw fault() }
        return text
    }

    func string(_ name: String) throws(ProfileError) -> String? {
        guard let child = child(name) else { return nil }
        return try child.text()
    }

    func requiredString(_ name: String) throws(ProfileError) -> String {
        try required(name).text()
    }

    func strings(_ name: String) throws(ProfileError) -> [String]? {
        guard json[name] != nil else { return nil }
        let nodes = try list(name)
        guard !nodes.isEmpty else { throw fault(.malformed, at: name) }
        var result: [String] = []
        for node in nodes {
            let text = try node.text()
            guard !result.contains(text) else { throw node.fault() }
            result.append(text)
        }
        return result
    }

    func flag(_ name: String) throws(ProfileError) -> Bool? {
        guard let child = child(name) else { return nil }
        guard let value = child.json.boolValue else { throw child.fault() }
        return value
    }

    func decimal(_ name: String) throws(ProfileError) -> DecimalNumber? {
        guard let child = child(name) else { return nil }
        return try child.decimal()
    }

    /// A number, or a number in quotes (the way to keep `"0.10"` through careless tools).
    func decimal() throws(ProfileError) -> DecimalNumber {
        if let number = json.decimalValue { return number }
        guard let text = json.stringValue, let number = DecimalNumber(text: text) else {
            throw fault()
        }
        return number
    }

    func duration(_ name: String) throws(ProfileError) -> Int? {
        guard let child = child(name) else { return nil }
        guard let seconds = ISODuration.seconds(try child.text()) else { throw child.fault() }
        return seconds
    }

    func choice<Choice: RawRepresentable<String>>(
        _ name: String,
        _ type: Choice.Type
    ) throws(ProfileError) -> Choice? {
        guard let child = child(name) else { return nil }
        guard let choice = Choice(rawValue: try child.text()) else { throw child.fault() }
        return choice
    }
}
