import JSON

/// A JSON value to be written in the layout that our own files have.
package indirect enum JSONLayout: Sendable, Equatable {
    case null
    case text(String)
    case flag(Bool)
    case number(Double)
    case list([JSONLayout])
    case object([Member])

    /// A member of an object.
    package struct Member: Sendable, Equatable {
        /// The name.
        package let name: String
        /// The value.
        package let value: JSONLayout

        /// Makes a member.
        package init(_ name: String, _ value: JSONLayout) {
            self.name = name
            self.value = value
        }
    }

    /// The text as JSON: on one line where it ends before `columnMax`, else one item a line.
    ///
    /// - Parameters:
    ///   - indent: how many spaces the line begins with.
    ///   - column: where on its line the value begins.
    ///   - columnMax: where a line must end.
    /// - Returns: the text, without an end of line.
    package func layout(indent: Int, column: Int, columnMax: Int = 100) -> String {
        let flat = flat
        guard column + flat.count > columnMax || isTall else { return flat }
        let inner = String(repeating: " ", count: indent + 2)
        let end = "\n" + String(repeating: " ", count: indent)
        switch self {
        case .null, .text, .flag, .number: return flat
        case .list(let items):
            let lines = items.map { inner + $0.layout(indent: indent + 2, column: indent + 2) }
            return "[\n" + lines.joined(separator: ",\n") + end + "]"
        case .object(let members):
            let lines = members.map { member in
                let name = inner + Self.quoted(member.name) + ": "
                return name + member.value.layout(indent: indent + 2, column: name.count)
            }
            return "{\n" + lines.joined(separator: ",\n") + end + "}"
        }
    }

    /// A list of objects is read more easily with one of them on a line.
    private var isTall: Bool {
        guard case .list(let items) = self else { return false }
        return items.contains { if case .object = $0 { true } else { false } }
    }

    private var flat: String {
        switch self {
        case .null: return "null"
        case .text(let text): return Self.quoted(text)
        case .flag(let flag): return flag ? "true" : "false"
        case .number(let number): return Self.digits(number)
        case .list(let items):
            return items.isEmpty ? "[]" : "[ " + items.map(\.flat).joined(separator: ", ") + " ]"
        case .object(let members):
            let texts = members.map { Self.quoted($0.name) + ": " + $0.value.flat }
            return texts.isEmpty ? "{}" : "{ " + texts.joined(separator: ", ") + " }"
        }
    }

    /// A number without a needless decimal point.
    static func digits(_ number: Double) -> String {
        Int(exactly: number).map(String.init) ?? number.description
    }

    private static func quoted(_ text: String) -> String {
        var writer = JSONWriter()
        writer.beginArray()
        writer.value(text)
        writer.endArray()
        return String(writer.text.dropFirst().dropLast())
    }
}
