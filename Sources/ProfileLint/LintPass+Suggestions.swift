import FHIRPath
import JSON

/// Says what was probably meant by a name that is not known.
extension LintPass {
    /// The function or element that a misspelt name in an expression was meant to be.
    static func suggestion(
        for error: FHIRPathError,
        in text: String,
        type: String
    ) -> String {
        let names: [String]
        switch error.code {
        case .unknownFunction: names = FHIRPathNames.functions
        case .unknownElement: names = FHIRPathNames.elements(of: type)
        case .syntax, .unknownVariable, .wrongArgumentCount, .typeMismatch, .notSingleton,
            .limitExceeded, .unsupported, .arithmetic:
            return ""
        }
        let word = String(
            decoding: Array(text.utf8).dropFirst(error.offset).prefix { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
                    || (0x61...0x7A).contains(byte) || byte == UInt8(ascii: "_")
            },
            as: UTF8.self
        )
        guard let near = nearest(word, among: names) else { return "" }
        return error.code == .unknownFunction ? near + "()" : near
    }

    /// The name that differs least; `nil` where none is near.
    static func nearest(_ word: String, among names: [String]) -> String? {
        guard !word.isEmpty else { return nil }
        if let same = names.first(where: { $0.lowercased() == word.lowercased() }) { return same }
        let near = names.min { distance($0, word) < distance($1, word) }
        guard let near, distance(near, word) <= (word.count > 4 ? 2 : 1) else { return nil }
        return near
    }

    /// The unit that people mean by a text that UCUM does not know.
    static func unitMeant(by text: String) -> String {
        if let unit = usual[text] ?? usual[text.lowercased()] { return unit }
        let units = Set(usual.values).union(["Cel", "K", "kPa", "h", "min", "kg", "cm", "g/dL"])
        return units.sorted().first { $0.lowercased() == text.lowercased() } ?? ""
    }

    /// One fault, one finding: what the reader of profiles says only in general is dropped where
    /// a rule of the lint says it of the same element more closely.
    mutating func dropRepeated(upTo count: Int) {
        let closer = findings.dropFirst(count)
        let kinds: [LintRule: Set<LintRule>] = [
            .unitUnknown: [.unitUnknown, .unitIncompatible, .unitAlias],
            .expression: [.expression], .mapRow: [.mapTarget, .mapRow, .mapText],
            .missingFile: [.missingFile], .mapDuplicate: [.mapDuplicate],
            .duplicateInput: [.duplicateInput],
        ]
        let general = findings.prefix(count).filter { own in
            guard let rules = kinds[own.rule] else { return true }
            let path = own.path.split(separator: "#").last.map(String.init) ?? own.path
            // A file that is there and is no JSON has its own finding.
            if own.rule == .missingFile, isBroken(root.nearest(path)) { return false }
            return !closer.contains { other in
                rules.contains(other.rule) && other.file == own.file && other.severity == .error
                    && (other.path == path || path.hasPrefix(other.path + "."))
            }
        }
        findings = general + closer
    }

    /// Whether a member names a file that lies there and could not be read.
    private func isBroken(_ node: LintNode) -> Bool {
        node.text.map { files[$0] != nil && maps[$0] == nil } ?? false
    }
}
