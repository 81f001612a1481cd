import JSON

/// Other names under which a site sends a code system.
///
///     "systemAliases": { "urn:oid:2.16.840.1.113883.6.1": "http://loinc.org" }
///
/// Every token of the profile and every row of its ConceptMaps then stands for both names, in
/// queries too. Only what is declared here is taken for the same: a code that merely looks like
/// LOINC, under another system or none, is another code.
struct SystemAliases {
    private var names: [(system: [UInt8], alias: [UInt8])] = []

    /// No aliases.
    init() {}

    init(_ root: ProfileNode) throws(ProfileError) {
        guard let child = root.child("systemAliases") else { return }
        guard child.json.kind == .object else { throw child.fault() }
        for (name, value) in child.json.members {
            let alias = name.stringValue ?? ""
            let place = ProfileNode(json: value, path: child.childPath(alias))
            let system = try place.text()
            // A bar would read as a version or a code, and an alias of itself says nothing.
            guard !alias.isEmpty, alias != system, !alias.utf8.contains(UInt8(ascii: "|")) else {
                throw place.fault()
            }
            names.append((Array(system.utf8), Array(alias.utf8)))
        }
        // An alias of an alias would be followed by nobody.
        for (_, alias) in names where names.contains(where: { $0.system == alias }) {
            throw child.fault()
        }
    }

    /// The other names of a token.
    func aliases(of token: CodeToken) -> [CodeToken] {
        names.compactMap { name in
            name.system == token.system
                ? CodeToken(system: name.alias, code: token.code) : nil
        }
    }
}
