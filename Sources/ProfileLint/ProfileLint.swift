import JSON
import Mapping

/// Looks a profile over for what an interface engineer gets wrong.
///
///     news2/profile.json:41:22: error: the check digit of this LOINC code is 5 [loinc-check-digit]
///
/// The reader of profiles refuses what it cannot use, and names the first fault. This goes on from
/// there: it gathers every fault it can see, and what is allowed but will not do what was meant.
package enum ProfileLint {
    /// Everything that is found, the most serious first, then by file and line.
    ///
    /// - Parameters:
    ///   - files: the bytes of every file of the profile's folder by its path below it.
    ///   - hooks: the hook documents that use the profile, by their path in reports.
    /// - Returns: the findings; none for a profile without blame.
    package static func findings(
        files: [String: [UInt8]],
        hooks: [String: [UInt8]] = [:]
    ) -> [LintFinding] {
        var early: [LintFinding] = []
        var documents: [String: JSONDocument] = [:]
        for (name, bytes) in files.sorted(by: { $0.key < $1.key }) where name.hasSuffix(".json") {
            documents[name] = document(name, bytes, &early)
        }
        guard files["profile.json"] != nil else {
            return [
                LintFinding(
                    severity: .error,
                    rule: .missingFile,
                    file: "profile.json",
                    line: 1,
                    column: 1,
                    path: "",
                    sentence: "the folder holds no profile.json"
                )
            ]
        }
        guard let profile = documents["profile.json"] else { return early }
        var maps: [String: LintNode] = [:]
        for (name, document) in documents where name.hasSuffix(".conceptmap.json") {
            maps[name] = LintNode(json: document.root, path: "", file: name)
        }
        let root = LintNode(json: profile.root, path: "", file: "profile.json")
        var pass = LintPass(files: files, hooks: hooks, root: root, maps: maps)
        pass.checkForm(documents)
        let formCount = pass.findings.count
        pass.checkNames()
        pass.checkCodes()
        pass.checkUnits()
        pass.checkAlternatives()
        pass.checkExpressions()
        pass.checkWindows()
        pass.checkStatuses()
        pass.checkMaps()
        pass.checkPolicies()
        pass.checkSilent()
        pass.checkMeaning()
        pass.checkModel()
        for (name, bytes) in hooks.sorted(by: { $0.key < $1.key }) {
            guard let hook = document(name, bytes, &early) else { continue }
            pass.checkPrefetch(LintNode(json: hook.root, path: "", file: name))
        }
        pass.checkCases(documents)
        pass.dropRepeated(upTo: formCount)
        return sorted(early + pass.findings)
    }

    /// Orders findings: errors, warnings, notes; each by file and place.
    package static func sorted(_ findings: [LintFinding]) -> [LintFinding] {
        var seen: Set<String> = []
        let distinct = findings.filter {
            seen.insert("\($0.rule) \($0.file) \($0.line) \($0.column) \($0.sentence)").inserted
        }
        return distinct.sorted {
            ($0.severity, $0.file, $0.line, $0.column, $0.rule.rawValue)
                < ($1.severity, $1.file, $1.line, $1.column, $1.rule.rawValue)
        }
    }

    private static func document(
        _ name: String,
        _ bytes: [UInt8],
        _ findings: inout [LintFinding]
    ) -> JSONDocument? {
        do {
            return try JSONDocument(parsing: bytes)
        } catch {
            let place = LintPosition(bytes, offset: error.offset)
            findings.append(
                LintFinding(
                    severity: .error,
                    rule: .notJSON,
                    file: name,
                    line: place.line,
                    column: place.column,
                    path: "",
                    sentence: "this is no JSON: " + error.sentence
                )
            )
            return nil
        }
    }
}
