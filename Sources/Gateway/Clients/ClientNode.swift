import Basics
import JSON
import Mapping

/// A place in a client or dialect document: reads members and notes each fault with its place.
///
/// A member that is at fault counts as absent from then on, so that one reading names them all.
struct ClientNode {
    let json: JSONValue
    let path: String
    let faults: ClientFaults

    /// The member that carries a remark and means nothing; allowed in every object.
    static let remarkName = "note"

    /// Notes a fault of this place.
    func fault(_ sentence: String, accepted: String? = nil) {
        faults.add(path, json, sentence, accepted: accepted)
    }

    /// Notes a fault of a member; where it is missing, the object is where to look.
    func fault(at name: String, _ sentence: String, accepted: String? = nil) {
        faults.add(childPath(name), json[name] ?? json, sentence, accepted: accepted)
    }

    func childPath(_ name: String) -> String { path.isEmpty ? name : path + "." + name }

    /// Whether it is an object; every member that is not named is a fault.
    ///
    /// A misspelt option must not be ignored: it might be the one that restricts.
    func isObject(of names: [String]) -> Bool {
        guard json.kind == .object else {
            fault("the value is of another kind", accepted: "one JSON object")
            return false
        }
        for (name, _) in json.members {
            let text = name.stringValue ?? ""
            guard !names.contains(text), text != Self.remarkName else { continue }
            faults.add(
                childPath(text),
                name,
                "the format knows no member of this name here",
                accepted: names.joined(separator: ", ")
            )
        }
        _ = text(Self.remarkName, accepted: "a text")
        return true
    }

    /// The value of a member.
    func child(_ name: String) -> ClientNode? {
        json[name].map { ClientNode(json: $0, path: childPath(name), faults: faults) }
    }

    /// The elements of an array member; `nil` when it is absent or at fault.
    func list(_ name: String, accepted: String, isEmptyAllowed: Bool = false) -> [ClientNode]? {
        guard let child = child(name) else { return nil }
        let nodes =
            child.json.kind == .array
            ? child.json.elements.enumerated().map { position, element in
                ClientNode(json: element, path: "\(child.path)[\(position)]", faults: faults)
            } : []
        guard child.json.kind == .array, isEmptyAllowed || !nodes.isEmpty,
            nodes.count <= Limits.clientListMax
        else {
            child.fault("the list does not fit", accepted: accepted)
            return nil
        }
        return nodes
    }

    /// The text of a member that fits; `nil` when it is absent or at fault.
    func text(
        _ name: String,
        accepted: String,
        where fits: (String) -> Bool = { _ in true }
    ) -> String? {
        guard let child = child(name) else { return nil }
        return child.text(accepted: accepted, where: fits)
    }

    func text(accepted: String, where fits: (String) -> Bool = { _ in true }) -> String? {
        guard let text = json.stringValue, !text.isEmpty, fits(text) else {
            fault("the value does not fit", accepted: accepted)
            return nil
        }
        return text
    }

    /// The text of a member that must be there.
    func requiredText(
        _ name: String,
        accepted: String,
        where fits: (String) -> Bool = { _ in true }
    ) -> String? {
        guard json[name] != nil else {
            fault(at: name, "the member is missing", accepted: accepted)
            return nil
        }
        return text(name, accepted: accepted, where: fits)
    }

    /// The texts of a list, each once.
    func texts(
        _ name: String,
        accepted: String,
        isEmptyAllowed: Bool = false,
        where fits: (String) -> Bool = { _ in true }
    ) -> [String]? {
        guard let nodes = list(name, accepted: accepted, isEmptyAllowed: isEmptyAllowed) else {
            return nil
        }
        var texts: [String] = []
        for node in nodes {
            guard let text = node.text(accepted: accepted, where: fits) else { continue }
            guard !texts.contains(text) else {
                node.fault("the value stands there twice", accepted: accepted)
                continue
            }
            texts.append(text)
        }
        return texts
    }

    /// The flag of a member.
    func flag(_ name: String) -> Bool? {
        guard let child = child(name) else { return nil }
        guard let flag = child.json.boolValue else {
            child.fault("the value does not fit", accepted: "true or false")
            return nil
        }
        return flag
    }

    /// The whole number of a member.
    func integer(_ name: String, in range: ClosedRange<Int>) -> Int? {
        guard let child = child(name) else { return nil }
        guard let number = child.json.integerValue, range.contains(number) else {
            child.fault(
                "the value does not fit",
                accepted: "a whole number from \(range.lowerBound) to \(range.upperBound)"
            )
            return nil
        }
        return number
    }

    /// The seconds of a member that is a duration of whole seconds.
    func seconds(_ name: String, in range: ClosedRange<Int>) -> Int? {
        guard let child = child(name) else { return nil }
        guard let text = child.json.stringValue, let seconds = ISODuration.seconds(text),
            range.contains(seconds)
        else {
            child.fault(
                "the value does not fit",
                accepted: "an ISO 8601 duration from \(range.lowerBound) to \(range.upperBound)"
                    + " seconds, such as PT5M"
            )
            return nil
        }
        return seconds
    }

    /// The value of a member out of a closed list.
    func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String,
        _ type: Choice.Type
    ) -> Choice? {
        guard let child = child(name) else { return nil }
        let text = child.text(accepted: Self.words(type)) { Choice(rawValue: $0) != nil }
        return text.flatMap(Choice.init)
    }

    /// The values of a list out of a closed list, in the order of that.
    func choices<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String,
        _ type: Choice.Type,
        isEmptyAllowed: Bool = false
    ) -> [Choice]? {
        let texts = texts(
            name,
            accepted: "a list out of " + Self.words(type),
            isEmptyAllowed: isEmptyAllowed
        ) { Choice(rawValue: $0) != nil }
        return texts.map { texts in Choice.allCases.filter { texts.contains($0.rawValue) } }
    }

    private static func words<Choice: RawRepresentable<String> & CaseIterable>(
        _ type: Choice.Type
    ) -> String {
        Choice.allCases.map(\.rawValue).joined(separator: ", ")
    }
}
