import Basics
import JSON
import Mapping

/// A value of a file that is looked at, with its path and file for the finding.
struct LintNode {
    let json: JSONValue
    let path: String
    let file: String

    subscript(name: String) -> LintNode? {
        json[name].map {
            LintNode(json: $0, path: path.isEmpty ? name : path + "." + name, file: file)
        }
    }

    /// The elements of an array member; empty without one.
    func list(_ name: String) -> [LintNode] { self[name]?.elements ?? [] }

    var elements: [LintNode] {
        json.elements.enumerated().map {
            LintNode(json: $1, path: path + "[\($0)]", file: file)
        }
    }

    /// The members with their names.
    var members: [(name: String, node: LintNode)] {
        json.members.map { name, value in
            let text = name.stringValue ?? ""
            return (text, LintNode(json: value, path: path + "." + text, file: file))
        }
    }

    var text: String? { json.stringValue }

    /// A number, or a number in quotes.
    var decimal: DecimalNumber? {
        json.decimalValue ?? json.stringValue.flatMap { DecimalNumber(text: $0) }
    }

    /// The seconds of an ISO 8601 duration.
    var seconds: Int? { text.flatMap { ISODuration.seconds($0) } }

    /// The texts of a list.
    func texts(_ name: String) -> [String] { list(name).compactMap(\.text) }

    /// The value at a path such as `inputs[1].from[0].code`, or the nearest above it that exists.
    func nearest(_ wanted: String) -> LintNode {
        var node = self
        for step in wanted.split(separator: ".") {
            let parts = step.split(separator: "[")
            if let name = parts.first {
                guard let next = node[String(name)] else { return node }
                node = next
            }
            for part in parts.dropFirst() {
                guard let index = Int(part.dropLast()), index >= 0,
                    let next = node.elements.dropFirst(index).first
                else { return node }
                node = next
            }
        }
        return node
    }
}

/// One alternative of an input or fact, with what the defaults add.
struct LintRuleNode {
    let node: LintNode
    let input: LintInput
    let position: Int
    let resource: String
    let codes: [String]
    let components: [String]
    let statuses: [String]
    let path: String?

    init(_ node: LintNode, _ input: LintInput, _ position: Int, defaults: LintNode?) {
        self.node = node
        self.input = input
        self.position = position
        let standard = defaults?["resource"]?.text ?? "Observation"
        resource = node["resource"]?.text ?? standard
        codes = node.texts("code")
        components = node.texts("component")
        let own = node["status"] != nil
        statuses = own ? node.texts("status") : defaults?.texts("status") ?? []
        path = node["path"]?.text
    }

    /// What the value is taken from beside the code, as a text to be compared.
    func filter(_ names: [String]) -> [String] {
        names.map { name in
            node[name].map { String(decoding: $0.json.rawBytes, as: UTF8.self) } ?? ""
        }
    }
}

/// One input or fact with what it says itself or inherits.
struct LintInput {
    let node: LintNode
    let name: String
    let type: String
    let isFact: Bool
    let unit: String?

    init(_ node: LintNode, isFact: Bool) {
        self.node = node
        name = node["name"]?.text ?? ""
        type = node["type"]?.text ?? (isFact ? "boolean" : "")
        self.isFact = isFact
        unit = node["unit"]?.text
    }

    var isNumber: Bool { type == "quantity" || type == "integer" }
}
