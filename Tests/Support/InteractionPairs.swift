/// The table of pairs as the issue gives it: the oracle that knows nothing of the document.
package struct InteractionPairs {
    package struct Drug: Hashable {
        package let name: String
        package let system: String
        package let code: String
    }

    package private(set) var pairs: [(one: Drug, other: Drug)] = []
    package private(set) var drugs: [Drug] = []
    package private(set) var names: Set<Set<String>> = []

    /// The same ATC code for the one that the tables give no code for.
    private static let added = ["moclobamide": "N06AG02"]

    package init() throws {
        var codes: [String: Drug] = [:]
        let ingredients = try Shared.text("models-reference/ddi_onc_ingredients.csv")
        for line in ingredients.split(whereSeparator: \.isNewline).dropFirst() {
            let fields = Self.fields(line)
            let name = fields[0]
            let isConfirmed = !fields[2].contains("NOT verified")
            let atc = fields[3].split(separator: " ").first.map(String.init) ?? Self.added[name]
            if isConfirmed, !fields[1].isEmpty {
                codes[name] = Drug(name: name, system: OrderBody.rxNorm, code: fields[1])
            } else if let atc {
                codes[name] = Drug(name: name, system: OrderBody.atc, code: atc)
            }
        }
        drugs = codes.values.sorted { $0.name < $1.name }
        let table = try Shared.text("models-reference/ddi_onc_high_priority.csv")
        for line in table.split(whereSeparator: \.isNewline).dropFirst() {
            let fields = Self.fields(line)
            guard let one = codes[fields[2]], let other = codes[fields[5]] else { continue }
            pairs.append((one, other))
            names.insert([one.name, other.name])
        }
    }

    private static func fields(_ line: Substring) -> [String] {
        var fields = [""]
        var isQuoted = false
        for character in line {
            if character == "\"" {
                isQuoted.toggle()
            } else if character == ",", !isQuoted {
                fields.append("")
            } else {
                fields[fields.count - 1].append(character)
            }
        }
        return fields
    }
}
