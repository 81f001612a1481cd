/// One element of a document: its attributes, each read by name and type, and its children.
struct Element {
    let tree: ElementTree
    let position: Int

    private var entry: ElementTree.Entry { tree.entries[position] }

    var name: String { entry.name }
    var namespace: String { entry.namespace }
    var line: Int { entry.line }
    var text: String { entry.text }
    /// The position after its last descendant.
    var end: Int { entry.end }

    /// Whether it may be anything: PMML lets Extension hold foreign content.
    var isExtension: Bool { name == "Extension" }

    /// The children in order, without extensions.
    var children: [Element] {
        allChildren.filter { !$0.isExtension }
    }

    /// The children in order.
    var allChildren: [Element] {
        var children: [Element] = []
        var next = position + 1
        while next < end {
            children.append(Element(tree: tree, position: next))
            next = tree.entries[next].end
        }
        return children
    }

    /// The text of an attribute.
    subscript(attribute: String) -> String? { entry.attributes[attribute] }

    /// Why this element is refused; the name of an unknown element is given, cut to 64 letters.
    func error(
        _ code: PMMLError.Code,
        attribute: String? = nil,
        detail: String? = nil
    ) -> PMMLError {
        var place = String(name.prefix(64))
        if let attribute { place += "@" + attribute.prefix(64) }
        if let detail { place += " " + detail }
        return PMMLError(code: code, element: place, line: line)
    }

    /// Refuses every attribute but these, and an element of a foreign namespace.
    ///
    /// Attributes of a foreign namespace (`xsi:schemaLocation`) and the vendor attributes that
    /// PMML 4.4 allows (`x-...`) cannot change a result.
    func allow(_ attributes: [String]) throws(PMMLError) {
        guard entry.namespace == tree.entries[0].namespace else { throw error(.unsupported) }
        for attribute in entry.attributes.keys.sorted() {
            guard !attributes.contains(attribute) else { continue }
            guard attribute != "xmlns", !attribute.contains(":") else { continue }
            guard !attribute.hasPrefix("x-") else { continue }
            throw error(.unsupported, attribute: attribute)
        }
    }

    /// Refuses child elements.
    func allowNoChildren() throws(PMMLError) {
        for child in children { throw child.error(.unsupported) }
    }

    /// The text of an attribute that must be there.
    func required(_ attribute: String) throws(PMMLError) -> String {
        guard let text = self[attribute] else { throw error(.invalid, attribute: attribute) }
        return text
    }

    /// A finite number, or `nil` when the attribute is absent.
    func number(_ attribute: String) throws(PMMLError) -> Double? {
        guard let text = self[attribute] else { return nil }
        guard let number = Self.number(text) else { throw error(.invalid, attribute: attribute) }
        return number
    }

    /// A whole number of zero or more, or `nil` when the attribute is absent.
    func count(_ attribute: String) throws(PMMLError) -> Int? {
        guard let text = self[attribute] else { return nil }
        guard text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let count = Int(text) else {
            throw error(.invalid, attribute: attribute)
        }
        return count
    }

    /// A boolean (XML Schema: also 1 and 0).
    func boolean(_ attribute: String, default value: Bool) throws(PMMLError) -> Bool {
        switch self[attribute] {
        case nil: return value
        case "true", "1": return true
        case "false", "0": return false
        default: throw error(.invalid, attribute: attribute)
        }
    }

    /// One of the names that an enumeration knows, or `nil` when the attribute is absent.
    func name<Name: RawRepresentable<String>>(
        _ attribute: String,
        as type: Name.Type
    ) throws(PMMLError) -> Name? {
        guard let text = self[attribute] else { return nil }
        guard let name = Name(rawValue: text) else {
            throw error(.unsupported, attribute: attribute)
        }
        return name
    }

    /// Reads a finite decimal number; the names of infinities and hexadecimal are none.
    static func number(_ text: String) -> Double? {
        var bytes = Substring(text)
        while bytes.first?.isWhitespace == true { bytes.removeFirst() }
        while bytes.last?.isWhitespace == true { bytes.removeLast() }
        let isDecimal = bytes.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"),
                UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"):
                true
            default: false
            }
        }
        guard isDecimal, let number = Double(bytes), number.isFinite else { return nil }
        return number
    }
}
