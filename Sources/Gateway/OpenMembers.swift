import JSON

/// Finds what a scaffolded profile leaves to its author: code lists, units and windows that are empty.
///
///     "from": [ { "code": [], ... } ]      the codes of the site
///     "unit": ""                           the unit of the model's input
///     "within": ""                         how old a value may be
///
/// A code that was made up would load and map the wrong thing. So a scaffold leaves the place
/// empty, and loading says of each what is to be filled in.
enum OpenMembers {
    /// What is open, in the order of the document.
    static func findings(in root: JSONValue, file: String) -> [CatalogueFinding] {
        var findings: [CatalogueFinding] = []
        if root["defaults"]?["within"]?.isString("") ?? false {
            findings.append(finding(file, "defaults.within", windowSentence))
        }
        for list in ["inputs", "facts"] {
            for (position, input) in (root[list]?.elements.map { $0 } ?? []).enumerated() {
                let path = "\(list)[\(position)]"
                if input["unit"]?.isString("") ?? false {
                    findings.append(finding(file, path + ".unit", unitSentence))
                }
                for (index, rule) in (input["from"]?.elements.map { $0 } ?? []).enumerated() {
                    for member in ["code", "component"] {
                        guard let codes = rule[member], codes.kind == .array,
                            codes.elements.first(where: { _ in true }) == nil
                        else { continue }
                        findings.append(
                            finding(file, "\(path).from[\(index)].\(member)", codeSentence)
                        )
                    }
                }
            }
        }
        return findings
    }

    private static let codeSentence =
        "still open: add the system|code tokens under which your systems record it"
    private static let windowSentence =
        "still open: say how old a value may be, such as PT12H or P7D"
    private static let unitSentence = "still open: add the UCUM unit that the model takes"

    private static func finding(
        _ file: String,
        _ path: String,
        _ sentence: String
    ) -> CatalogueFinding {
        CatalogueFinding(code: .open, file: file, path: path, sentence: sentence)
    }
}
