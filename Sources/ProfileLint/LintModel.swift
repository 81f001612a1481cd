import Basics

/// What a profile has to fit of a PMML document: its fields, their ranges and their cuts.
///
/// The compiled model no longer knows the ranges and cuts, so the start tags are read here. A
/// document that the reader of PMML refuses is reported by that reader.
struct LintModel {
    /// One active field.
    struct Field {
        let name: String
        let line: Int
        var isContinuous = true
        var isWhole = false
        var unit: String?
        /// Where a compiled unit may be written as an extension.
        var categories: [String] = []
        /// The valid range, when there is just one interval.
        var range: (low: DecimalNumber?, high: DecimalNumber?)?
        /// The numbers that the field is compared with.
        var cuts: [DecimalNumber] = []
    }

    /// The name of the file.
    let file: String
    /// The fields of the dictionary that the model reads, in order.
    private(set) var fields: [Field] = []

    init(file: String, _ bytes: [UInt8]) {
        self.file = file
        var dictionary: [Field] = []
        var used: [String] = []
        var targets: Set<String> = []
        var isInside = false
        for tag in XMLTags(bytes).tags {
            switch tag.name {
            case "DataField":
                var field = Field(name: tag["name"] ?? "", line: tag.line)
                field.isContinuous = tag["optype"] == "continuous"
                field.isWhole = tag["dataType"] == "integer"
                dictionary.append(field)
                isInside = true
            case "Extension" where isInside && tag["name"] == "unit":
                Self.change(&dictionary) { $0.unit = tag["value"] }
            case "Interval" where isInside:
                Self.change(&dictionary) { field in
                    field.range = (
                        tag["leftMargin"].flatMap { DecimalNumber(text: $0) },
                        tag["rightMargin"].flatMap { DecimalNumber(text: $0) }
                    )
                }
            case "Value" where isInside && (tag["property"] ?? "valid") == "valid":
                Self.change(&dictionary) { $0.categories.append(tag["value"] ?? "") }
            case "MiningSchema", "TransformationDictionary": isInside = false
            case "MiningField":
                let usage = tag["usageType"] ?? "active"
                if usage == "active" {
                    if let name = tag["name"], !used.contains(name) { used.append(name) }
                } else {
                    targets.insert(tag["name"] ?? "")
                }
            case "SimplePredicate":
                guard let name = tag["field"], let text = tag["value"],
                    let number = DecimalNumber(text: text),
                    let place = dictionary.firstIndex(where: { $0.name == name })
                else { continue }
                dictionary[place].cuts.append(number)
            default: continue
            }
        }
        fields = dictionary.filter { used.contains($0.name) && !targets.contains($0.name) }
    }

    private static func change(_ fields: inout [Field], _ body: (inout Field) -> Void) {
        guard !fields.isEmpty else { return }
        body(&fields[fields.count - 1])
    }
}

/// The start tags of an XML document in order, without its comments.
struct XMLTags {
    struct Tag {
        let name: String
        let line: Int
        fileprivate let attributes: [String: String]

        subscript(name: String) -> String? { attributes[name] }
    }

    private(set) var tags: [Tag] = []

    init(_ bytes: [UInt8]) {
        var index = 0
        var line = 1
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "\n") { line += 1 }
            guard bytes[index] == UInt8(ascii: "<") else {
                index += 1
                continue
            }
            let isComment = bytes[index...].starts(with: "<!--".utf8)
            let start = line
            var end = index + 1
            var quote: UInt8 = 0
            while end < bytes.count {
                if bytes[end] == UInt8(ascii: "\n") { line += 1 }
                if isComment {
                    if bytes[end] == UInt8(ascii: ">"), bytes[end - 1] == UInt8(ascii: "-"),
                        bytes[end - 2] == UInt8(ascii: "-")
                    {
                        break
                    }
                } else if quote != 0 {
                    if bytes[end] == quote { quote = 0 }
                } else if bytes[end] == UInt8(ascii: "\"") || bytes[end] == UInt8(ascii: "'") {
                    quote = bytes[end]
                } else if bytes[end] == UInt8(ascii: ">") {
                    break
                }
                end += 1
            }
            if !isComment, let tag = Self.tag(bytes[(index + 1)..<min(end, bytes.count)], start) {
                tags.append(tag)
            }
            index = end + 1
        }
    }

    private static func tag(_ bytes: ArraySlice<UInt8>, _ line: Int) -> Tag? {
        guard let first = bytes.first, first != UInt8(ascii: "/"), first != UInt8(ascii: "?"),
            first != UInt8(ascii: "!")
        else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        let name = text.prefix { !$0.isWhitespace && $0 != "/" }
        var attributes: [String: String] = [:]
        var rest = text.dropFirst(name.count)
        while let equals = rest.firstIndex(of: "=") {
            let attribute = rest[..<equals].filter { !$0.isWhitespace }
            let behind = rest[rest.index(after: equals)...].drop { $0.isWhitespace }
            guard let quote = behind.first, quote == "\"" || quote == "'",
                let end = behind.dropFirst().firstIndex(of: quote)
            else { break }
            let value = behind[behind.index(after: behind.startIndex)..<end]
            attributes[attribute] = String(value).replacing("&lt;", with: "<").replacing(
                "&gt;",
                with: ">"
            )
            .replacing("&quot;", with: "\"").replacing("&amp;", with: "&")
            rest = behind[behind.index(after: end)...]
        }
        let local = name.split(separator: ":").last.map(String.init) ?? String(name)
        return Tag(name: local, line: line, attributes: attributes)
    }
}
